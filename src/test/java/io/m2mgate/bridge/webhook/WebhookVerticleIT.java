package io.m2mgate.bridge.webhook;

import static io.m2mgate.bridge.BridgeFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.bridge.BridgeFixture;
import io.m2mgate.bridge.Webhooks;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.WebhookReceiver;
import io.m2mgate.peer.WebhookReceiver.Hit;
import io.m2mgate.peer.WebhookReceiver.Reply;
import io.m2mgate.store.Store.Retention;
import io.m2mgate.store.StoredReplay;
import io.m2mgate.store.StoredReplay.State;
import io.m2mgate.store.StoredWebhook;
import io.m2mgate.store.StoredWebhook.Headers;
import io.m2mgate.store.StoredWebhook.Secrets;
import io.m2mgate.store.StoredWebhook.Standing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Webhooks on a real store, at times of the test's choice. */
class WebhookVerticleIT {
  private static final String APP = "EC01";
  private static final String ID = "w1";
  private static final String SERIAL = "A972030000000001";
  private static final long DISABLE_AFTER = Duration.ofDays(5).toMillis();

  @TempDir
  private Path directory;

  private final AtomicLong now = new AtomicLong(System.currentTimeMillis());
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private BridgeFixture fixture;
  private WebhookReceiver receiver;

  @BeforeEach
  void open() {
    fixture = new BridgeFixture(directory);
    receiver = WebhookReceiver.start();
    fixture.application(APP);
    fixture.terminal(SERIAL, APP);
  }

  @AfterEach
  void close() {
    receiver.close();
    fixture.close();
  }

  private static WebhookOptions options() {
    return new WebhookOptions(
        "test",
        new Webhooks.Limits(20, 8, 32, 100, 100_000, 1_000, 10, 60, 60),
        new AddressRule.Loopback(),
        new WebhookOptions.Requests(64, 1, 1_000, 5_000, 5, Optional.empty()),
        new WebhookOptions.Window(50, 100_000, 20, 10_000),
        new WebhookOptions.Retry(20, 100, DISABLE_AFTER),
        10,
        500);
  }

  private void run(String url, long offset) {
    create(url, offset);
    deploy();
  }

  private void create(String url, long offset) {
    await(fixture
        .store
        .webhooks()
        .create(
            new StoredWebhook(
                ID,
                APP,
                "orders",
                url,
                Set.of(),
                Set.of(),
                Optional.empty(),
                8,
                Headers.NONE,
                new Secrets(new byte[] {1, 2, 3}, new byte[0], 0),
                Standing.ENABLED,
                0,
                0),
            offset,
            20));
  }

  private void deploy() {
    var verticle = new WebhookVerticle(
        fixture.store,
        fixture.parts.taps(),
        fixture.parts.applications(),
        (subject, kind, value) -> value,
        options(),
        meters,
        () -> Instant.ofEpochMilli(now.get()),
        new Random(1));
    await(fixture.vertx.deployVerticle(verticle));
  }

  private StoredWebhook stored() {
    return await(fixture.store.webhooks().byId(ID)).orElseThrow();
  }

  private void removeAll() {
    await(fixture.store.sweep(new Retention(
        System.currentTimeMillis() + 60_000,
        0,
        Long.MAX_VALUE,
        1L << 40,
        1L << 40,
        1L << 40,
        1L << 40,
        100)));
  }

  // Verifies that a webhook that retention overtook is told so once, in place of what is gone, and
  // goes on.
  @Test
  void tellsOfGaps() {
    fixture.append(APP, SERIAL, "m2m.data.up", 10);
    removeAll();
    fixture.append(APP, SERIAL, "m2m.data.up", 3);
    run(receiver.url(), 4);
    List<Hit> hits = receiver.await(4, any -> true);
    JsonNode gap = hits.get(0).event();
    assertThat(gap.path("type").asText()).isEqualTo("m2m.stream.gap");
    assertThat(gap.path("data").path("lost").asLong()).isEqualTo(6);
    assertThat(gap.path("offset").asLong()).isEqualTo(10);
    assertThat(hits.subList(1, 4))
        .extracting(hit -> hit.event().path("offset").asLong())
        .containsExactly(11L, 12L, 13L);
    Await.until(
        "all confirmed",
        Await.PATIENCE,
        () -> await(fixture.store.consumers().read(APP, "webhook:orders"))
                .orElseThrow()
                .offset()
            == 13);
  }

