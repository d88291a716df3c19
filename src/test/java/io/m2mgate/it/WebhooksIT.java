package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.WebhookDesk;
import io.m2mgate.peer.WebhookReceiver;
import io.m2mgate.peer.WebhookReceiver.Hit;
import io.m2mgate.peer.WebhookReceiver.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Events that are posted to a receiver, whatever it answers ({@code application.md}, "Taps"). */
@Execution(ExecutionMode.CONCURRENT)
class WebhooksIT {
  private static final String NAME = "orders";
  private static final int FAILURES = 4;

  private static GatewayProcess gateway;
  private static int apps;

  private final String app = nextApp();
  private WebhookReceiver receiver;
  private WebhookDesk desk;

  private static synchronized String nextApp() {
    return "EC" + ++apps;
  }

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start(
        "webhooks.firstBackoffMillis=20",
        "webhooks.maxBackoffSeconds=1",
        "webhooks.responseMillis=5000",
        "webhooks.commitMillis=20",
        "webhooks.batchMaxEvents=50");
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  @BeforeEach
  void open() {
    receiver = WebhookReceiver.start();
    desk = new WebhookDesk(gateway.api().createApplication(app));
  }

  @AfterEach
  void close() {
    receiver.close();
  }

  private PeerTerminal terminal() {
    return gateway.terminal(gateway.api().createTerminal(Identity.fresh(), app)).login();
  }

  private void send(PeerTerminal terminal, int from, int to) {
    for (int i = from; i <= to; i++) {
      assertThat(terminal.data(app, new byte[] {(byte) i})).isZero();
    }
  }

  private static List<Long> tseqs(List<Hit> hits) {
    return hits.stream()
        .flatMap(hit -> hit.events().stream())
        .map(event -> event.path("tseq").asLong())
        .toList();
  }

  // Verifies that events come signed, each as it is in the log, and that what is confirmed is
  // noted.
  @Test
  void postsEventsSigned() {
    String secret = desk.create(NAME, receiver, body -> {
      WebhookDesk.readings(body);
      body.putObject("headers").put("X-Tenant", "t-1");
    });
    try (PeerTerminal terminal = terminal()) {
      send(terminal, 1, 3);
      List<Hit> hits = receiver.await(3, hit -> true);
      List<JsonNode> log = desk.api().readings(3, terminal.who());
      for (int i = 0; i < 3; i++) {
        assertThat(hits.get(i).event()).isEqualTo(log.get(i));
        assertThat(hits.get(i).header("webhook-id"))
            .isEqualTo(log.get(i).path("id").asText());
        assertThat(hits.get(i).header("content-type")).isEqualTo("application/cloudevents+json");
        assertThat(hits.get(i).header("x-tenant")).isEqualTo("t-1");
        assertThat(WebhookDesk.signed(hits.get(i), secret)).isTrue();
      }
      JsonNode caughtUp = desk.await(NAME, "no lag", it -> it.path("lag").asLong() == 0);
      assertThat(caughtUp.path("state").asText()).isEqualTo("enabled");
      assertThat(caughtUp.path("lastStatus").asInt()).isEqualTo(204);
      assertThat(caughtUp.path("headers").path("X-Tenant").asText()).isEqualTo("****");
      assertThat(caughtUp.has("secret")).isFalse();
    }
  }

  // Verifies that a terminal whose event fails gets its events in order once it succeeds, while
  // another one's arrive meanwhile, and that the offset waits for it.
  @Test
  void keepsOrderAndLetsOthersPass() {
    try (PeerTerminal bad = terminal();
        PeerTerminal good = terminal()) {
      var healed = new java.util.concurrent.atomic.AtomicBoolean();
      receiver.answering(hit -> hit.isOf(bad.who()) && !healed.get() ? Reply.of(500) : Reply.OK);
      desk.create(NAME, receiver, WebhookDesk::readings);
      send(bad, 1, 5);
      send(good, 1, 5);
      List<Hit> others = receiver.await(5, hit -> hit.isOf(good.who()));
      List<Hit> tries = receiver.await(3, hit -> hit.isOf(bad.who()));
      assertThat(tseqs(others)).isSorted().doesNotHaveDuplicates();
      assertThat(tries)
          .extracting(hit -> hit.header("webhook-id"))
          .containsOnly(tries.get(0).header("webhook-id"));
      JsonNode failing = desk.await(NAME, "a retry", it -> it.path("retrying").asLong() == 1);
      assertThat(failing.path("state").asText()).isEqualTo("failing");
      assertThat(failing.path("lag").asLong()).isEqualTo(10);
      healed.set(true);
      desk.await(NAME, "no lag", it -> it.path("lag").asLong() == 0);
      List<Long> all =
          tseqs(receiver.hits().stream().filter(hit -> hit.isOf(bad.who())).toList());
      assertThat(all).isSorted();
      assertThat(all.stream().distinct()).hasSize(5);
    }
  }

