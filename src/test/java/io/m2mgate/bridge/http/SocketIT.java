package io.m2mgate.bridge.http;

import static io.m2mgate.bridge.BridgeFixture.ADMIN;
import static io.m2mgate.bridge.BridgeFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.bridge.BridgeFixture;
import io.m2mgate.bridge.Taps;
import io.m2mgate.bridge.mqtt.MqttOptions;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.HttpLine;
import io.m2mgate.peer.SocketUnderTest;
import io.m2mgate.peer.SocketUnderTest.Closed;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SocketIT {

  private static final String ONE = "A972030000000001";
  private static final String DATA = "m2m.data.up";
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String[] HANDSHAKE = {
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
  };

  @TempDir
  Path directory;

  private BridgeFixture bridge;
  private Api app;

  @BeforeEach
  void open() {
    var http = HttpOptions.at("127.0.0.1", 0).withStreamMillis(200, 2_000);
    bridge = new BridgeFixture(directory, http, MqttOptions.at("127.0.0.1", 0));
    app = new Api(URI.create("http://127.0.0.1:" + bridge.httpPort()), bridge.application("EC01"));
    bridge.terminal(ONE, "EC01");
  }

  @AfterEach
  void close() {
    bridge.close();
  }

  private SocketUnderTest socket(String query) throws IOException {
    var socket = new SocketUnderTest(app, query);
    socket.connect();
    return socket;
  }

  private static List<Long> offsets(SocketUnderTest socket, int count) throws IOException {
    var offsets = new ArrayList<Long>();
    while (offsets.size() < count) {
      offsets.add(socket.next(SOON).orElseThrow().path("offset").asLong());
    }
    return offsets;
  }

  private static Closed closing(SocketUnderTest socket) {
    return catchThrowableOfType(Closed.class, () -> drain(socket));
  }

  /** Verifies that each frame is one event as pull gives it, from where it was asked, with what comes later. */
  @Test
  void sendsEvents() throws Exception {
    bridge.append("EC01", ONE, DATA, 3, "x".repeat(9_000));
    try (var socket = socket("?after=1")) {
      JsonNode first = socket.next(SOON).orElseThrow();
      assertThat(first)
          .isEqualTo(Api.JSON
              .readTree(bridge.get("/v1/events?after=1&limit=1", app.key()).body())
              .path("events")
              .get(0));
      assertThat(offsets(socket, 1)).containsExactly(3L);

      bridge.append("EC01", ONE, DATA, 1);

      assertThat(offsets(socket, 1)).containsExactly(4L);
    }
    Await.until("the tap's end", SOON, () -> bridge.parts.taps().openOf(Taps.Kind.WEBSOCKET) == 0);
  }

  /** Verifies that a client that grants credit gets so many and no more, and none while it grants none. */
  @Test
  void keepsToCredit() throws Exception {
    bridge.append("EC01", ONE, DATA, 10);
    try (var socket = socket("?after=0&credit=0")) {
      socket.send("{\"credit\":3}");
      assertThat(offsets(socket, 3)).containsExactly(1L, 2L, 3L);
      assertThat(socket.next(Duration.ofMillis(300))).isEmpty();

      socket.send("{\"credit\":2}");
      assertThat(offsets(socket, 2)).containsExactly(4L, 5L);
      socket.send("{\"credit\":0}");
      socket.send("{\"credit\":100}");
      assertThat(offsets(socket, 5)).containsExactly(6L, 7L, 8L, 9L, 10L);
    }
  }

  /** Verifies that a commit is durable when it is confirmed, and that the next one goes on behind it. */
  @Test
  void commits() throws Exception {
    bridge.send("PUT", "/v1/consumers/c", app.key(), "{\"from\":0}");
    bridge.append("EC01", ONE, DATA, 5);
    try (var socket = socket("?consumer=c")) {
      assertThat(offsets(socket, 5)).containsExactly(1L, 2L, 3L, 4L, 5L);
      for (int i = 1; i <= 3; i++) {
        socket.send("{\"commit\":" + i + "}");
      }
      long committed = 0;
      while (committed < 3) {
        committed = socket.message(SOON).orElseThrow().path("committed").asLong();
      }
      assertThat(json(bridge.get("/v1/consumers/c", app.key())).getLong("offset"))
          .isEqualTo(3);
      socket.send("{\"commit\":6}");
      assertThat(
              socket.message(SOON).orElseThrow().at("/problem/errors/0/detail").asText())
          .isEqualTo("not sent yet");
      assertThat(closing(socket).code()).isEqualTo(4422);
    }
    try (var socket = socket("?consumer=c")) {
      assertThat(offsets(socket, 2)).containsExactly(4L, 5L);
    }
  }

  /** Verifies that a newer socket takes a consumer over, and that the older one is told. */
  @Test
  void handsOver() throws Exception {
    bridge.send("PUT", "/v1/consumers/c", app.key(), "{\"from\":0}");
    bridge.append("EC01", ONE, DATA, 2);
    try (var older = socket("?consumer=c");
        var newer = new SocketUnderTest(app, "?consumer=c")) {
      assertThat(offsets(older, 2)).containsExactly(1L, 2L);
      assertThat(json(bridge.get("/v1/consumers/c", app.key())).getBoolean("connected"))
          .isTrue();

      newer.connect();

      assertThat(older.message(SOON).orElseThrow().at("/problem/type").asText())
          .endsWith(":consumer-taken");
      assertThat(closing(older).code()).isEqualTo(4409);
      assertThat(offsets(newer, 2)).containsExactly(1L, 2L);
      bridge.send("DELETE", "/v1/consumers/c", app.key(), null);
      assertThat(closing(newer).code()).isEqualTo(4404);
    }
  }

  /** Verifies that a replay ends by itself, and that what nobody can mean ends with its reason. */
  @Test
  void endsByItself() throws Exception {
    bridge.append("EC01", ONE, DATA, 5);
    try (var replay = socket("?after=1&until=3")) {
      assertThat(offsets(replay, 2)).containsExactly(2L, 3L);
      assertThat(closing(replay).code()).isEqualTo(1000);
    }
    for (var message : List.of("x", "{}", "{\"commit\":1}", "{\"credit\":-1}", "[1]")) {
      try (var socket = socket("")) {
        socket.send(message);
        assertThat(closing(socket).code()).as(message).isBetween(4400, 4422);
      }
    }
    try (var socket = socket("")) {
      socket.send("{\"credit\":1" + " ".repeat(10_000) + "}");
      assertThat(catchThrowable(() -> socket.message(SOON))).isInstanceOf(IOException.class);
    }
    Await.until("the tap's end", SOON, () -> bridge.parts.taps().openOf(Taps.Kind.WEBSOCKET) == 0);
  }

  /** Verifies that a client is pinged, that one that answers stays, and that one that does not is closed. */
  @Test
  void pings() throws Exception {
    try (var mute = new SocketUnderTest(app, "").mute()) {
      mute.connect();
      assertThat(closing(mute).code()).isEqualTo(4408);
    }
    try (var awake = socket("")) {
      while (awake.pings() < 12) {
        assertThat(awake.message(Duration.ofMillis(200))).isEmpty();
      }
      bridge.append("EC01", ONE, DATA, 1);
      assertThat(offsets(awake, 1)).containsExactly(1L);
    }
  }

  /** Verifies that a client that reads nothing is cut off and holds little meanwhile. */
  @Test
  void cutsStalledClient() throws Exception {
    bridge.append("EC01", ONE, DATA, 4_000, "x".repeat(4_000));
    var sent = bridge.meters.get("m2mgate_tap_events").tag("kind", "websocket").counter();
    try (var socket = socket("?after=0")) {
      Await.until("events on their way", SOON, () -> sent.count() > 0);
      Await.until(
          "the tap's end", SOON, () -> bridge.parts.taps().openOf(Taps.Kind.WEBSOCKET) == 0);
      assertThat(sent.count()).isLessThan(3_900);
      assertThat(catchThrowable(() -> drain(socket))).isInstanceOf(IOException.class);
    }
  }

  private static void drain(SocketUnderTest socket) throws IOException {
    while (socket.message(SOON).isPresent()) {
      Thread.onSpinWait();
    }
  }

  /** Verifies that nobody gets in without a key, that refusals are answered before the upgrade, and that a key's end is told. */
  @Test
  void asksForAKey() throws Exception {
    try (var without = HttpLine.withoutKey(app, "/v1/events/socket", HANDSHAKE);
        var plain = new HttpLine(app, "/v1/events/socket");
        var unknown = new HttpLine(app, "/v1/events/socket?consumer=none", HANDSHAKE);
        var foreign = new HttpLine(app, "/v1/events/socket?app=EC02", HANDSHAKE);
        var wrong = new HttpLine(app, "/v1/events/socket?after=99", HANDSHAKE)) {
      assertThat(without.status()).isEqualTo(401);
      assertThat(without.header("content-type")).hasValue("application/problem+json");
      assertThat(plain.status()).isEqualTo(426);
      assertThat(plain.header("upgrade")).hasValue("websocket");
      assertThat(unknown.body()).contains(":consumer-unknown");
      assertThat(foreign.body()).contains(":application-unknown");
      assertThat(wrong.status()).isEqualTo(422);
    }
    try (var socket = socket("")) {
      bridge.send(
          "DELETE", "/v1/admin/applications/EC01/keys/" + app.key().split("_")[1], ADMIN, null);
      assertThat(socket.message(SOON).orElseThrow().at("/problem/type").asText())
          .endsWith(":unauthenticated");
      assertThat(closing(socket).code()).isEqualTo(4401);
    }
  }

  /** Verifies that a client as in a browser gets in by a subprotocol, which is not echoed, and reads at its own pace. */
  @Test
  void takesAKeyAmongSubprotocols() throws Exception {
    bridge.append("EC01", ONE, DATA, 300);
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    WebSocket socket = HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .subprotocols("m2mgate.v1", "bearer." + app.key())
        .buildAsync(
            URI.create("ws://127.0.0.1:" + bridge.httpPort() + "/v1/events/socket?after=0"),
            new WebSocket.Listener() {
              private final StringBuilder text = new StringBuilder();

              @Override
              public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
                text.append(part);
                if (last) {
                  received.add(text.toString());
                  text.setLength(0);
                }
                from.request(1);
                return null;
              }
            })
        .get(20, TimeUnit.SECONDS);
    assertThat(socket.getSubprotocol()).isEqualTo("m2mgate.v1");
    for (int i = 1; i <= 300; i++) {
      String text = received.poll(20, TimeUnit.SECONDS);
      assertThat(Api.JSON.readTree(text).path("offset").asInt()).isEqualTo(i);
    }
    socket.abort();
  }
}
