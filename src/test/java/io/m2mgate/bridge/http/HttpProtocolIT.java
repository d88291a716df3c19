package io.m2mgate.bridge.http;

import static io.m2mgate.bridge.BridgeFixture.ADMIN;
import static io.m2mgate.bridge.BridgeFixture.json;
import static io.m2mgate.bridge.BridgeFixture.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bridge.BridgeFixture;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpProtocolIT {

  private static final String APPLICATIONS = "/v1/admin/applications";

  @TempDir
  Path directory;

  private BridgeFixture bridge;

  @BeforeEach
  void open() {
    bridge = new BridgeFixture(directory);
  }

  @AfterEach
  void close() {
    bridge.close();
  }

  /** Verifies that no key, a wrong key and a malformed one are answered alike, with a challenge. */
  @Test
  void challenges() {
    // GIVEN
    var foreign = "m2m_aaaaaaaaaaaa_" + "A".repeat(43);

    // WHEN, THEN
    for (var key : new String[] {null, "nonsense", foreign}) {
      var answer = bridge.get("/v1/terminals", key);
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(problem(answer)).isEqualTo("unauthenticated");
      assertThat(answer.headers().firstValue("WWW-Authenticate"))
          .hasValue("Bearer realm=\"m2mgate\"");
    }
  }

  /** Verifies the answers to paths and methods that do not exist, and HEAD and OPTIONS. */
  @Test
  void knowsItsResources() {
    // WHEN
    var nowhere = bridge.get("/v1/nowhere", null);
    var method = bridge.send("DELETE", "/v1/terminals", ADMIN, null);
    var options = bridge.send("OPTIONS", APPLICATIONS, null, null);
    var head = bridge.send("HEAD", APPLICATIONS, ADMIN, null);

    // THEN
    assertThat(nowhere.statusCode()).isEqualTo(404);
    assertThat(problem(nowhere)).isEqualTo("not-found");
    assertThat(method.statusCode()).isEqualTo(405);
    assertThat(problem(method)).isEqualTo("method-not-allowed");
    assertThat(method.headers().firstValue("Allow")).hasValue("GET, HEAD, OPTIONS");
    assertThat(options.statusCode()).isEqualTo(204);
    assertThat(options.headers().firstValue("Allow")).hasValue("GET, HEAD, OPTIONS, POST");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  /** Verifies that a body that is not JSON is answered with the place of the fault. */
  @Test
  void pointsAtMalformedJson() {
    // WHEN
    var answer = bridge.post(APPLICATIONS, ADMIN, "{\n  \"appCode\": \"EC01\",,\n}");
    var list = bridge.post(APPLICATIONS, ADMIN, "[]");
    var twice = bridge.post(APPLICATIONS, ADMIN, "{\"appCode\":\"A\",\"appCode\":\"B\"}");

    // THEN
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(problem(answer)).isEqualTo("malformed-json");
    assertThat(json(answer).getString("detail")).startsWith("line 2, column 2");
    assertThat(problem(list)).isEqualTo("invalid-request");
    assertThat(problem(twice)).isEqualTo("malformed-json");
  }

  /** Verifies that media types are negotiated in both directions. */
  @Test
  void negotiates() {
    // WHEN
    var xml = bridge.post(APPLICATIONS, ADMIN, "<a/>", "Content-Type", "application/xml");
    var html = bridge.get(APPLICATIONS, ADMIN, "Accept", "text/html");
    var any = bridge.get(APPLICATIONS, ADMIN, "Accept", "text/html, */*;q=0.1");
    var none = bridge.get(APPLICATIONS, ADMIN, "Accept", "application/json;q=0");

    // THEN
    assertThat(xml.statusCode()).isEqualTo(415);
    assertThat(problem(xml)).isEqualTo("unsupported-media-type");
    assertThat(html.statusCode()).isEqualTo(406);
    assertThat(problem(html)).isEqualTo("not-acceptable");
    assertThat(any.statusCode()).isEqualTo(200);
    assertThat(none.statusCode()).isEqualTo(406);
  }

  /** Verifies that a path or a query that cannot be decoded is the client's fault. */
  @Test
  void refusesBadEncoding() throws Exception {
    for (var target : new String[] {"/v1/terminals/%zz", "/v1/terminals?q=%zz"}) {
      try (var socket = new Socket("127.0.0.1", bridge.httpPort())) {
        // WHEN
        var request = "GET " + target + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + ADMIN
            + "\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));

        // THEN
        var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(answer)
            .startsWith("HTTP/1.1 400 ")
            .contains("urn:m2mgate:problem:malformed-request");
      }
    }
  }

  /** Verifies that a body past the bound is refused before it is read. */
  @Test
  void boundsBodies() {
    // WHEN
    var answer = bridge.post(APPLICATIONS, ADMIN, "{\"name\":\"" + "x".repeat(70_000) + "\"}");

    // THEN
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(problem(answer)).isEqualTo("payload-too-large");
  }

  /** Verifies that a cursor that no page gave is refused by every list, and that an empty one begins. */
  @Test
  void refusesBadCursors() {
    for (var list : List.of("applications", "terminals", "profiles", "audit")) {
      for (var cursor : List.of("*", "%C3%A4", "abcd" + "e".repeat(41))) {
        var answer = bridge.get("/v1/admin/" + list + "?cursor=" + cursor, ADMIN);
        assertThat(answer.statusCode()).as(list + " " + cursor).isEqualTo(400);
        assertThat(problem(answer)).isEqualTo("malformed-request");
        assertThat(json(answer).getJsonArray("errors").getJsonObject(0).getString("parameter"))
            .isEqualTo("cursor");
      }
      assertThat(bridge.get("/v1/admin/" + list + "?cursor=", ADMIN).statusCode())
          .isEqualTo(200);
    }
  }

  /** Verifies that U+0000, which a database may not take, is refused wherever a path or query holds it. */
  @Test
  void refusesNulCharacters() {
    for (var path : List.of("terminals/%00", "terminals?q=a%00", "terminals?profile=%00")) {
      var answer = bridge.get("/v1/admin/" + path, ADMIN);
      assertThat(answer.statusCode()).as(path).isEqualTo(400);
      assertThat(problem(answer)).isEqualTo("malformed-request");
    }
  }

  /** Verifies that HTTP/2 is not spoken, neither by upgrade nor by prior knowledge. */
  @Test
  void speaksNoHttp2() throws Exception {
    // WHEN
    try (var socket = new Socket("127.0.0.1", bridge.httpPort())) {
      socket
          .getOutputStream()
          .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
              .getBytes(StandardCharsets.US_ASCII));
      var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

      // THEN
      assertThat(answer).contains(" 501 ");
    }
  }

  /** Verifies liveness, readiness with its parts, and the figures. */
  @Test
  void tellsItsHealth() {
    // GIVEN
    bridge.get(APPLICATIONS, ADMIN);

    // WHEN
    var live = bridge.get("/health/live", null);
    var ready = bridge.get("/health/ready", null);
    var metrics = bridge.get("/metrics", null);

    // THEN
    assertThat(json(live).getString("status")).isEqualTo("up");
    assertThat(json(ready).getJsonObject("parts").getString("store")).isEqualTo("up");
    assertThat(metrics.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
    assertThat(metrics.body())
        .contains(
            "m2mgate_http_requests_seconds_count{method=\"GET\",route=\"/v1/admin/applications\",status=\"2xx\"}")
        .contains("m2mgate_tap_open{kind=\"sse\"}")
        .contains("m2mgate_mqtt_connections");
  }

  /** Verifies that a store that is gone is said so, without what happened inside. */
  @Test
  void saysThatTheStoreIsAway() {
    // GIVEN
    bridge.closeStore();

    // WHEN
    var answer = bridge.get(APPLICATIONS, ADMIN);
    var ready = bridge.get("/health/ready", null);

    // THEN
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(problem(answer)).isEqualTo("store-unavailable");
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(json(ready).getJsonObject("parts").getString("store")).isEqualTo("down");
  }
}
