package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.refusal;
import static io.m2mgate.peer.PeerSim.ask;
import static io.m2mgate.peer.PeerSim.await;
import static io.m2mgate.peer.PeerSim.command;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerRegistration;
import io.m2mgate.peer.PeerRotation;
import io.m2mgate.peer.PeerSim;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SIM parameters from the request to the terminal's report, and what a confirmed binding decides (behaviour 5.4.1). */
class SimCommandIT {
  private static final String APP = "EC01";
  private static final String PIN = "73519264";
  private static final String ASK_PIN = "{\"type\":\"sim\",\"pin1\":\"" + PIN + "\"}";

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("commands.effectSeconds=3", "log.level=debug");
    admin = gateway.api();
    app = admin.createApplication(APP);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static PeerTerminal online() {
    return gateway.terminal(admin.createTerminal(Identity.fresh(), APP)).login();
  }

  private static PeerFrame expectSet(PeerTerminal terminal, byte[] body) {
    return expect(terminal, PeerRotation.SECURITY_CONFIG, body);
  }

  private static byte[] shown(String pin1) {
    return bytes().tlv(PeerSim.PIN1, pin1).tlv(PeerSim.PIN1_ACTIVE, (byte) 1).toArray();
  }

  private static List<String> states(Identity who, String id, int atLeast) {
    return app
        .events(
            atLeast,
            event -> event.path("subject").asText().equals(who.serial())
                && event.at("/data/id").asText().equals(id))
        .stream()
        .map(event -> event.at("/data/state").asText())
        .toList();
  }

  private static int rebind(Identity old) {
    try (PeerRegistration registration = new PeerRegistration(gateway.terminals())) {
      return registration.rebind(old, Identity.fresh().imsi()).result();
    }
  }

  // Verifies the whole way of a PIN: op 0 with E001 and E003, ack, LOGOUT 0A, LOGIN, a report with
  // a
  // digest that nobody can check; and that the PIN is said by nobody but to the terminal.
  @Test
  void setsThePin() {
    try (PeerTerminal terminal = online()) {
      String id = ask(app, terminal.who(), ASK_PIN);
      PeerFrame set = expectSet(terminal, PeerSim.pin(PIN));
      assertThat(command(app, id).path("state").asText())
          .as("when the frame is out")
          .isEqualTo("sent");
      ack(terminal, set, 0);
      await(app, id, "acked");
      PeerSim.comeBack(terminal);
      assertThat(command(app, id).path("state").asText()).as("after LOGIN").isEqualTo("acked");
      PeerSim.report(terminal, PeerSim.digestTlv(terminal.who(), PIN));
      JsonNode done = command(app, id);
      assertThat(done.path("state").asText())
          .as("with the ack of the report")
          .isEqualTo("succeeded");
      assertThat(done.path("request").toString())
          .isEqualTo("{\"pin1\":{\"secret\":true},\"pin1Active\":true}");
      assertThat(done.path("result").toString()).isEqualTo("{\"code\":0,\"name\":\"ok\"}");
      assertThat(states(terminal.who(), id, 4))
          .containsExactly("queued", "sent", "acked", "succeeded");
      String everything = app.pull(0, 0).toString()
          + admin.get("/v1/admin/audit?limit=1000").body()
          + app.get("/v1/terminals/" + terminal.who().serial() + "/parameters").body()
          + app.get("/v1/terminals/" + terminal.who().serial() + "/commands").body()
          + String.join("\n", gateway.process().output());
      assertThat(everything).doesNotContain(PIN).contains("command.sim");
    }
  }

  // Verifies that a report with the values shows it even before LOGIN, and that others after LOGIN
  // show that it failed, while before LOGIN they show nothing.
  @Test
  void comparesReportedValues() {
    try (PeerTerminal terminal = online()) {
      String shownAtOnce = ask(app, terminal.who(), ASK_PIN);
      ack(terminal, expectSet(terminal, PeerSim.pin(PIN)), 0);
      await(app, shownAtOnce, "acked");
      PeerSim.report(terminal, shown("0000"));
      assertThat(command(app, shownAtOnce).path("state").asText()).isEqualTo("acked");
      PeerSim.report(terminal, shown(PIN));
      assertThat(command(app, shownAtOnce).path("state").asText()).isEqualTo("succeeded");

      String differs = ask(app, terminal.who(), "{\"type\":\"sim\",\"pin1\":\"4321\"}");
      ack(terminal, expectSet(terminal, PeerSim.pin("4321")), 0);
      await(app, differs, "acked");
      PeerSim.comeBack(terminal);
      PeerSim.report(terminal, shown(PIN));
      assertThat(command(app, differs).path("state").asText()).isEqualTo("failed");
      assertThat(command(app, differs).path("reason").asText())
          .isEqualTo("the terminal has other values");
    }
  }

