package io.m2mgate.bridge.http;

import static io.m2mgate.bridge.BridgeFixture.ADMIN;
import static io.m2mgate.bridge.BridgeFixture.CONSUMERS;
import static io.m2mgate.bridge.BridgeFixture.IDLE_MILLIS;
import static io.m2mgate.bridge.BridgeFixture.await;
import static io.m2mgate.bridge.BridgeFixture.json;
import static io.m2mgate.bridge.BridgeFixture.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.bridge.BridgeFixture;
import io.m2mgate.bridge.Taps;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.SocketUnderTest;
import io.m2mgate.peer.SseUnderTest;
import io.m2mgate.store.ConsumerStore.Cursor;
import io.m2mgate.store.Store;
import io.vertx.core.json.JsonObject;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ConsumersIT {

  private static final String ONE = "A972030000000001";
  private static final String TWO = "A972030000000002";
  private static final String DATA = "m2m.data.up";
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir
  Path directory;

  private BridgeFixture bridge;
  private String key;
  private Api app;

  @BeforeEach
  void open() {
    bridge = new BridgeFixture(directory);
    key = bridge.application("EC01");
    app = new Api(URI.create("http://127.0.0.1:" + bridge.httpPort()), key);
    bridge.terminal(ONE, "EC01");
    bridge.terminal(TWO, "EC01");
  }

  @AfterEach
  void close() {
    bridge.close();
  }

  private JsonObject put(String name, String body) {
    var answer = bridge.send("PUT", "/v1/consumers/" + name, key, body);
    assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
    return json(answer);
  }

  private static List<Long> offsets(HttpResponse<String> page) {
    return json(page).getJsonArray("events").stream()
        .map(event -> ((JsonObject) event).getLong("offset"))
        .toList();
  }

  /** Everything up to here is gone. */
  private void retire() {
    var future = System.currentTimeMillis() + 1_000_000;
    await(bridge.store.sweep(new Store.Retention(
        future, 1, Long.MAX_VALUE, future, Long.MAX_VALUE, 1L << 40, 1L << 40, 100)));
  }

  private SseUnderTest stream(String consumer) throws IOException {
    var stream = new SseUnderTest(app, Optional.of(consumer));
    stream.connect();
    return stream;
  }

  /** Verifies that consumers are listed page by page, of all kinds or of one, and that there are so many and no more. */
  @Test
  void listsAndBounds() {
    IntStream.range(0, CONSUMERS).forEach(i -> put("c" + i, "{}"));
    await(bridge.store.consumers().put("EC01", new Cursor("mqtt:m", "mqtt", 0, "{}", 1)));

    var first = json(bridge.get("/v1/consumers?limit=3", key));
    var rest = json(bridge.get("/v1/consumers?limit=3&cursor=" + first.getString("next"), key));
    var mqtt = json(bridge.get("/v1/consumers?kind=mqtt", key)).getJsonArray("items");

    assertThat(first.getJsonArray("items").size() + rest.getJsonArray("items").size())
        .isEqualTo(CONSUMERS + 1);
    assertThat(rest.getString("next")).isNull();
    assertThat(mqtt.getJsonObject(0).getString("name")).isEqualTo("mqtt:m");
    assertThat(mqtt.getJsonObject(0).getString("state")).isNull();
    assertThat(json(bridge.get("/v1/consumers", bridge.application("EC02"))).getJsonArray("items"))
        .isEmpty();
    assertThat(problem(bridge.get("/v1/consumers?kind=x", key))).isEqualTo("invalid-request");
    var more = bridge.send("PUT", "/v1/consumers/more", key, "{}");
    assertThat(problem(more)).isEqualTo("quota-exceeded");
    assertThat(more.headers().firstValue("Retry-After")).isPresent();
    put("c1", "{\"from\":0}");
  }

  /** Verifies that a consumer reads by its stored filter on every tap, and that a request adds none. */
  @Test
  void filters() throws Exception {
    put("c", "{\"from\":0,\"types\":[\"m2m.report\"],\"serials\":[\"" + TWO + "\"]}");
    bridge.append("EC01", ONE, "m2m.report", 2);
    bridge.append("EC01", TWO, DATA, 2);
    bridge.append("EC01", TWO, "m2m.report", 2);

    assertThat(offsets(bridge.get("/v1/events?consumer=c", key))).containsExactly(5L, 6L);
    try (var stream = stream("c")) {
      assertThat(stream.next(SOON).orElseThrow().path("offset").asLong()).isEqualTo(5);
    }
    assertThat(put("c", "{\"types\":[]}").getJsonArray("types")).isEmpty();
    assertThat(offsets(bridge.get("/v1/events?consumer=c", key))).containsExactly(3L, 4L, 5L, 6L);
    for (var bad : List.of(
        "consumer=c&serial=" + ONE,
        "consumer=c&until=3",
        "consumer=c&from=2026-01-01T00:00:00Z",
        "after=1&from=2026-01-01T00:00:00Z",
        "until=soon",
        "until=99",
        "consumer=%20")) {
      assertThat(problem(bridge.get("/v1/events?" + bad, key)))
          .as(bad)
          .isEqualTo("invalid-request");
    }
    assertThat(problem(bridge.get("/v1/events?consumer=none", key))).isEqualTo("consumer-unknown");
    assertThat(problem(bridge.send("PUT", "/v1/consumers/c", key, "{\"types\":[\"up\"]}")))
        .isEqualTo("invalid-request");
    assertThat(problem(bridge.send("PUT", "/v1/consumers/c", key, "{\"serials\":[1]}")))
        .isEqualTo("invalid-request");
  }

  /** Verifies that pull by a consumer goes on behind its commit, or where it says, and not behind what it only read. */
  @Test
  void pullsBehindCommit() {
    put("c", "{\"from\":0}");
    bridge.append("EC01", ONE, DATA, 4);
    assertThat(offsets(bridge.get("/v1/events?consumer=c&limit=2", key))).containsExactly(1L, 2L);
    assertThat(offsets(bridge.get("/v1/events?consumer=c&limit=2", key))).containsExactly(1L, 2L);
    assertThat(offsets(bridge.get("/v1/events?consumer=c&limit=2&after=2", key)))
        .containsExactly(3L, 4L);
    bridge.post("/v1/consumers/c/commit", key, "{\"offset\":3}");
    assertThat(offsets(bridge.get("/v1/events?consumer=c", key))).containsExactly(4L);
  }

  /** Verifies that one reader at a time has a consumer: a newer one of any tap takes it, and the older is told and ends. */
  @Test
  void handsOver() throws Exception {
    put("c", "{\"from\":0}");
    bridge.append("EC01", ONE, DATA, 1);
    try (var stream = stream("c");
        var newer = new SocketUnderTest(app, "?consumer=c")) {
      assertThat(stream.next(SOON)).isPresent();
      assertThat(json(bridge.get("/v1/consumers/c", key)).getString("state")).isEqualTo("attached");

      newer.connect();

      assertThat(stream.next(SOON).orElseThrow().at("/problem/type").asText())
          .endsWith("consumer-taken");
      assertThat(catchThrowable(() -> stream.next(SOON))).isInstanceOf(EOFException.class);
      assertThat(newer.next(SOON).orElseThrow().path("offset").asLong()).isEqualTo(1);
    }
    Await.until(
        "nobody", SOON, () -> !json(bridge.get("/v1/consumers/c", key)).getBoolean("connected"));
    bridge.post("/v1/consumers/c/commit", key, "{\"offset\":1}");
    var waiting = bridge.sendAsync("/v1/events?consumer=c", key, "Prefer", "wait=20");
    Await.until("a pull", SOON, () -> bridge.parts.taps().openOf(Taps.Kind.PULL) == 1);
    bridge.get("/v1/events?consumer=c", key);
    assertThat(problem(waiting.join())).isEqualTo("consumer-taken");
  }

  /** Verifies that who comes back too late is told what is gone, in its place, on every tap, and that plain pull is refused. */
  @Test
  void tellsGaps() throws Exception {
    put("c", "{\"from\":0}");
    bridge.append("EC01", ONE, DATA, 5);
    bridge.post("/v1/consumers/c/commit", key, "{\"offset\":2}");
    retire();
    bridge.append("EC01", ONE, DATA, 1);
    long oldest = json(bridge.get("/v1/events?after=0", key)).getLong("oldest");
    assertThat(oldest).isGreaterThan(3);

    var pulled = json(bridge.get("/v1/events?consumer=c", key)).getJsonArray("events");
    assertGap(Api.JSON.readTree(pulled.getJsonObject(0).encode()), 3, oldest);
    assertThat(pulled.getJsonObject(pulled.size() - 1).getLong("offset")).isEqualTo(6);
    var plain = new SseUnderTest(app, Optional.empty());
    plain.confirm(Api.JSON.createObjectNode().put("offset", 2));
    plain.connect();
    try (plain;
        var named = new SocketUnderTest(app, "?consumer=c")) {
      named.connect();
      assertGap(plain.next(SOON).orElseThrow(), 3, oldest);
      assertGap(named.next(SOON).orElseThrow(), 3, oldest);
      assertThat(plain.next(SOON).orElseThrow().path("offset").asLong()).isEqualTo(oldest);
      JsonNode first = named.next(SOON).orElseThrow();
      assertThat(first.path("offset").asLong()).isEqualTo(oldest);
      named.confirm(first);
    }
    assertThat(problem(bridge.get("/v1/events?after=2", key))).isEqualTo("cursor-too-old");
  }

  private static void assertGap(JsonNode event, long from, long oldest) {
    assertThat(event.path("type").asText()).isEqualTo("m2m.stream.gap");
    assertThat(event.path("subject").asText()).isEqualTo("EC01");
    assertThat(event.path("offset").asLong()).isEqualTo(oldest - 1);
    assertThat(event.at("/data/from").asLong()).isEqualTo(from);
    assertThat(event.at("/data/oldest").asLong()).isEqualTo(oldest);
  }

  /** Verifies that a replay of some terminals, by offset or time, ends by itself and moves no consumer. */
  @Test
  void replays() throws Exception {
    put("c", "{\"from\":0}");
    bridge.append("EC01", ONE, DATA, 3);
    bridge.append("EC01", TWO, DATA, 3);
    var between = Instant.now().plusSeconds(1);
    Await.until("the time", SOON, () -> Instant.now().isAfter(between));
    bridge.append("EC01", ONE, DATA, 3);

    var first = bridge.get("/v1/events?after=1&until=7&serial=" + ONE + "&limit=2", key);
    var second = bridge.get("/v1/events?after=3&until=7&serial=" + ONE, key);
    var early = bridge.get("/v1/events?until=" + between, key, "Prefer", "wait=20");
    var late = bridge.get("/v1/events?from=" + between, key);

    assertThat(offsets(first)).containsExactly(2L, 3L);
    assertThat(json(first).getBoolean("end")).isFalse();
    assertThat(offsets(second)).containsExactly(7L);
    assertThat(json(second).getBoolean("end")).isTrue();
    assertThat(json(second).getLong("next")).isEqualTo(7);
    assertThat(offsets(early)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(json(early).getBoolean("end")).isTrue();
    assertThat(offsets(late)).containsExactly(7L, 8L, 9L);
    var streamed = bridge.get(
        "/v1/events/stream?from=2026-01-01T00:00:00Z&until=8&serial=" + ONE + "," + TWO + "&types="
            + DATA,
        key);
    assertThat(streamed.body().lines().filter(line -> line.startsWith("id: "))).hasSize(8);
    assertThat(streamed.body()).endsWith("event: end\ndata: {\"offset\":8}\n\n");
    assertThat(json(bridge.get("/v1/consumers/c", key)).getLong("offset")).isZero();
  }

  /** Verifies that a consumer that nobody uses turns stale, then goes, is in the audit and counted; and that one in use stays. */
  @Test
  void removesUnused() throws Exception {
    put("dead", "{}");
    put("committing", "{}");
    put("attached", "{}");
    bridge.append("EC01", ONE, DATA, 1);
    try (var stream = stream("attached")) {
      bridge.aheadMillis.set(IDLE_MILLIS / 2 + 60_000);
      assertThat(json(bridge.get("/v1/consumers/dead", key)).getString("state")).isEqualTo("stale");
      assertThat(await(bridge.parts.consumers().sweep())).isZero();

      bridge.aheadMillis.set(IDLE_MILLIS + 60_000);
      await(bridge
          .store
          .consumers()
          .touch("EC01", "committing", System.currentTimeMillis() + IDLE_MILLIS));
      assertThat(await(bridge.parts.consumers().sweep())).isEqualTo(1);
      assertThat(stream.next(SOON)).isPresent();
    }
    assertThat(problem(bridge.get("/v1/consumers/dead", key))).isEqualTo("consumer-unknown");
    assertThat(bridge.get("/v1/consumers/committing", key).statusCode()).isEqualTo(200);
    assertThat(bridge.get("/v1/consumers/attached", key).statusCode()).isEqualTo(200);
    assertThat(bridge.get("/v1/admin/audit", ADMIN).body()).contains("consumer.removed", "dead");
    assertThat(bridge.meters.get("m2mgate_consumers_removed").counter().count()).isEqualTo(1);
  }
}
