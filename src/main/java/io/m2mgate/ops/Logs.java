package io.m2mgate.ops;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import io.m2mgate.config.LogSettings;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/** Applies the log settings to the running process; called once at start, before anything else logs. */
public final class Logs {
  private static final String BASE_PACKAGE = "io.m2mgate";
  private static final String APPENDER = "stderr";

  private Logs() {}

  /** Sets form and levels; an area is the package of its name. */
  public static void apply(LogSettings settings) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    context.getLogger(BASE_PACKAGE).setLevel(level(settings.level()));
    settings
        .areas()
        .forEach(
            (area, level) -> context.getLogger(BASE_PACKAGE + "." + area).setLevel(level(level)));
    if (settings.format() == LogSettings.Format.JSON) {
      writeJson(context);
    }
  }

  private static Level level(String name) {
    return Level.toLevel(name.toUpperCase(Locale.ROOT));
  }

  private static void writeJson(LoggerContext context) {
    var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    if (root.getAppender(APPENDER) instanceof ConsoleAppender<ILoggingEvent> appender) {
      var encoder = new JsonEncoder();
      encoder.setContext(context);
      encoder.start();
      appender.setEncoder(encoder);
    }
  }
}
