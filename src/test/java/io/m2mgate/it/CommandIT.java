package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.control;
import static io.m2mgate.peer.PeerCommands.executed;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.pairs;
import static io.m2mgate.peer.PeerCommands.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.CommandDesk;
import io.m2mgate.peer.CommandDesk.Delivery;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerBytes;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each type of command is on the wire and what ends it, byte for byte (5.2.3, 5.3.6, 5.3.7, 5.3.9, 5.3.11). */
@Execution(ExecutionMode.CONCURRENT)
class CommandIT {
  private static final String APP = "EC01";
  private static final byte[] NONE = {};
  private static final byte[] BEAT_60 =
      bytes().tlv(0x0011, bytes().u32(60).toArray()).toArray();

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;
  private static CommandDesk desk;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("commands.effectSeconds=3");
    admin = gateway.api();
    app = admin.createApplication(APP);
    desk = new CommandDesk(gateway, APP);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static PeerTerminal online() {
    return gateway.terminal(admin.createTerminal(Identity.fresh(), APP)).login();
  }

  private static String ask(PeerTerminal terminal, String type, String body) {
    return desk.ask(terminal.who(), type, body);
  }

  private static String askControl(PeerTerminal terminal, String name) {
    return ask(terminal, "control", "{\"control\":\"" + name + "\"}");
  }

  private static JsonNode reported(PeerTerminal terminal) {
    return app.get("/v1/terminals/" + terminal.who().serial() + "/parameters")
        .json()
        .path("reported");
  }

