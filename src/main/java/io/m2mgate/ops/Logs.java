package io.m2mgate.ops;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.m2mgate.config.LogSettings;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log: one line an event on standard error, because standard output belongs to the ready line. Logback finds it as
 * a service at the first use of a logger, on that thread; parsing an XML file instead would take 0.15 s of every start.
 */
public final class Logs extends ContextAwareBase implements Configurator {
  private static final String BASE_PACKAGE = "io.m2mgate";
  private static final String APPENDER = "stderr";

  // A line break in a value becomes a space, so that nobody can forge a line.
  private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z', UTC} %-5level %logger{0}"
      + " %replace(%msg %kvp){'[\\r\\n]+', ' '}%n%ex";

  /** For the service loader. */
  public Logs() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty("logback.configurationFile") != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    var appender = new ConsoleAppender<ILoggingEvent>();
    appender.setContext(context);
    appender.setName(APPENDER);
    appender.setTarget("System.err");
    appender.setEncoder(text(context));
    appender.start();
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(appender);
    context.getLogger(BASE_PACKAGE).setLevel(Level.INFO);
    // One line for each connection that a stranger breaks would fill a disk; our own handlers count
    // them.
    context.getLogger("io.vertx.core.net.impl.ConnectionBase").setLevel(Level.OFF);
    // So would each try to reach a broker that is away, with a stack trace.
    context.getLogger("io.vertx.mqtt.impl.MqttClientImpl").setLevel(Level.OFF);
    // So would each try to reach a short message centre; and it shows what messages contain.
    context.getLogger("org.jsmpp").setLevel(Level.OFF);
    // So does each packet that only an MQTT server may send.
    context.getLogger("io.netty.channel.DefaultChannelPipeline").setLevel(Level.ERROR);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** Sets form and levels; an area is the package of its name. Called once at start. */
  public static void apply(LogSettings settings) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    context.getLogger(BASE_PACKAGE).setLevel(level(settings.level()));
    settings
        .areas()
        .forEach(
            (area, level) -> context.getLogger(BASE_PACKAGE + "." + area).setLevel(level(level)));
    var appender = context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(APPENDER);
    if (settings.format() == LogSettings.Format.JSON
        && appender instanceof ConsoleAppender<ILoggingEvent> console) {
      console.setEncoder(json(context));
    }
  }

  private static Level level(String name) {
    return Level.toLevel(name.toUpperCase(Locale.ROOT));
  }

  private static Encoder<ILoggingEvent> text(LoggerContext context) {
    var encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> json(LoggerContext context) {
    var encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }
}