  // Verifies that whatever is no 2xx is tried again under the same id and a fresh signature, a
  // redirect that is not followed and an answer that never comes among it.
  @Test
  void triesAgain() {
    for (Reply reply : List.of(
        Reply.of(500),
        new Reply(302, Map.of("Location", receiver.url() + "/elsewhere"), ""),
        new Reply(429, Map.of("Retry-After", "0"), "later"),
        new Reply(400, Map.of(), "x".repeat(100_000)))) {
      receiver.failingFirst(FAILURES, reply);
      String name = "status-" + reply.status();
      String secret = desk.create(name, receiver, WebhookDesk::readings);
      try (PeerTerminal terminal = terminal()) {
        send(terminal, 1, 1);
        List<Hit> hits = receiver.await(FAILURES + 1, hit -> hit.isOf(terminal.who()));
        assertThat(hits).extracting(Hit::path).containsOnly("/hook");
        assertThat(hits)
            .extracting(hit -> hit.header("webhook-id"))
            .containsOnly(hits.get(0).event().path("id").asText());
        assertThat(hits).allMatch(hit -> WebhookDesk.signed(hit, secret));
        desk.await(name, "success", it -> it.path("state").asText().equals("enabled"));
        assertThat(receiver.hits().stream().filter(hit -> hit.isOf(terminal.who())))
            .hasSize(FAILURES + 1);
      }
      assertThat(desk.api().delete("/v1/webhooks/" + name).status()).isEqualTo(204);
    }
  }

  // Verifies that a receiver that never answers is given up after a time and tried again.
  @Test
  void givesUpWaiting() {
    receiver.failingFirst(1, Reply.NEVER);
    desk.create(NAME, receiver, WebhookDesk::readings);
    try (PeerTerminal terminal = terminal()) {
      send(terminal, 1, 1);
      List<Hit> hits = receiver.await(2, Duration.ofSeconds(60), hit -> true);
      assertThat(hits.get(1).header("webhook-id")).isEqualTo(hits.get(0).header("webhook-id"));
      assertThat(
              gateway.api().metric("m2mgate_webhook_requests_seconds_count", "outcome=\"timeout\""))
          .isPositive();
      desk.await(NAME, "success", it -> it.path("lag").asLong() == 0);
    }
  }

  // Verifies that 410 disables a webhook until it is enabled again, which then goes on where it
  // was.
  @Test
  void endsAtGone() {
    receiver.answering(hit -> Reply.of(410));
    desk.create(NAME, receiver, WebhookDesk::readings);
    try (PeerTerminal terminal = terminal()) {
      send(terminal, 1, 2);
      JsonNode gone = desk.await(NAME, "end", it -> it.path("state").asText().equals("disabled"));
      assertThat(gone.path("reason").asText()).contains("410");
      assertThat(gone.path("lag").asLong()).isEqualTo(2);
      assertThat(gateway.api().get("/v1/admin/audit?limit=1000").body())
          .contains("webhook.disable", app + "/" + NAME);
      int before = receiver.hits().size();
      receiver.answering(hit -> Reply.OK);
      send(terminal, 3, 3);
      assertThat(receiver.hits()).hasSize(before);
      assertThat(desk.post(NAME + "/enable", WebhookDesk.body()).status()).isEqualTo(200);
      desk.await(NAME, "no lag", it -> it.path("lag").asLong() == 0);
      assertThat(tseqs(receiver.hits().subList(before, receiver.hits().size())))
          .hasSize(3)
          .isSorted();
    }
  }

