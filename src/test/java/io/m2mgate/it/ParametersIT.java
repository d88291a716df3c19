package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.executed;
import static io.m2mgate.peer.PeerCommands.expect;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What applications want their terminals' parameters to be, over HTTP (application.md 6.1.12, behaviour 5.3.9). */
class ParametersIT {
  private static final String APP = "EC01";
  private static final byte[] BEAT_60 =
      bytes().tlv(0x0011, bytes().u32(60).toArray()).toArray();

  private static GatewayProcess gateway;
  private static Api application;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    application = gateway.api().createApplication(APP);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static Identity provisioned() {
    return gateway.api().createTerminal(Identity.fresh(), APP);
  }

  private static String path(Identity who) {
    return "/v1/terminals/" + who.serial() + "/parameters";
  }

  private static Api.Full get(Identity who) {
    return application.full("GET", path(who), new byte[0]);
  }

  private static Api.Full patch(Identity who, String query, String body, String... headers) {
    return application.full(
        "PATCH", path(who) + query, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  private static JsonNode patched(Identity who, String body) {
    Api.Full answer = patch(who, "", body, "If-Match", get(who).headers().get("etag"));
    assertThat(answer.answer().status()).as(answer.answer().body()).isEqualTo(202);
    return answer.answer().json();
  }

  private static JsonNode command(String id) {
    return application.get("/v1/commands/" + id).json();
  }

  private static void refused(Api.Full full, int status, String problem) {
    assertThat(full.answer().status()).as(full.answer().body()).isEqualTo(status);
    assertThat(full.answer().json().path("type").asText())
        .isEqualTo("urn:m2mgate:problem:" + problem);
  }

  /** Verifies that a patch makes one command and a new ETag, and that a terminal's confirmation ends what is pending. */
  @Test
  void setsWhatIsDesired() {
    Identity who = provisioned();
    Api.Full before = get(who);
    assertThat(before.headers()).containsEntry("etag", "\"0\"");
    assertThat(before.answer().body())
        .isEqualTo("{\"desired\":{},\"reported\":{},\"pending\":[],\"drift\":[],\"details\":{},"
            + "\"crc32\":{\"desired\":null,\"reported\":null,\"equal\":null}}");

    Api.Full asked =
        patch(who, "", "{\"heartbeat-interval\":60,\"0003\":\"joe\"}", "If-Match", "\"0\"");
    assertThat(asked.answer().status()).as(asked.answer().body()).isEqualTo(202);
    assertThat(asked.headers()).containsEntry("etag", "\"1\"");
    JsonNode shown = asked.answer().json();
    String id = shown.path("command").asText();
    assertThat(asked.headers()).containsEntry("location", "/v1/commands/" + id);
    assertThat(shown.path("desired").toString())
        .isEqualTo("{\"gprs-user-id\":\"joe\",\"heartbeat-interval\":60}");
    assertThat(shown.path("pending").toString())
        .isEqualTo("[\"gprs-user-id\",\"heartbeat-interval\"]");
    assertThat(shown.at("/details/heartbeat-interval/command").asText()).isEqualTo(id);
    assertThat(command(id).path("type").asText()).isEqualTo("configure");

    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      byte[] set = bytes().tlv(0x0003, "joe").raw(BEAT_60).toArray();
      PeerFrame frame = expect(
          terminal,
          PeerCommands.CONFIG_SET,
          bytes().raw(set).tlv(0x4009, (byte) 0).toArray());
      ack(terminal, frame, 0);
      Await.until(
          "ack", Await.PATIENCE, () -> command(id).path("state").asText().equals("acked"));
      terminal.trap(executed(0, frame.sequence(), set));
      Await.until(
          "end", Await.PATIENCE, () -> command(id).path("state").asText().equals("succeeded"));
    }
    JsonNode done = get(who).answer().json();
    assertThat(done.path("pending")).isEmpty();
    assertThat(done.path("drift")).isEmpty();
    assertThat(done.at("/reported/heartbeat-interval/value").asInt()).isEqualTo(60);
    assertThat(done.at("/details/heartbeat-interval/state").asText()).isEqualTo("done");
    assertThat(gateway.api().get("/v1/admin/audit?limit=50").body())
        .contains("parameters.patch", id);
  }

  /** Verifies that who does not say what they know, or knows something else, changes nothing. */
  @Test
  void asksForWhatIsKnown() {
    Identity who = provisioned();
    refused(patch(who, "", "{\"heartbeat-interval\":60}"), 428, "precondition-required");
    refused(
        patch(who, "", "{\"heartbeat-interval\":60}", "If-Match", "\"1\""),
        412,
        "precondition-failed");
    refused(
        patch(who, "", "{\"heartbeat-interval\":60}", "If-Match", "W/\"0\""),
        412,
        "precondition-failed");
    assertThat(get(who).answer().json().path("desired")).isEmpty();
    assertThat(application
            .get("/v1/terminals/" + who.serial() + "/commands")
            .json()
            .path("items"))
        .isEmpty();
    assertThat(patch(who, "", "{\"heartbeat-interval\":60}", "If-Match", "*")
            .answer()
            .status())
        .isEqualTo(202);
    refused(
        patch(who, "", "{\"heartbeat-interval\":90}", "If-Match", "\"0\""),
        412,
        "precondition-failed");
    assertThat(get(who).answer().json().at("/desired/heartbeat-interval").asInt())
        .isEqualTo(60);
  }

  /** Verifies that a later patch takes over what is not sent yet, and that null withdraws. */
  @Test
  void supersedesWhatIsNotSent() {
    Identity who = provisioned();
    String first = patched(who, "{\"heartbeat-interval\":60,\"gprs-user-id\":\"joe\"}")
        .path("command")
        .asText();
    String apart = patched(who, "{\"sms-centre-number\":\"1\"}").path("command").asText();
    String second = patched(who, "{\"heartbeat-interval\":90}").path("command").asText();

    assertThat(command(first).path("state").asText()).isEqualTo("cancelled");
    assertThat(command(first).path("reason").asText()).contains(second);
    assertThat(command(apart).path("state").asText()).isEqualTo("queued");
    assertThat(command(second).at("/request/parameters").toString())
        .isEqualTo("{\"gprs-user-id\":\"joe\",\"heartbeat-interval\":90}");

    JsonNode third = patched(who, "{\"0011\":null}");
    assertThat(command(second).path("state").asText()).isEqualTo("cancelled");
    assertThat(command(third.path("command").asText()).at("/request/parameters").toString())
        .isEqualTo("{\"gprs-user-id\":\"joe\"}");
    assertThat(third.path("desired").toString())
        .isEqualTo("{\"gprs-user-id\":\"joe\",\"sms-centre-number\":\"1\"}");

    Api.Full none =
        patch(who, "", "{\"gprs-user-id\":null,\"sms-centre-number\":null}", "If-Match", "*");
    assertThat(none.answer().status()).isEqualTo(200);
    assertThat(none.answer().json().path("command").isNull()).isTrue();
    assertThat(none.answer().json().path("desired")).isEmpty();
    assertThat(application
            .get("/v1/terminals/" + who.serial() + "/commands?state=queued")
            .json()
            .path("items"))
        .isEmpty();
  }

  /** Verifies that what a terminal cannot take is refused as a whole, each with its place. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | 422 | invalid-request | ''",
        "{\"heartbeat-interval\":\"x\"} | 422 | tlv-invalid | /heartbeat-interval",
        "{\"heartbeat-interval\":4294967296} | 422 | value-out-of-range | /heartbeat-interval",
        "{\"heartbeat-interval\":60,\"nothing\":1} | 422 | tag-not-allowed | /nothing",
        "{\"nothing\":null} | 422 | tag-not-allowed | /nothing",
        "{\"heartbeat-interval\":60,\"0011\":null} | 422 | invalid-request | /heartbeat-interval",
        "{\"uplink-password\":\"abcd1234\"} | 422 | tag-not-allowed | /uplink-password",
        "{\"gprs-password\":\"abcd1234\"} | 422 | tag-not-allowed | /gprs-password",
        "{\"terminal-serial\":\"X\"} | 422 | tag-not-allowed | /terminal-serial",
        "{\"platform-ip\":\"192.0.2.1\"} | 428 | precondition-required | /platform-ip",
        "{\"connect-mode\":3} | 428 | precondition-required | /connect-mode",
      })
  void refusesWhatCannotBe(String body, int status, String problem, String pointer) {
    Identity who = provisioned();
    Api.Full answer = patch(who, "", body, "If-Match", "*");
    refused(answer, status, problem);
    assertThat(answer.answer().json().path("errors").findValuesAsText("pointer"))
        .contains(pointer);
    assertThat(answer.answer().body()).doesNotContain("abcd1234");
    assertThat(get(who).headers()).containsEntry("etag", "\"0\"");
  }

  /** Verifies that what may cut a terminal off is taken from who says that they know. */
  @Test
  void takesWhatIsConfirmed() {
    Identity who = provisioned();
    Api.Full asked =
        patch(who, "?confirm=reachability", "{\"platform-ip\":\"192.0.2.1\"}", "If-Match", "*");
    assertThat(asked.answer().status()).as(asked.answer().body()).isEqualTo(202);
    refused(
        patch(who, "?confirm=yes", "{\"platform-ip\":\"192.0.2.1\"}", "If-Match", "*"),
        422,
        "invalid-request");
  }

  /** Verifies that a terminal's parameters are its application's alone, and that writing needs a scope. */
  @Test
  void keepsOthersOut() {
    Identity who = provisioned();
    Api stranger = gateway.api().createApplication("OTHER");
    refused(
        stranger.full(
            "PATCH", path(who), "{\"0011\":1}".getBytes(StandardCharsets.UTF_8), "If-Match", "*"),
        404,
        "terminal-unknown");
    assertThat(stranger.get(path(who)).status()).isEqualTo(404);
  }

  /** Verifies that a terminal that asks is told what is desired of it, or of which parameters nothing is (5.3.6), every time. */
  @Test
  void tellsTheTerminal() {
    Identity who = provisioned();
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      assertThat(terminal.configReq(0x0011, 0x0003).body())
          .isEqualTo(PeerCommands.refusal(1, 0x0011, 0x0003));
      patched(who, "{\"heartbeat-interval\":60,\"gprs-user-id\":\"joe\"}");
      ack(terminal, terminal.readVerified(), 0);
      byte[] told = bytes().u8(0).raw(BEAT_60).tlv(0x0003, "joe").toArray();
      byte[] asks = terminal.signed(PeerTerminal.CONFIG_REQ, PeerCommands.pairs(0x0011, 0x0003));
      assertThat(terminal.exchange(asks).body()).isEqualTo(told);
      assertThat(terminal.exchange(asks).body()).as("asked again").isEqualTo(told);
      assertThat(terminal.configReq(0x0011, 0x0004).body())
          .isEqualTo(PeerCommands.refusal(1, 0x0004));
      assertThat(terminal.configReq().body()).containsExactly(1);
    }
  }

