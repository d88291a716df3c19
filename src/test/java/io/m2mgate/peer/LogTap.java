package io.m2mgate.peer;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What this process logs from now on, at a level and above. Any thread. */
public final class LogTap extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private static final Logger ROOT =
      (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

  private final Level least;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private LogTap(Level least) {
    this.least = least;
  }

  public static LogTap open(Level least) {
    var tap = new LogTap(least);
    tap.setContext(ROOT.getLoggerContext());
    tap.start();
    ROOT.addAppender(tap);
    return tap;
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (event.getLevel().isGreaterOrEqual(least)) {
      lines.add(event.getLoggerName() + ": " + event.getFormattedMessage());
    }
  }

  public List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public void close() {
    ROOT.detachAppender(this);
    stop();
  }
}
