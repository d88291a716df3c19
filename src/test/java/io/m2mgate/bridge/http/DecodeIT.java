package io.m2mgate.bridge.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames explained over HTTP. */
class DecodeIT {
  /** HEART_BEAT of TERM000000000001. */
  private static final String BEAT = "001c00030000000b030000005445524d303030303030303030303031";

  /** CONFIG_TRAP of the same with TLV E025, a password. */
  private static final String SECRET =
      "002800070000000b030000005445524d303030303030303030303031e0250008" + "3132333435363738";

  private static GatewayProcess gateway;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static Api.Answer decode(ObjectNode body) {
    return gateway.api().call("POST", "/v1/admin/decode", body);
  }

  private static ObjectNode frame(String text) {
    return Api.JSON.createObjectNode().put("frame", text);
  }

  /** Verifies that a frame is explained as the command does it, in hex with blanks and in base64, in a dialect that is named somehow. */
  @Test
  void explains() {
    gateway.api().createApplication("DEC");
    Identity who = gateway.api().createTerminal(Identity.fresh(), "DEC");
    String blanks = BEAT.replaceAll("(..)", "$1 ").strip();
    String base64 = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(BEAT));
    JsonNode usual = decode(frame(BEAT)).json();
    assertThat(usual.path("command").asText()).isEqualTo("HEART_BEAT");
    assertThat(usual.path("serial").asText()).isEqualTo("TERM000000000001");
    assertThat(usual.path("length").asInt()).isEqualTo(28);
    for (ObjectNode same : new ObjectNode[] {
      frame(blanks),
      frame(base64).put("encoding", "base64"),
      frame(BEAT).put("dialect", "wmmp-3"),
      frame(BEAT).put("profile", "lenient"),
      frame(BEAT).put("serial", who.serial()),
    }) {
      Api.Answer answer = decode(same);
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      assertThat(answer.json()).isEqualTo(usual);
    }
  }

  /** Verifies that a secret is never shown. */
  @Test
  void masksSecrets() {
    Api.Answer answer = decode(frame(SECRET));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).contains("E025").doesNotContain("12345678", "3132333435363738");
  }

  /** Verifies that what cannot be explained is refused with its place. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | 422 | /frame",
        "{\"frame\":\"00\"} | 422 | /frame",
        "{\"frame\":\"001\"} | 422 | /frame",
        "{\"frame\":\"001c0003\"} | 422 | /frame",
        "{\"frame\":\"zz\"} | 422 | /frame",
        "{\"frame\":\"0001\"} | 422 | /frame",
        "{\"frame\":\"00\",\"encoding\":\"rot13\"} | 422 | /encoding",
        "{\"frame\":\"00\",\"dialect\":\"a\",\"serial\":\"b\"} | 422 | /serial",
        "{\"frame\":\"00\",\"dialect\":\"nobodys\"} | 422 | /dialect",
        "{\"frame\":\"00\",\"profile\":\"nobodys\"} | 422 | /profile",
      })
  void refuses(String body, int status, String pointer) throws Exception {
    Api.Answer answer = decode((ObjectNode) Api.JSON.readTree(body));
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.json().path("errors").findValuesAsText("pointer")).contains(pointer);
  }

  /** Verifies that it needs the scope of administration and says when a terminal is unknown. */
  @Test
  void isForAdministration() {
    Api application = gateway.api().createApplication("NOADM");
    assertThat(application.call("POST", "/v1/admin/decode", frame(BEAT)).status())
        .isEqualTo(403);
    assertThat(decode(frame(BEAT).put("serial", "NOBODY0000000000")).status()).isEqualTo(404);
  }
}