  // Verifies batches: an array in one request, in order, bounded in number, left when their time
  // has come.
  @Test
  void postsBatches() {
    String secret = desk.create(NAME, receiver, body -> {
      WebhookDesk.readings(body);
      body.putObject("batch").put("maxEvents", 5).put("maxDelayMillis", 300);
    });
    try (PeerTerminal terminal = terminal()) {
      send(terminal, 1, 12);
      desk.await(NAME, "no lag", it -> it.path("lag").asLong() == 0);
      List<Hit> hits = receiver.hits();
      assertThat(tseqs(hits)).hasSize(12).isSorted().doesNotHaveDuplicates();
      assertThat(hits).hasSizeLessThan(12).allMatch(hit -> hit.events().size() <= 5);
      assertThat(hits)
          .allMatch(hit -> hit.header("content-type").equals("application/cloudevents-batch+json")
              && hit.body().startsWith("[")
              && WebhookDesk.signed(hit, secret));
    }
  }

  // Verifies a replay of one terminal's events with a cursor of its own, beside the live ones.
  @Test
  void replays() {
    desk.create(NAME, receiver, WebhookDesk::readings);
    try (PeerTerminal one = terminal();
        PeerTerminal other = terminal()) {
      send(one, 1, 4);
      send(other, 1, 4);
      desk.await(NAME, "no lag", it -> it.path("lag").asLong() == 0);
      int before = receiver.hits().size();
      var asked = WebhookDesk.body().put("from", 0);
      asked.putArray("serials").add(one.who().serial());
      asked.putArray("types").add("m2m.data.up");
      Api.Answer answer = desk.post(NAME + "/replays", asked);
      assertThat(answer.status()).as(answer.body()).isEqualTo(202);
      String id = answer.json().path("id").asText();
      send(other, 5, 5);
      List<Hit> again = receiver.await(4, hit -> hit.header("webhook-replay").equals(id));
      assertThat(tseqs(again)).hasSize(4).isSorted().doesNotHaveDuplicates();
      assertThat(again).allMatch(hit -> hit.isOf(one.who()));
      String path = "/v1/webhooks/" + NAME + "/replays";
      io.m2mgate.peer.Await.until(
          "its end",
          io.m2mgate.peer.Await.PATIENCE,
          () -> desk.api().get(path + "/" + id).json().path("state").asText().equals("done"));
      assertThat(desk.api().get(path).json().path("items")).hasSize(1);
      List<Hit> live = receiver.await(9, hit -> hit.header("webhook-replay").isEmpty());
      assertThat(live).hasSize(9);
      assertThat(receiver.hits()).hasSize(before + 5);
    }
  }

  // Verifies that one replay is open at a time, and can be given up.
  @Test
  void opensOneReplayAtATime() {
    receiver.answering(hit -> Reply.of(500));
    desk.create(NAME, receiver, WebhookDesk::readings);
    try (PeerTerminal terminal = terminal()) {
      send(terminal, 1, 1);
      var asked = WebhookDesk.body().put("from", 0);
      Api.Answer first = desk.post(NAME + "/replays", asked);
      assertThat(first.status()).isEqualTo(202);
      assertThat(desk.post(NAME + "/replays", asked).status()).isEqualTo(409);
      String path =
          "/v1/webhooks/" + NAME + "/replays/" + first.json().path("id").asText();
      assertThat(desk.api().delete(path).status()).isEqualTo(204);
      assertThat(desk.api().get(path).json().path("state").asText()).isEqualTo("cancelled");
      assertThat(desk.post(NAME + "/replays", asked).status()).isEqualTo(202);
    }
  }

  // Verifies that a receiver can be tried with an event that is in no log.
  @Test
  void triesAReceiver() {
    String secret = desk.create(NAME, receiver, body -> {});
    JsonNode good = desk.post(NAME + "/test", WebhookDesk.body()).json();
    assertThat(good.path("delivered").asBoolean()).isTrue();
    assertThat(good.path("status").asInt()).isEqualTo(204);
    Hit hit = receiver.await(1, any -> true).get(0);
    assertThat(hit.event().path("type").asText()).isEqualTo("m2m.webhook.test");
    assertThat(WebhookDesk.signed(hit, secret)).isTrue();
    receiver.answering(any -> Reply.of(503));
    JsonNode bad = desk.post(NAME + "/test", WebhookDesk.body()).json();
    assertThat(bad.path("delivered").asBoolean()).isFalse();
    assertThat(bad.path("reason").asText()).contains("503");
  }

