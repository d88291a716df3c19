package io.m2mgate.bridge.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.m2mgate.bridge.BridgeFixture;
import io.m2mgate.peer.LogTap;
import io.m2mgate.wire.Mutations;
import io.m2mgate.wire.Seeds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that no client of good will sends, over real sockets. */
class HttpGarbageIT {
  private static final int CASES = 3_000;
  private static final int PATIENCE_MILLIS = 10_000;
  private static final String BODY =
      "\r\nHost: x\r\nContent-Length: 9\r\n\r\n{\"a\":[1,2GET /v1/health/live HTTP/1.1\r\nHost: x\r\n\r\n";

  @TempDir
  static Path directory;

  private static BridgeFixture bridge;

  private LogTap log;

  @BeforeAll
  static void open() {
    bridge = new BridgeFixture(directory);
  }

  @AfterAll
  static void close() {
    bridge.close();
  }

  @BeforeEach
  void listen() {
    log = LogTap.open(Level.ERROR);
  }

  @AfterEach
  void fallSilent() {
    log.close();
  }

  static List<String> malformed() {
    return Stream.of(
            "GET foo HTTP/1.1",
            "GET * HTTP/1.1",
            "OPTIONS * HTTP/1.1",
            "CONNECT host:80 HTTP/1.1",
            "GET /v1/%zz HTTP/1.1",
            "GET /v1/% HTTP/1.1",
            "GET /v1/%00 HTTP/1.1",
            "GET /%c0%ae%c0%ae/x HTTP/1.1",
            "GET /v1/events?after=%zz HTTP/1.1",
            "GET /v1/events?%=%00&&=&=&after HTTP/1.1",
            "GET /v1/events?after=0&after=1 HTTP/1.1",
            "GET http://x/../../v1/%2e%2e/%2f HTTP/1.1",
            "GET http://[::1/x HTTP/1.1",
            "GET //// HTTP/1.1",
            "GET /../.. HTTP/1.1",
            "GET ?a=b HTTP/1.1",
            "GET #a HTTP/1.1",
            "GET /v1/events#a%zz HTTP/1.1",
            "GET /v1/admin/terminals HTTP/1.1\r\nAccept: ,;q=,/",
            "GET /v1/admin/terminals HTTP/1.1\r\nAccept: ;;;",
            "GET /v1/admin/terminals HTTP/1.1\r\nAuthorization: Bearer",
            "GET /v1/admin/terminals HTTP/1.1\r\nAuthorization: Bearer \u00ff\u0001",
            "GET /v1/admin/terminals?cursor=%ff HTTP/1.1\r\nAuthorization: Bearer KEY",
            "GET /v1/admin/terminals/%00%2f HTTP/1.1\r\nAuthorization: Bearer KEY",
            "GET /v1/health/live HTTP/1.1\r\nRange: bytes=-1-,x",
            "POST /v1/admin/terminals HTTP/1.1\r\nContent-Length: -1",
            "POST /v1/admin/terminals HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2",
            "POST /v1/admin/terminals HTTP/1.1\r\nTransfer-Encoding: chunked, x",
            "POST /v1/admin/terminals HTTP/1.1\r\nContent-Type: ;",
            "POST /v1/admin/terminals HTTP/1.1\r\nAuthorization: Bearer KEY\r\nContent-Type: ;",
            "POST /v1/admin/terminals/import HTTP/1.1\r\nAuthorization: Bearer KEY\r\nContent-Type: ;",
            "PATCH /v1/admin/terminals/a HTTP/1.1\r\nAuthorization: Bearer KEY\r\nIf-Match: \"",
            "HEAD /v1/events HTTP/1.1",
            "BREW /v1/events HTTP/1.1",
            "B\u00e9\u0000 /v1/events HTTP/1.1",
            "GET /v1/events",
            "GET  /v1/events  HTTP/1.1",
            "GET /v1/events HTTP/1.1\r\nA\u0000: b",
            "GET /v1/events HTTP/1.1\r\n: b",
            "GET /v1/events HTTP/1.1\r\nExpect: what",
            "GET /v1/events HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade",
            "GET /v1/events HTTP/1.1\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\nConnection: upgrade",
            "GET /" + "a".repeat(10_000) + " HTTP/1.1",
            "GET / HTTP/1.1\r\nA: " + "a".repeat(20_000),
            "\u0016\u0003\u0001")
        .toList();
  }

  // Verifies that what is wrong with a request is answered as an error of the client's, in the form
  // of
  // errors, and is no fault of ours in the log.
  @ParameterizedTest
  @MethodSource("malformed")
  void refuses(String head) {
    String request =
        head.replace("KEY", BridgeFixture.ADMIN) + "\r\nHost: x\r\nConnection: close\r\n\r\n";
    String answer = exchange(request.getBytes(StandardCharsets.ISO_8859_1), false);

    assertThat(log.lines()).isEmpty();
    assertThat(answer).matches("(?s)HTTP/1\\.[01] 4[0-9][0-9] .*");
    assertThat(answer).contains("application/problem+json");
    if (!head.startsWith("HEAD")) {
      assertThat(answer).contains("\"type\":\"urn:m2mgate:problem:");
    }
  }

  // Verifies that any bytes are answered or not, but are never a fault of ours.
  @Test
  void standsRandomChanges() {
    var seeds = malformed().stream()
        .map(head -> head.replace("KEY", BridgeFixture.ADMIN) + BODY)
        .map(text -> text.getBytes(StandardCharsets.ISO_8859_1))
        .filter(seed -> seed.length < 2_000)
        .toList();
    Seeds.forAll(CASES, random -> {
      byte[] request = Mutations.of(seeds, random);
      String answer = exchange(request, true);
      assertThat(log.lines())
          .as(new String(request, StandardCharsets.ISO_8859_1))
          .isEmpty();
      assertThat(answer).doesNotContain("500 Internal Server Error");
    });
  }

  /** Everything that is answered until the connection ends. */
  private String exchange(byte[] request, boolean thenEnd) {
    try (Socket socket = new Socket("127.0.0.1", bridge.httpPort())) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write(request);
      if (thenEnd) {
        socket.shutdownOutput();
      }
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (SocketTimeoutException deaf) {
      throw new UncheckedIOException(deaf);
    } catch (IOException reset) {
      return "";
    }
  }
}