  // Verifies that a terminal whose ack was lost ends the command by the values that it reports, and
  // that
  // it is not asked again; a digest alone is no answer.
  @Test
  void takesValuesForALostAck() {
    try (PeerTerminal terminal = online()) {
      String id = ask(app, terminal.who(), ASK_PIN);
      expectSet(terminal, PeerSim.pin(PIN));
      PeerSim.comeBack(terminal);
      reportAmidRepeats(terminal, PeerSim.digestTlv(terminal.who(), PIN));
      assertThat(command(app, id).path("times").has("finished")).isFalse();
      reportAmidRepeats(terminal, shown(PIN));
      JsonNode done = command(app, id);
      assertThat(done.path("state").asText()).isEqualTo("succeeded");
      assertThat(done.path("times").has("acked")).isFalse();
      String next = ask(app, terminal.who(), "{\"type\":\"sim\",\"binding\":\"none\"}");
      PeerFrame asked = terminal.readVerified();
      while (Arrays.equals(asked.body(), PeerSim.pin(PIN))) {
        asked = terminal.readVerified();
      }
      assertThat(asked.body()).isEqualTo(PeerSim.binding(PeerSim.NONE));
      ack(terminal, asked, 3);
      await(app, next, "rejected");
    }
  }

  /** A report of a terminal that was not heard to answer: the same request may come between. */
  private static void reportAmidRepeats(PeerTerminal terminal, byte[] tlvs) {
    terminal.link().write(PeerSim.reportFrame(terminal, tlvs));
    PeerFrame frame = terminal.readVerified();
    while (frame.command() == PeerRotation.SECURITY_CONFIG) {
      assertThat(frame.body()).isEqualTo(PeerSim.pin(PIN));
      frame = terminal.readVerified();
    }
    assertThat(frame.command()).isEqualTo(PeerRotation.ACK);
    assertThat(frame.result()).isZero();
  }

  // Verifies that nothing ends it but a report: without one it is timed out, and says for what.
  @Test
  void timesOutWithoutAReport() {
    try (PeerTerminal terminal = online()) {
      String id = ask(app, terminal.who(), ASK_PIN);
      ack(terminal, expectSet(terminal, PeerSim.pin(PIN)), 0);
      await(app, id, "acked");
      PeerSim.comeBack(terminal);
      assertThat(await(app, id, "timedOut").path("reason").asText())
          .isEqualTo("no SECURITY_CONFIG report of the SIM parameters was seen in time");
      PeerSim.report(terminal, PeerSim.digestTlv(terminal.who(), PIN));
      assertThat(command(app, id).path("state").asText()).isEqualTo("timedOut");
    }
  }

  // Verifies that what a terminal refuses changes nothing, and names the tags.
  @Test
  void isRefused() {
    try (PeerTerminal terminal = online()) {
      String id = ask(app, terminal.who(), "{\"type\":\"sim\",\"binding\":\"locked\"}");
      ack(
          terminal,
          expectSet(terminal, PeerSim.binding(PeerSim.LOCKED)),
          refusal(2, PeerSim.BINDING));
      JsonNode refused = await(app, id, "rejected");
      assertThat(refused.at("/result/name").asText()).isEqualTo("tlvInvalid");
      assertThat(refused.at("/result/bad/0").asText()).isEqualTo("sim-bind-mode");
      assertThat(rebind(terminal.who())).isEqualTo(9);
    }
  }

  // Verifies that a binding counts once the terminal has shown it and not before: a SIM that is
  // locked to its terminal is not changed, another is.
  @ParameterizedTest
  @CsvSource({"none,0,9", "locked,1,4", "released,2,9"})
  void decidesRebinding(String binding, int mode, int registered) {
    try (PeerTerminal terminal = online()) {
      String id = ask(app, terminal.who(), "{\"type\":\"sim\",\"binding\":\"" + binding + "\"}");
      ack(terminal, expectSet(terminal, PeerSim.binding(mode)), 0);
      await(app, id, "acked");
      PeerSim.comeBack(terminal);
      assertThat(rebind(terminal.who())).as("before the report").isEqualTo(9);
      PeerSim.report(terminal, bytes().tlv(PeerSim.BINDING, (byte) mode).toArray());
      assertThat(command(app, id).path("state").asText()).isEqualTo("succeeded");
      assertThat(rebind(terminal.who())).as("after it").isEqualTo(registered);
    }
  }