  /** Verifies that a terminal that says that it took what it was told has it, whatever number it says (5.2.3). */
  @Test
  void takesWhatItWasTold() {
    Identity who = provisioned();
    String id = patched(who, "{\"heartbeat-interval\":60}").path("command").asText();
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      ack(terminal, terminal.readVerified(), PeerCommands.refusal(1, 0x0011));
      Await.until(
          "end", Await.PATIENCE, () -> command(id).path("state").asText().equals("rejected"));
      terminal.trap(executed(0, 4711));
      assertThat(get(who).answer().json().path("pending"))
          .as("told nothing yet")
          .hasSize(1);
      assertThat(terminal.configReq(0x0011).body())
          .isEqualTo(bytes().u8(0).raw(BEAT_60).toArray());
      terminal.trap(executed(0, 4712));
      JsonNode known = get(who).answer().json();
      assertThat(known.path("pending")).isEmpty();
      assertThat(known.at("/reported/heartbeat-interval/value").asInt()).isEqualTo(60);
    }
  }

  /** Verifies that of many who know the same one is taken, and that what is taken is whole. */
  @Test
  void takesOneAtATime() {
    Identity who = provisioned();
    List<CompletableFuture<Integer>> racing = IntStream.range(1, 9)
        .mapToObj(i -> CompletableFuture.supplyAsync(
            () -> patch(who, "", "{\"heartbeat-interval\":" + i + "}", "If-Match", "\"0\"")
                .answer()
                .status()))
        .toList();
    List<Integer> answers = racing.stream().map(CompletableFuture::join).toList();
    assertThat(answers).containsOnlyOnce(202).contains(412);
    JsonNode commands =
        application.get("/v1/terminals/" + who.serial() + "/commands").json().path("items");
    assertThat(commands).hasSize(1);
    assertThat(commands.get(0).at("/request/parameters"))
        .isEqualTo(get(who).answer().json().path("desired"));
  }
}
