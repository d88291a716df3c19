package io.m2mgate.ops;

import io.m2mgate.api.ShortMessageLinkProvider;
import io.m2mgate.bridge.http.ReadinessPart;
import io.m2mgate.config.SmsSettings;
import io.m2mgate.sms.Centre;
import io.m2mgate.sms.CentreOptions;
import io.m2mgate.sms.MessageCentre;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to a short message centre, where there is one. Made once, at the start.
 *
 * @param centre who sends and receives them; to be told who takes what comes before {@link #open}
 */
record MessageParts(Optional<MessageCentre> centre) {

  static final MessageParts NONE = new MessageParts(Optional.empty());

  private static final Logger LOG = LoggerFactory.getLogger(MessageParts.class);

  /** Fails with a {@link StartFault} when the link cannot be made. */
  static MessageParts of(
      Vertx vertx, SmsSettings settings, MeterRegistry registry, InstantSource clock) {
    if (!settings.enabled()) {
      return NONE;
    }
    if (settings.inClear()) {
      LOG.warn(
          "short messages, with the secrets of terminals in some, go to a centre in clear (sms.smpp.host,"
              + " sms.smpp.tls.enabled)");
    }
    Map<String, String> told = told(settings);
    ShortMessageLinkProvider provider = provider(settings.link());
    try {
      return new MessageParts(Optional.of(new Centre(
          vertx,
          provider.name(),
          provider.create(told, vertx),
          options(settings.limits()),
          registry,
          clock)));
    } catch (IllegalArgumentException e) {
      throw new StartFault("sms.link " + provider.name() + ": " + StartFault.reason(e), e);
    }
  }

  private static ShortMessageLinkProvider provider(String name) {
    List<ShortMessageLinkProvider> all = ServiceLoader.load(ShortMessageLinkProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
    return all.stream()
        .filter(it -> it.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new StartFault(
            "sms.link: there is no link '" + name + "', only "
                + all.stream()
                    .map(ShortMessageLinkProvider::name)
                    .sorted()
                    .collect(Collectors.joining(", ")),
            null));
  }

  private static Map<String, String> told(SmsSettings settings) {
    Map<String, String> told = new HashMap<>();
    settings.optionsFile().ifPresent(file -> read(file, told));
    settings.options().forEach((name, value) -> told.put(name, value.value()));
    return Map.copyOf(told);
  }

  private static void read(Path file, Map<String, String> into) {
    try (Reader text = Files.newBufferedReader(file)) {
      var properties = new Properties();
      properties.load(text);
      properties.stringPropertyNames().forEach(key -> into.put(key, properties.getProperty(key)));
    } catch (IOException e) {
      throw new StartFault("sms.optionsFile: " + StartFault.reason(e), e);
    }
  }

  private static CentreOptions options(SmsSettings.Limits limits) {
    return new CentreOptions(
        limits.queue(),
        limits.window(),
        limits.perSecond(),
        TimeUnit.SECONDS.toMillis(limits.giveUpSeconds()),
        limits.incoming(),
        limits.receiptsKept(),
        limits.drainMillis());
  }

  /** A centre that is away is told of beside the others, and makes nobody unready. */
  List<ReadinessPart> readiness(List<ReadinessPart> others) {
    return Stream.concat(
            others.stream(),
            centre.stream()
                .map(running -> ReadinessPart.told(
                    "sms",
                    () -> running.status().state().up()
                        ? Future.succeededFuture()
                        : Future.failedFuture("the link is down"))))
        .toList();
  }

  Future<Void> open() {
    return centre.map(MessageCentre::open).orElseGet(Future::succeededFuture);
  }

  Future<Void> close() {
    return centre.map(MessageCentre::close).orElseGet(Future::succeededFuture);
  }
}