  // Verifies CONFIG_GET and the values of its answer, which are reported state from then on.
  @Test
  void readsValues() {
    try (PeerTerminal terminal = online()) {
      String id = ask(terminal, "read", "{\"tags\":[\"0011\",\"0002\",\"0004\"]}");
      PeerFrame get = expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0011, 0x0002, 0x0004));
      assertThat(desk.of(id).state()).as("when the frame is out").isEqualTo("sent");
      ack(
          terminal,
          get,
          bytes().u8(0).raw(BEAT_60).tlv(0x0002, "CMNET").tlv(0x0004, "hidden").toArray());
      JsonNode result = desk.await(id, "succeeded").result();
      assertThat(result.toString())
          .isEqualTo(
              "{\"code\":0,\"name\":\"ok\",\"values\":{\"heartbeat-interval\":60,\"m2m-platform-apn\":\"CMNET\","
                  + "\"gprs-password\":{\"secret\":true}},\"raw\":{\"0011\":\"0000003C\",\"0002\":\"434D4E4554\"}}");
      assertThat(reported(terminal).path("m2m-platform-apn").path("value").asText())
          .isEqualTo("CMNET");
      assertThat(app.pull(0, 0).toString()).doesNotContain("hidden", "68696464656E");
      assertThat(desk.told(app, terminal.who(), id, 2)).containsExactly("sent", "succeeded");
    }
  }

  // Verifies that refused tags are left out and the rest is asked for at once under another
  // sequence.
  @Test
  void readsWhatThereIs() {
    try (PeerTerminal terminal = online()) {
      String id = ask(terminal, "read", "{\"tags\":[\"0011\",\"2004\",\"100C\"]}");
      PeerFrame first = expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0011, 0x2004, 0x100C));
      ack(terminal, first, refusal(1, 0x100C));
      PeerFrame second = expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0011, 0x2004));
      assertThat(second.sequence()).isNotEqualTo(first.sequence());
      ack(terminal, second, refusal(1, 0x2004));
      PeerFrame third = expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0011));
      ack(terminal, third, bytes().u8(0).raw(BEAT_60).toArray());
      CommandDesk.Standing done = desk.await(id, "succeeded");
      assertThat(done.attempts()).isEqualTo(3);
      assertThat(done.result().path("bad")).hasSize(2);
      assertThat(done.result().path("bad").get(0).asText()).isEqualTo("current-file-version");
      assertThat(done.result().path("values").path("heartbeat-interval").asInt())
          .isEqualTo(60);
    }
  }

  // Verifies that a terminal that knows none of the tags, or says no without a word, ends it.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readsNothing(boolean named) {
    try (PeerTerminal terminal = online()) {
      String id = ask(terminal, "read", "{\"tags\":[\"0011\"]}");
      PeerFrame get = expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0011));
      ack(terminal, get, named ? refusal(1, 0x0011) : refusal(1));
      assertThat(desk.await(id, "rejected").result().path("code").asInt()).isEqualTo(1);
    }
  }

  // Verifies CONFIG_SET: ascending tags, 4009 last, and the execution result that ends it.
  @Test
  void configures() {
    try (PeerTerminal terminal = online()) {
      String id = ask(
          terminal,
          "configure",
          "{\"parameters\":{\"heartbeat-interval\":60,\"gprs-user-id\":\"joe\"}}");
      byte[] parameters = bytes().tlv(0x0003, "joe").raw(BEAT_60).toArray();
      PeerFrame set = expect(
          terminal,
          PeerCommands.CONFIG_SET,
          bytes().raw(parameters).tlv(0x4009, (byte) 0).toArray());
      ack(terminal, set, 0);
      desk.await(id, "acked");
      terminal.trap(executed(2, set.sequence() + 1, parameters));
      terminal.trap(executed(0, set.sequence(), parameters));
      assertThat(desk.await(id, "succeeded").result().toString())
          .isEqualTo(
              "{\"code\":0,\"name\":\"ok\",\"status\":0,\"statusName\":\"applied\",\"crcOk\":true}");
      assertThat(reported(terminal).path("heartbeat-interval").path("value").asInt())
          .isEqualTo(60);
      assertThat(desk.told(app, terminal.who(), id, 3))
          .containsExactly("sent", "acked", "succeeded");
    }
  }

  // Verifies what the execution result and its CRC32 say: a shorter CRC32 says nothing, another one
  // that it went wrong.
  @ParameterizedTest
  @CsvSource({"0,,succeeded", "0,00,succeeded", "0,01020304,failed", "1,,succeeded", "2,,failed"})
  void takesExecutionResults(int status, String crc, String end) {
    try (PeerTerminal terminal = online()) {
      String id = ask(terminal, "configure", "{\"parameters\":{\"heartbeat-interval\":60}}");
      PeerFrame set = expect(
          terminal,
          PeerCommands.CONFIG_SET,
          bytes().raw(BEAT_60).tlv(0x4009, (byte) 0).toArray());
      var told = bytes().raw(executed(status, set.sequence()));
      if (crc != null) {
        told.tlv(0x4017, java.util.HexFormat.of().parseHex(crc));
      }
      // In one write: the report must not overtake the answer.
      terminal
          .link()
          .write(
              PeerCommands.ackFrame(terminal, set, new byte[] {0}),
              terminal.signed(PeerTerminal.CONFIG_TRAP, told.toArray()));
      terminal.readVerified();
      assertThat(desk.await(id, end).result().path("status").asInt()).isEqualTo(status);
    }
  }

  // Verifies that a refused CONFIG_SET names the parameters, and that one without an effect is
  // called timed out and says why.
  @Test
  void configuresInVain() {
    try (PeerTerminal terminal = online()) {
      String refused = ask(terminal, "configure", "{\"parameters\":{\"heartbeat-interval\":60}}");
      ack(terminal, terminal.readVerified(), refusal(1, 0x0011));
      assertThat(desk.await(refused, "rejected").result().path("bad").get(0).asText())
          .isEqualTo("heartbeat-interval");
      String silent = ask(terminal, "configure", "{\"parameters\":{\"heartbeat-interval\":60}}");
      ack(terminal, terminal.readVerified(), 0);
      assertThat(desk.await(silent, "timedOut").reason()).contains("execution result");
    }
  }

  // Verifies that a change of the platform's address is shown by the LOGIN that follows it, by its
  // CRC32 or by what it
  // reports, and that old values show the opposite.
  @ParameterizedTest
  @CsvSource({
    "none,CMNET,succeeded",
    "crc,NEW,succeeded",
    "crc,OLD,failed",
    "trap,NEW,succeeded",
    "trap,OLD,failed"
  })
  void configuresThroughALogin(String how, String kept, String end) {
    PeerTerminal terminal = online();
    byte[] list = bytes().tlv(0x0025, (byte) 0, (byte) 2).toArray();
    if (how.equals("crc")) {
      terminal.trap(bytes().raw(list).tlv(0x0002, "OLD").toArray());
    }
    String id = ask(terminal, "configure", "{\"parameters\":{\"m2m-platform-apn\":\"NEW\"}}");
    ack(terminal, terminal.readVerified(), 0);
    desk.await(id, "acked");
    terminal.logout(7);
    terminal.close();
    byte[] has = bytes().tlv(0x0002, kept).toArray();
    try (PeerTerminal back = gateway.terminal(terminal.who())) {
      long crc = how.equals("none") ? 0 : PeerBytes.crc32(has);
      var answer = back.exchangeLogin(back.loginFrame(back.nextSequence(), crc));
      back.under(answer.timestamp());
      back.trap(answer.result() == 0 ? NONE : bytes().raw(list).raw(has).toArray());
      desk.await(id, end);
    }
  }

  // Verifies that a change of the connection, which no LOGIN need follow, is asked for.
  @Test
  void asksForAChangedConnection() {
    try (PeerTerminal terminal = online()) {
      String id = ask(terminal, "configure", "{\"parameters\":{\"connect-mode\":\"tcpLong\"}}");
      byte[] mode = bytes().tlv(0x4002, (byte) 3).toArray();
      PeerFrame set = expect(
          terminal,
          PeerCommands.CONFIG_SET,
          bytes().raw(mode).tlv(0x4009, (byte) 0).toArray());
      ack(terminal, set, 0);
      PeerFrame get = expect(terminal, PeerCommands.CONFIG_GET, pairs(0x4002));
      assertThat(desk.of(id).state()).isEqualTo("acked");
      ack(terminal, get, bytes().u8(0).raw(mode).toArray());
      assertThat(desk.await(id, "succeeded").attempts()).isEqualTo(1);
    }
  }

  // Verifies the remote controls that their answer alone ends.
  @ParameterizedTest
  @CsvSource({"suspendApplication,0", "resumeApplication,1", "login,3", "uploadApplicationData,7"})
  void controlsByAnswer(String name, int code) {
    try (PeerTerminal terminal = online()) {
      String id = askControl(terminal, name);
      ack(terminal, expect(terminal, PeerCommands.REMOTE_CTRL, control(code)), 0);
      assertThat(desk.await(id, "succeeded").result().path("name").asText()).isEqualTo("accepted");
    }
  }

  // Verifies the remote controls that a report shows; an unrelated one, before or after, does not.
  @ParameterizedTest
  @CsvSource({
    "reportStatistics,4,2008",
    "reportMonitorData,6,3007",
    "reportDataSettings,8,4005",
    "reportSyncParameters,11,0025"
  })
  void controlsByReport(String name, int code, String tag) {
    try (PeerTerminal terminal = online()) {
      String id = askControl(terminal, name);
      ack(terminal, expect(terminal, PeerCommands.REMOTE_CTRL, control(code)), 0);
      desk.await(id, "acked");
      terminal.trap(NONE);
      terminal.trap(
          bytes().tlv(0x300B, (byte) 1).tlv(0x300D, (byte) 0, (byte) 1).toArray());
      assertThat(desk.of(id).state()).isEqualTo("acked");
      terminal.trap(bytes().tlv(Integer.parseInt(tag, 16), (byte) 0, (byte) 1).toArray());
      desk.await(id, "succeeded");
    }
  }

  // Verifies that the reset of statistics is shown by the next execution result whatever number
  // that has.
  @ParameterizedTest
  @CsvSource({"0,succeeded", "2,failed"})
  void controlsByExecutionResult(int status, String end) {
    try (PeerTerminal terminal = online()) {
      String id = askControl(terminal, "resetStatistics");
      ack(terminal, expect(terminal, PeerCommands.REMOTE_CTRL, control(5)), 0);
      desk.await(id, "acked");
      terminal.trap(executed(status, 4711));
      desk.await(id, end);
    }
  }

  // Verifies the remote controls that a LOGIN shows.
  @ParameterizedTest
  @CsvSource({
    "reboot,2",
    "apnToPlatform,9",
    "factoryReset,10",
    "apnToApplication,12",
    "loginEncrypted,13"
  })
  void controlsByLogin(String name, int code) {
    PeerTerminal terminal = online();
    String id = askControl(terminal, name);
    ack(terminal, expect(terminal, PeerCommands.REMOTE_CTRL, control(code)), 0);
    desk.await(id, "acked");
    terminal.logout(1);
    terminal.close();
    assertThat(desk.of(id).state()).isEqualTo("acked");
    gateway.terminal(terminal.who()).login().close();
    desk.await(id, "succeeded");
    CommandDesk.assertOneEnd(desk.told(app, terminal.who(), id, 3));
  }

  // Verifies that a terminal that does not support a control ends it.
  @Test
  void takesARefusedControl() {
    try (PeerTerminal terminal = online()) {
      String id = askControl(terminal, "suspendApplication");
      ack(terminal, expect(terminal, PeerCommands.REMOTE_CTRL, control(0)), refusal(1, 0x4001));
      assertThat(desk.await(id, "rejected").result().path("name").asText())
          .isEqualTo("notSupported");
    }
  }

  // Verifies data to a terminal and each of its answers; 0 and 5 both mean handed over.
  @ParameterizedTest
  @CsvSource({"0,succeeded", "5,succeeded", "1,rejected", "2,rejected", "3,rejected", "4,rejected"})
  void sendsData(int result, String end) {
    try (PeerTerminal terminal = online()) {
      String id = ask(terminal, "data", "{\"payload\":\"AQID\"}");
      byte[] payload = {1, 2, 3};
      byte[] body = bytes()
          .u16(PeerBytes.crc16(payload))
          .tlv(0x4015, APP)
          .tlv(0x4007, payload)
          .toArray();
      ack(terminal, expect(terminal, PeerCommands.DATA, body), result);
      assertThat(desk.await(id, end).result().path("code").asInt()).isEqualTo(result);
    }
  }

  // Verifies that what cannot be said to the terminal fails before a byte leaves.
  @Test
  void sendsNothingThatDoesNotFit() {
    try (PeerTerminal terminal = online()) {
      String unknown = ask(terminal, "configure", "{\"parameters\":{\"no-such-thing\":1}}");
      assertThat(desk.await(unknown, "failed").reason()).contains("no-such-thing");
      String big = java.util.Base64.getEncoder().encodeToString(new byte[4000]);
      String tooLong = ask(terminal, "data", "{\"payload\":\"" + big + "\"}");
      assertThat(desk.await(tooLong, "failed").attempts()).isZero();
      terminal.link().expectSilence();
    }
  }

  // Verifies that management goes before data that was asked first, data in order, and each with an
  // answer between.
  @Test
  void keepsManagementBeforeData() {
    Identity who = admin.createTerminal(Identity.fresh(), APP);
    for (int i = 0; i < 20; i++) {
      desk.put(
          who,
          "data",
          "{\"payload\":\"" + java.util.Base64.getEncoder().encodeToString(new byte[] {(byte) i})
              + "\"}",
          Delivery.USUAL);
    }
    desk.put(who, "read", "{\"tags\":[\"0011\"]}", Delivery.USUAL);
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      ack(terminal, expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0011)), refusal(1, 0x0011));
      for (int i = 0; i < 20; i++) {
        PeerFrame data = terminal.readVerified();
        assertThat(data.body()[data.body().length - 1]).isEqualTo((byte) i);
        ack(terminal, data, 0);
      }
    }
  }
}
