package io.m2mgate.sms;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.api.ReceivedShortMessage;
import io.m2mgate.api.ShortMessage;
import io.m2mgate.api.ShortMessageFault;
import io.m2mgate.config.SettingsLoader;
import io.m2mgate.config.SmsSettings;
import io.m2mgate.peer.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A centre with the link {@code smpp} as settings make them, and what it hands on. */
final class CentreUnderTest implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final List<ReceivedShortMessage> taken = new CopyOnWriteArrayList<>();
  private final Vertx vertx = Vertx.vertx();
  private final Centre centre;
  private volatile Function<ReceivedShortMessage, Future<Void>> answers =
      message -> Future.succeededFuture();

  private CentreUnderTest(SmsSettings settings) {
    SmsSettings.Limits limits = settings.limits();
    centre = new Centre(
        vertx,
        "smpp",
        new SmppLinkProvider().create(told(settings), vertx),
        new CentreOptions(
            limits.queue(),
            limits.window(),
            limits.perSecond(),
            TimeUnit.SECONDS.toMillis(limits.giveUpSeconds()),
            limits.incoming(),
            limits.receiptsKept(),
            limits.drainMillis()),
        new SimpleMeterRegistry(),
        InstantSource.system());
    centre.receiver(message -> {
      taken.add(message);
      return answers.apply(message);
    });
    get(centre.open());
  }

  static CentreUnderTest open(String... settings) {
    return new CentreUnderTest(load(settings));
  }

  /** Later ones replace earlier ones. */
  static SmsSettings load(String... settings) {
    return SettingsLoader.load(Arrays.stream(settings)
            .map(setting -> setting.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (old, more) -> more)))
        .sms();
  }

  /** As a link is told. */
  static Map<String, String> told(SmsSettings settings) {
    return settings.options().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().value()));
  }

  /** What becomes of messages that arrive from now on. */
  void answer(Function<ReceivedShortMessage, Future<Void>> by) {
    answers = by;
  }

  CentreStatus status() {
    return centre.status();
  }

  void awaitUp() {
    Await.until("the link", PATIENCE, () -> status().state().up());
  }

  void awaitTaken(int count) {
    Await.until(count + " messages", PATIENCE, () -> taken.size() >= count);
  }

  Future<Void> send(String to, byte[] userData) {
    return centre.send("A972030000000001", new ShortMessage(to, userData, true, true));
  }

  void expectSent(String to, byte[] userData) {
    get(send(to, userData));
  }

  ShortMessageFault expectFault(String to, byte[] userData) {
    return fault(send(to, userData));
  }

  static ShortMessageFault fault(Future<?> future) {
    Await.until("an end", PATIENCE, future::isComplete);
    assertThat(future.cause()).isInstanceOf(ShortMessageFault.class);
    return (ShortMessageFault) future.cause();
  }

  static void get(Future<?> future) {
    Await.until("an end", PATIENCE, future::isComplete);
    assertThat(future.cause()).isNull();
  }

  @Override
  public void close() {
    get(centre.close());
    get(vertx.close());
  }
}