  // Verifies that both secrets sign while a rotation's overlap lasts, and the new one alone
  // without.
  @Test
  void rotatesSecrets() {
    String old = desk.create(NAME, receiver, body -> {});
    JsonNode rotated =
        desk.post(NAME + "/secret", WebhookDesk.body().put("overlap", "PT1H")).json();
    String fresh = rotated.path("secret").asText();
    assertThat(rotated.path("secretOverlapUntil").isNull()).isFalse();
    desk.post(NAME + "/test", WebhookDesk.body());
    Hit both = receiver.await(1, any -> true).get(0);
    assertThat(WebhookDesk.signed(both, old)).isTrue();
    assertThat(WebhookDesk.signed(both, fresh)).isTrue();
    String last = desk.post(NAME + "/secret", WebhookDesk.body().put("overlap", "PT0S"))
        .json()
        .path("secret")
        .asText();
    desk.post(NAME + "/test", WebhookDesk.body());
    Hit one = receiver.await(2, any -> true).get(1);
    assertThat(WebhookDesk.signed(one, fresh)).isFalse();
    assertThat(WebhookDesk.signed(one, last)).isTrue();
  }

  // Verifies that addresses outside of webhooks.allow are refused when they are named, and at the
  // connection when a name leads there.
  @Test
  void callsAllowedAddressesOnly() {
    for (String url : List.of(
        "http://10.0.0.1/",
        "http://8.8.8.8/",
        "http://[fe80::1]/",
        "http://2130706433/",
        "ftp://127.0.0.1/",
        "http://user:secret@127.0.0.1/")) {
      Api.Answer refused = desk.put(NAME, url, body -> {});
      assertThat(refused.status()).as(url).isEqualTo(422);
      assertThat(refused.json().path("errors").get(0).path("pointer").asText()).isEqualTo("/url");
    }
    desk.create(NAME, receiver, body -> {});
    assertThat(desk.put(NAME, receiver.url("localhost"), body -> {}).status()).isEqualTo(200);
    assertThat(desk.post(NAME + "/test", WebhookDesk.body())
            .json()
            .path("delivered")
            .asBoolean())
        .isTrue();
  }

  // Verifies that a webhook starts at the log's end, or where it is told to, and moves back so too.
  @Test
  void startsWhereItIsTold() {
    try (PeerTerminal terminal = terminal()) {
      send(terminal, 1, 3);
      desk.create(NAME, receiver, WebhookDesk::readings);
      send(terminal, 4, 4);
      long fourth = receiver.await(1, any -> true).get(0).event().path("offset").asLong();
      desk.await(NAME, "no lag", it -> it.path("lag").asLong() == 0);
      Api.Answer back = desk.put(NAME, receiver.url(), body -> {
        WebhookDesk.readings(body);
        body.put("from", 0);
      });
      assertThat(back.status()).isEqualTo(200);
      List<Hit> hits = receiver.await(5, any -> true);
      assertThat(hits.subList(1, 5))
          .extracting(hit -> hit.event().path("offset").asLong())
          .isSorted()
          .endsWith(fourth);
      assertThat(desk.put("late", receiver.url(), body -> body.put("from", 1_000_000))
              .status())
          .isEqualTo(422);
    }
  }

  // Verifies that a disabled one posts nothing, and that it is nobody else's.
  @Test
  void belongsToItsApplication() {
    desk.create(NAME, receiver, body -> body.put("enabled", false));
    assertThat(desk.read(NAME).path("state").asText()).isEqualTo("disabled");
    Api other = gateway.api().createApplication(nextApp());
    for (String path : List.of("", "/replays")) {
      assertThat(other.get("/v1/webhooks/" + NAME + path).status()).isEqualTo(404);
      assertThat(other.get("/v1/webhooks/" + NAME + path + "?app=" + app).status())
          .isEqualTo(404);
    }
    assertThat(other.delete("/v1/webhooks/" + NAME).status()).isEqualTo(404);
    assertThat(other.get("/v1/webhooks").json().path("items")).isEmpty();
    assertThat(gateway.api().get("/v1/webhooks?app=" + app).json().path("items"))
        .hasSize(1);
  }
}