  // Verifies that a lock is taken back by the report of its release, and by no report that nobody
  // asked for.
  @Test
  void releasesALock() {
    try (PeerTerminal terminal = online()) {
      bind(terminal, "locked", PeerSim.LOCKED);
      assertThat(rebind(terminal.who())).isEqualTo(4);
      PeerSim.report(terminal, bytes().tlv(PeerSim.BINDING, (byte) PeerSim.NONE).toArray());
      assertThat(rebind(terminal.who())).isEqualTo(4);
      bind(terminal, "released", PeerSim.RELEASED);
      assertThat(rebind(terminal.who())).isEqualTo(9);
    }
  }

  private static void bind(PeerTerminal terminal, String binding, int mode) {
    String id = ask(app, terminal.who(), "{\"type\":\"sim\",\"binding\":\"" + binding + "\"}");
    ack(terminal, expectSet(terminal, PeerSim.binding(mode)), 0);
    await(app, id, "acked");
    PeerSim.comeBack(terminal);
    PeerSim.report(terminal, bytes().tlv(PeerSim.BINDING, (byte) mode).toArray());
    assertThat(command(app, id).path("state").asText()).isEqualTo("succeeded");
  }

  // Verifies that a report that comes twice ends a command once and is answered both times.
  @Test
  void takesARepeatedReport() {
    try (PeerTerminal terminal = online()) {
      String id = ask(app, terminal.who(), ASK_PIN);
      ack(terminal, expectSet(terminal, PeerSim.pin(PIN)), 0);
      await(app, id, "acked");
      PeerSim.comeBack(terminal);
      byte[] report = PeerSim.reportFrame(terminal, PeerSim.digestTlv(terminal.who(), PIN));
      assertThat(terminal.exchange(report).result()).isZero();
      assertThat(terminal.exchange(report).result()).isZero();
      assertThat(states(terminal.who(), id, 4))
          .containsExactly("queued", "sent", "acked", "succeeded");
    }
  }

  // Verifies what cannot be asked, and that no answer repeats a code.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"sim\"}",
        "{\"type\":\"sim\",\"pin1\":\"987654321\"}",
        "{\"type\":\"sim\",\"pin1\":\"98a65\"}",
        "{\"type\":\"sim\",\"pin1\":98765}",
        "{\"type\":\"sim\",\"puk1\":\"98765\"}",
        "{\"type\":\"sim\",\"pin1Active\":false}",
        "{\"type\":\"sim\",\"binding\":\"98765\"}",
        "{\"type\":\"sim\",\"pin1\":\"9876\",\"uplinkPassword\":\"98765abc\"}"
      })
  void refusesRequests(String json) {
    Identity who = admin.createTerminal(Identity.fresh(), APP);
    Api.Answer answer = app.full(
            "POST",
            "/v1/terminals/" + who.serial() + "/commands",
            json.getBytes(StandardCharsets.UTF_8))
        .answer();
    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
    assertThat(answer.json().path("type").asText())
        .isEqualTo("urn:m2mgate:problem:invalid-request");
    assertThat(answer.body()).doesNotContain("9876", "98a65");
  }

  // Verifies that an idempotency key tells one code from another.
  @Test
  void tellsCodesApart() {
    Identity who = admin.createTerminal(Identity.fresh(), APP);
    String id = ask(app, who, ASK_PIN, "Idempotency-Key", "pin");
    assertThat(ask(app, who, ASK_PIN, "Idempotency-Key", "pin")).isEqualTo(id);
    Api.Answer other = app.full(
            "POST",
            "/v1/terminals/" + who.serial() + "/commands",
            "{\"type\":\"sim\",\"pin1\":\"73519265\"}".getBytes(StandardCharsets.UTF_8),
            "Idempotency-Key",
            "pin")
        .answer();
    assertThat(other.status()).isEqualTo(422);
    assertThat(other.json().path("type").asText())
        .isEqualTo("urn:m2mgate:problem:idempotency-key-reused");
  }
}