  // Verifies that a receiver where nothing succeeds for days is given up, with the reason, and that
  // since when is known over restarts.
  @Test
  void givesUpOnTheDead() {
    receiver.answering(any -> Reply.of(500));
    fixture.append(APP, SERIAL, "m2m.data.up", 1);
    run(receiver.url(), 0);
    long since = now.get();
    Await.until(
        "a note of it", Await.PATIENCE, () -> stored().standing().failingSinceMillis() == since);
    now.addAndGet(DISABLE_AFTER - 1);
    receiver.await(2, any -> true);
    assertThat(stored().standing().enabled()).isTrue();
    now.addAndGet(1_000);
    Await.until("its end", Await.PATIENCE, () -> !stored().standing().enabled());
    assertThat(stored().standing().reason())
        .contains("no request succeeded since " + Instant.ofEpochMilli(since));
    assertThat(meters.counter("m2mgate_webhook_disablings").count()).isEqualTo(1);
  }

  // Verifies that a name that leads to an address outside of what is allowed is not called,
  // whatever
  // was said of it before.
  @Test
  void judgesAddressesAtEachRequest() {
    fixture.append(APP, SERIAL, "m2m.data.up", 1);
    run("http://10.255.255.1:" + 9 + "/", 0);
    Await.until(
        "refusals",
        Await.PATIENCE,
        () -> meters.timer("m2mgate_webhook_requests", "outcome", "refused").count() > 0);
    assertThat(receiver.hits()).isEmpty();
  }

  // Verifies that a replay that was open when the gateway stopped goes on behind what it had
  // confirmed, to its end and no further.
  @Test
  void goesOnWithReplays() {
    fixture.append(APP, SERIAL, "m2m.data.up", 6);
    create(receiver.url(), 6);
    var webhooks = fixture.store.webhooks();
    await(webhooks.open(
        new StoredReplay("r1", ID, 1, 5, 3, Set.of(), Set.of(), State.OPEN, 0, 0), 10));
    deploy();
    Await.until(
        "its end",
        Await.PATIENCE,
        () -> await(webhooks.replay(ID, "r1")).orElseThrow().state() == State.DONE);
    assertThat(receiver.hits())
        .extracting(hit -> hit.event().path("offset").asLong())
        .containsExactly(4L, 5L);
    assertThat(receiver.hits()).allMatch(hit -> hit.header("webhook-replay").equals("r1"));
    assertThat(await(webhooks.replay(ID, "r1")).orElseThrow().offset()).isEqualTo(5);
  }

  // Verifies that an application that is disabled gets nothing, and what it missed once it is not.
  @Test
  void stopsWithTheApplication() {
    run(receiver.url(), 0);
    patch(false);
    fixture.append(APP, SERIAL, "m2m.data.up", 2);
    fixture.append(APP, SERIAL, "m2m.data.up", 1);
    patch(true);
    assertThat(receiver.await(3, any -> true))
        .extracting(hit -> hit.event().path("offset").asLong())
        .containsExactly(1L, 2L, 3L);
  }

  private void patch(boolean enabled) {
    assertThat(fixture
            .send(
                "PATCH",
                "/v1/admin/applications/" + APP,
                BridgeFixture.ADMIN,
                "{\"enabled\":" + enabled + "}",
                "Content-Type",
                "application/merge-patch+json")
            .statusCode())
        .isEqualTo(200);
  }
}
