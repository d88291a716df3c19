package io.m2mgate.bridge.http;

import static io.m2mgate.bridge.BridgeFixture.ADMIN;
import static io.m2mgate.bridge.BridgeFixture.json;
import static io.m2mgate.bridge.BridgeFixture.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bridge.BridgeFixture;
import io.m2mgate.bridge.Taps;
import io.m2mgate.bridge.mqtt.MqttOptions;
import io.m2mgate.store.Store;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EventsIT {

  private static final String ONE = "A972030000000001";
  private static final String TWO = "A972030000000002";
  private static final String DATA = "m2m.data.up";

  @TempDir
  Path directory;

  private BridgeFixture bridge;
  private String key;

  @BeforeEach
  void open() {
    var http = HttpOptions.at("127.0.0.1", 0).withStreamMillis(200, 1_000);
    bridge = new BridgeFixture(directory, http, MqttOptions.at("127.0.0.1", 0));
    key = bridge.application("EC01");
    bridge.terminal(ONE, "EC01");
    bridge.terminal(TWO, "EC01");
  }

  @AfterEach
  void close() {
    bridge.close();
  }

  /** Verifies that pull pages through the log in order, with next as the following after. */
  @Test
  void pulls() {
    // GIVEN
    bridge.append("EC01", ONE, DATA, 5);

    // WHEN
    var first = json(bridge.get("/v1/events?after=0&limit=3", key));
    var second = json(bridge.get("/v1/events?after=" + first.getLong("next") + "&limit=3", key));
    var end = json(bridge.get("/v1/events?after=" + second.getLong("next"), key));

    // THEN
    assertThat(offsets(first)).containsExactly(1L, 2L, 3L);
    assertThat(first.getLong("oldest")).isEqualTo(1);
    assertThat(offsets(second)).containsExactly(4L, 5L);
    assertThat(offsets(end)).isEmpty();
    assertThat(end.getLong("next")).isEqualTo(5);
    var event = first.getJsonArray("events").getJsonObject(0);
    assertThat(event.getString("source")).isEqualTo("/m2mgate/test");
    assertThat(event.getString("appcode")).isEqualTo("EC01");
    assertThat(offsets(json(bridge.get("/v1/events?after=0&app=EC01", ADMIN)))).hasSize(5);
  }

  /** Verifies that types and serial filter, and that next still moves past what was passed over. */
  @Test
  void filters() {
    // GIVEN
    bridge.append("EC01", ONE, DATA, 2);
    bridge.append("EC01", TWO, "m2m.report", 2);

    // WHEN, THEN
    assertThat(offsets(json(bridge.get("/v1/events?after=0&types=m2m.report", key))))
        .containsExactly(3L, 4L);
    assertThat(offsets(json(bridge.get("/v1/events?after=0&serial=" + ONE, key))))
        .containsExactly(1L, 2L);
    assertThat(offsets(json(bridge.get("/v1/events?limit=3", key)))).containsExactly(1L, 2L, 3L);
    var none = json(bridge.get("/v1/events?after=0&types=m2m.alarm.raised", key));
    assertThat(offsets(none)).isEmpty();
    assertThat(none.getLong("next")).isEqualTo(4);
    for (var bad : List.of(
        "after=x", "after=-1", "after=9", "limit=0", "after=0&types=up", "after=0&serial=1")) {
      assertThat(problem(bridge.get("/v1/events?" + bad, key)))
          .as(bad)
          .isEqualTo("invalid-request");
    }
    assertThat(problem(bridge.get("/v1/events?after=0", ADMIN))).isEqualTo("invalid-request");
    assertThat(problem(bridge.get("/v1/events?after=0&app=NONE", ADMIN)))
        .isEqualTo("application-unknown");
  }

  /** Verifies that an application's log holds nothing of another's. */
  @Test
  void isolatesLogs() {
    // GIVEN
    var other = bridge.application("EC02");
    bridge.append("EC01", ONE, DATA, 2);

    // WHEN, THEN
    assertThat(offsets(json(bridge.get("/v1/events?after=0", other)))).isEmpty();
    assertThat(offsets(json(bridge.get("/v1/events?after=0&serial=" + ONE, other))))
        .isEmpty();
  }

  /** Verifies that a long poll waits for a commit that passes its filter, and not for one that does not. */
  @Test
  void longPollWakes() {
    // GIVEN
    var answer = bridge.sendAsync("/v1/events?after=0&types=" + DATA, key, "Prefer", "wait=20");
    until(() -> bridge.parts.taps().openOf(Taps.Kind.PULL) == 1);

    // WHEN
    bridge.append("EC01", ONE, "m2m.report", 1);
    bridge.append("EC01", ONE, DATA, 1);

    // THEN
    var page = answer.join();
    assertThat(offsets(json(page))).containsExactly(2L);
    assertThat(page.headers().firstValue("Preference-Applied")).hasValue("wait=20");
    until(() -> bridge.parts.taps().openOf(Taps.Kind.PULL) == 0);
  }

  /** Verifies that a long poll whose time is over is answered by an empty page. */
  @Test
  void longPollEnds() {
    // WHEN
    var page = bridge.get("/v1/events?after=0", key, "Prefer", "respond-async, wait=1");

    // THEN
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(offsets(json(page))).isEmpty();
    assertThat(json(page).getLong("next")).isZero();
  }

  /** Verifies that an offset below the oldest is told, but for 0. */
  @Test
  void tellsOfRetention() {
    // GIVEN
    bridge.append("EC01", ONE, DATA, 5);
    var future = System.currentTimeMillis() + 1_000_000;
    BridgeFixture.await(bridge.store.sweep(new Store.Retention(
        future, 1, Long.MAX_VALUE, future, Long.MAX_VALUE, 1L << 40, 1L << 40, 100)));
    bridge.append("EC01", ONE, DATA, 1);
    var all = json(bridge.get("/v1/events?after=0", key));
    assertThat(all.getLong("oldest")).isGreaterThan(2);

    // WHEN
    var pulled = bridge.get("/v1/events?after=1", key);
    var waited = bridge.get("/v1/events?after=1", key, "Prefer", "wait=20");

    // THEN
    assertThat(pulled.statusCode()).isEqualTo(410);
    assertThat(problem(pulled)).isEqualTo("cursor-too-old");
    assertThat(waited.statusCode()).isIn(200, 410);
    assertThat(offsets(all)).endsWith(6L);
  }

  /** Verifies that a stream starts at the log's end, carries offset and type, and resumes behind Last-Event-ID. */
  @Test
  void streamsAndResumes() throws Exception {
    // GIVEN
    bridge.append("EC01", ONE, DATA, 2);
    try (var stream = stream("/v1/events/stream?types=" + DATA)) {
      // WHEN
      bridge.append("EC01", ONE, "m2m.report", 1);
      bridge.append("EC01", ONE, DATA, 2);

      // THEN
      assertThat(stream.next().id()).isEqualTo(4);
      var second = stream.next();
      assertThat(second.id()).isEqualTo(5);
      assertThat(second.type()).isEqualTo(DATA);
      assertThat(second.data().getLong("offset")).isEqualTo(5);
    }

    // WHEN the client comes back
    try (var stream = stream("/v1/events/stream?after=0", "Last-Event-ID", "2")) {
      // THEN
      assertThat(stream.next().id()).isEqualTo(3);
      assertThat(stream.next().id()).isEqualTo(4);
    }
    until(() -> bridge.parts.taps().openOf(Taps.Kind.SSE) == 0);
    assertThat(problem(bridge.get("/v1/events/stream?after=99", key))).isEqualTo("invalid-request");
    assertThat(problem(bridge.get("/v1/events/stream", key, "Accept", "application/json")))
        .isEqualTo("not-acceptable");
  }

  /** Verifies that a quiet stream carries comments, and that it ends with the key that opened it. */
  @Test
  void commentsAndRevocation() throws Exception {
    // GIVEN
    try (var stream = stream("/v1/events/stream")) {
      // WHEN, THEN
      assertThat(stream.comment()).isEqualTo(":");

      // WHEN
      bridge.send("DELETE", "/v1/admin/applications/EC01/keys/" + key.split("_")[1], ADMIN, null);

      // THEN
      assertThat(stream.ended()).isTrue();
    }
    until(() -> bridge.parts.taps().openOf(Taps.Kind.SSE) == 0);
  }

  /**
   * Verifies that a client that does not read is cut off, holds nothing meanwhile, and loses nothing when it resumes.
   */
  @Test
  void cutsStalledClient() throws Exception {
    // GIVEN
    bridge.append("EC01", ONE, DATA, 4_000, "x".repeat(4_000));
    try (var socket = new Socket("127.0.0.1", bridge.httpPort())) {
      socket.setReceiveBufferSize(128 * 1024);
      socket.setSoTimeout(20_000);
      var request = "GET /v1/events/stream?after=0 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
          + key + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      until(() -> bridge.parts.taps().openOf(Taps.Kind.SSE) == 1);

      // WHEN it reads nothing, THEN
      until(() -> bridge.parts.taps().openOf(Taps.Kind.SSE) == 0);
      var delivered =
          bridge.meters.get("m2mgate_tap_events").tag("kind", "sse").counter().count();
      assertThat(delivered).isGreaterThan(0).isLessThan(3_900);
      assertThat(bytesUntilEnd(socket)).isLessThan(3_900 * 4_000);
    }
  }

  /** Verifies that every event reaches a client that reads slower than the log grows. */
  @Test
  void slowClientGetsAll() throws Exception {
    // GIVEN
    bridge.append("EC01", ONE, DATA, 3_000, "x".repeat(1_000));

    // WHEN
    try (var stream = stream("/v1/events/stream?after=0")) {
      // THEN
      for (long i = 1; i <= 3_000; i++) {
        assertThat(stream.next().id()).isEqualTo(i);
      }
    }
  }

  /** Verifies that a named consumer starts where it is asked to, moves forward only, and is its application's own. */
  @Test
  void keepsConsumers() {
    // GIVEN
    var other = bridge.application("EC02");
    bridge.append("EC01", ONE, DATA, 4);
    var path = "/v1/consumers/billing";

    // WHEN, THEN
    var created = bridge.send("PUT", path, key, "{\"from\":1}");
    assertThat(created.statusCode()).isEqualTo(201);
    assertThat(json(created).getLong("lag")).isEqualTo(3);
    assertThat(json(bridge.send("PUT", path, key, null)).getLong("offset")).isEqualTo(1);
    assertThat(json(bridge.post(path + "/commit", key, "{\"offset\":3}")).getLong("offset"))
        .isEqualTo(3);
    assertThat(json(bridge.post(path + "/commit", key, "{\"offset\":2}")).getLong("offset"))
        .isEqualTo(3);
    assertThat(json(bridge.get(path, key)).getLong("lag")).isEqualTo(1);
    assertThat(problem(bridge.post(path + "/commit", key, "{\"offset\":9}")))
        .isEqualTo("invalid-request");
    assertThat(problem(bridge.post(path + "/commit", key, "{}"))).isEqualTo("invalid-request");
    assertThat(problem(bridge.get(path, other))).isEqualTo("consumer-unknown");
    assertThat(json(bridge.get(path + "?app=EC01", ADMIN)).getString("name")).isEqualTo("billing");
    assertThat(json(bridge.send("PUT", path, key, "{\"from\":\"2020-01-01T00:00:00Z\"}"))
            .getLong("offset"))
        .isZero();
    assertThat(json(bridge.send("PUT", path, key, "{\"from\":\"2999-01-01T00:00:00Z\"}"))
            .getLong("offset"))
        .isEqualTo(4);
    assertThat(problem(bridge.send("PUT", path, key, "{\"from\":\"soon\"}")))
        .isEqualTo("invalid-request");
    assertThat(bridge.send("DELETE", path, key, null).statusCode()).isEqualTo(204);
    assertThat(problem(bridge.send("DELETE", path, key, null))).isEqualTo("consumer-unknown");
  }

  private static List<Long> offsets(JsonObject page) {
    var offsets = new ArrayList<Long>();
    page.getJsonArray("events")
        .forEach(event -> offsets.add(((JsonObject) event).getLong("offset")));
    return offsets;
  }

  /** An end by reset is one too. */
  private static long bytesUntilEnd(Socket socket) throws IOException {
    long bytes = 0;
    var chunk = new byte[64 * 1024];
    try {
      for (int read = socket.getInputStream().read(chunk);
          read >= 0;
          read = socket.getInputStream().read(chunk)) {
        bytes += read;
      }
    } catch (SocketException reset) {
      return bytes;
    }
    return bytes;
  }

  private static void until(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait();
      Thread.yield();
    }
  }

  private Stream stream(String path, String... headers) throws Exception {
    HttpResponse<InputStream> answer = bridge
        .client()
        .send(bridge.request("GET", path, key, null, headers), BodyHandlers.ofInputStream());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/event-stream");
    var reader = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    assertThat(reader.readLine()).startsWith("retry:");
    assertThat(reader.readLine()).startsWith(": from");
    return new Stream(reader);
  }

  private record Received(long id, String type, JsonObject data) {}

  private record Stream(BufferedReader reader) implements AutoCloseable {
    Received next() throws IOException {
      var line = reader.readLine();
      while (!line.startsWith("id: ")) {
        line = reader.readLine();
      }
      return new Received(
          Long.parseLong(line.substring(4)),
          reader.readLine().substring(7),
          new JsonObject(reader.readLine().substring(6)));
    }

    String comment() throws IOException {
      var line = reader.readLine();
      while (line.isEmpty()) {
        line = reader.readLine();
      }
      return line;
    }

    boolean ended() {
      try {
        while (reader.readLine() != null) {
          Thread.onSpinWait();
        }
        return true;
      } catch (IOException cut) {
        return true;
      }
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
