package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerMessages;
import io.m2mgate.peer.PeerRegistration;
import io.m2mgate.peer.PeerRegistration.Parameters;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frames in short messages, as sms.md and behaviour 5.2.1 and 5.3.1 have them: nothing signed, the number is the proof. */
class MessageLifeIT {
  private static final String APP = "EC01";
  private static final String PLACEHOLDER = "ACME000200000000";
  private static final String ALARM = "m2m.alarm.raised";
  private static final String REBOUND = "m2m.terminal.rebound";
  private static final Duration MOMENT = Duration.ofMillis(500);

  @TempDir
  static Path directory;

  private static GatewayProcess gateway;
  private static PeerMessages phones;
  private static Api admin;
  private static Api app;

  @BeforeAll
  static void start() {
    phones = new PeerMessages(directory);
    gateway = GatewayProcess.start(PeerMessages.settings(
        directory,
        "registration.mode=open",
        "registration.defaultApp=" + APP,
        "registration.smsRepeatSeconds=1",
        "sms.parts.most=3"));
    admin = gateway.api();
    app = admin.createApplication(APP);
  }

  @AfterAll
  static void stop() {
    phones.close();
    gateway.closeClean();
  }

  private static Identity provisioned(String number) {
    Identity who = Identity.fresh();
    ObjectNode json = Api.terminalJson(who, APP, "wmmp-3");
    json.put("msisdn", number);
    assertThat(admin.call("POST", "/v1/admin/terminals", json).status()).isEqualTo(201);
    return who;
  }

  private static byte[] request(String serial, int command, int sequence, byte[] body) {
    return PeerTerminal.unsigned(serial, command, sequence, 0, body);
  }

  private static byte[] alarm(String serial, int sequence, int code) {
    return request(
        serial,
        PeerTerminal.CONFIG_TRAP,
        sequence,
        bytes()
            .tlv(0x300B, (byte) 1)
            .tlv(0x300C, (byte) 2)
            .tlv(0x300D, bytes().u16(code).toArray())
            .toArray());
  }

  /** The answer to a request by message: to the number that it came from, unsigned, flags 00. */
  private static PeerFrame answer(String number, byte[] request) {
    PeerFrame ack = phones.next(number);
    assertThat(ack.command()).isEqualTo(new PeerFrame(request).command() | 0x8000);
    assertThat(ack.sequence()).isEqualTo(new PeerFrame(request).sequence());
    assertThat(ack.flags()).isZero();
    return ack;
  }

  private static PeerFrame exchange(String number, byte[] request) {
    String name = phones.send(number, request);
    PeerFrame ack = answer(number, request);
    phones.awaitTaken(name);
    return ack;
  }

  private static byte[] register(int operation, String serial, Identity who) {
    return PeerTerminal.unsigned(
        serial, PeerTerminal.REGISTER, 1, 0x80, PeerTerminal.registerBody(operation, who));
  }

  private static long count(String type, String serial) {
    return app.events(0, type, serial).size();
  }

  // Verifies that a stranger who registers by message is given its secrets in exactly the message
  // that was captured, and
  // logs in with them elsewhere.
  @Test
  void registersByMessage() {
    Identity who = Identity.fresh();
    String number = PeerMessages.number();

    PeerFrame ack = exchange(number, register(PeerRegistration.ASK_SERIAL, PLACEHOLDER, who));
    assertThat(ack.result()).isZero();
    assertThat(ack.serial()).isEqualTo(PLACEHOLDER);
    String serial = new String(ack.body(), 1, 16, StandardCharsets.US_ASCII);

    PeerFrame given = phones.next(number);
    String text = new String(given.bytes(), StandardCharsets.ISO_8859_1);
    String uplink = text.substring(33, 41);
    String downlink = text.substring(53, 61);
    String baseKey = text.substring(73, 97);
    byte[] never = text.substring(45, 49).getBytes(StandardCharsets.ISO_8859_1);
    byte[] captured = bytes()
        .u16(105)
        .u16(0x000E)
        .u32(given.sequence())
        .u16(0x0300)
        .u8(0x80)
        .u8(0)
        .ascii(serial)
        .u8(0)
        .tlv(0xE025, uplink)
        .tlv(0xE027, never)
        .tlv(0xE028, downlink)
        .tlv(0xE02A, never)
        .tlv(0xE036, baseKey)
        .tlv(0xE038, never)
        .toArray();
    assertThat(HexFormat.of().formatHex(given.bytes()))
        .isEqualTo(HexFormat.of().formatHex(captured));

    PeerFrame again = phones.next(number);
    assertThat(again.bytes()).as("repeated as it was").isEqualTo(given.bytes());
    assertThat(phones.maybe(number, Duration.ofMillis(1500))).as("sent twice").isEmpty();
    phones.awaitTaken(phones.send(
        number, request(serial, 0x800E, given.sequence(), bytes().u8(0).toArray())));

    JsonNode told = app.events(1, "m2m.terminal.registered", serial).get(0).get("data");
    assertThat(told.get("bearer").asText()).isEqualTo("sms");
    assertThat(told.get("learntNumber").asText()).isEqualTo(number);
    assertThat(admin.terminal(serial).get("msisdn").asText()).isEqualTo(number);
    Identity now = new Identity(serial, who.imei(), who.imsi(), uplink, downlink);
    try (PeerTerminal terminal = gateway.terminal(now)) {
      terminal.login();
    }
  }

  // Verifies that who registers over a connection is given its secrets by message where one reaches
  // it.
  @Test
  void givesSecretsByMessage() {
    String number = PeerMessages.number();
    Identity who = provisioned("+" + number);
    try (PeerRegistration registration = new PeerRegistration(gateway.terminals())) {
      assertThat(registration.register(PeerRegistration.CLEARED, who).result()).isZero();

      PeerFrame given = phones.next(number);

      assertThat(given.command()).isEqualTo(0x000E);
      assertThat(given.bytes()).hasSize(105);
      phones.awaitTaken(phones.send(
          number, request(who.serial(), 0x800E, given.sequence(), bytes().u8(0).toArray())));
      assertThat(registration.maybeParameters(MOMENT).map(Parameters::frame)).isEmpty();
      assertThat(phones.maybe(number, Duration.ofMillis(1500)))
          .as("nothing after the ack")
          .isEmpty();
    }
  }

  // Verifies that an alarm by message needs no session, is one event however often it comes, and is
  // answered each time.
  @Test
  void takesAlarms() {
    String number = PeerMessages.number();
    Identity who = provisioned(number);
    byte[] alarm = alarm(who.serial(), 7, 0x0004);

    assertThat(exchange(number, alarm).result()).isZero();
    assertThat(exchange(number, alarm).result()).isZero();
    byte[] other = alarm(who.serial(), 8, 0x0005);
    phones.send("+" + number, other);
    assertThat(answer(number, other).result()).isZero();

    app.events(2, ALARM, who.serial());
    assertThat(count("m2m.report", who.serial())).isEqualTo(2);
    assertThat(count(ALARM, who.serial())).isEqualTo(2);
  }

  // Verifies that messages of one number that overtake each other are all served.
  @Test
  void takesLateMessages() {
    String number = PeerMessages.number();
    Identity who = provisioned(number);

    for (int sequence : new int[] {900, 3, 2_000_000, 1}) {
      assertThat(exchange(number, alarm(who.serial(), sequence, 0x0004)).result())
          .isZero();
    }

    app.events(4, "m2m.report", who.serial());
  }

  // Verifies that another number than the terminal's gets nothing done and is told of once.
  @Test
  void refusesOtherNumbers() {
    String number = PeerMessages.number();
    String other = PeerMessages.number();
    Identity who = provisioned(number);

    phones.awaitTaken(phones.send(other, alarm(who.serial(), 1, 0x0004)));
    phones.awaitTaken(phones.send(other, alarm(who.serial(), 2, 0x0004)));

    JsonNode told = app.events(1, REBOUND, who.serial()).get(0).get("data");
    assertThat(told.get("reason").asText()).isEqualTo("numberDiffers");
    assertThat(told.get("number").asText()).isEqualTo(number);
    assertThat(told.get("sender").asText()).isEqualTo(other);
    assertThat(count(REBOUND, who.serial())).isEqualTo(1);
    assertThat(count(ALARM, who.serial())).isZero();
    assertThat(phones.maybe(other, MOMENT)).isEmpty();
  }

  // Verifies that a registration from another number than the record's is refused, and told with
  // both.
  @Test
  void refusesToRegisterFromOtherNumbers() {
    Identity who = provisioned(PeerMessages.number());
    String other = PeerMessages.number();

    PeerFrame ack = exchange(other, register(PeerRegistration.ASK_SECURITY, who.serial(), who));

    assertThat(ack.result()).isEqualTo(4);
    JsonNode told = app.events(1, REBOUND, who.serial()).get(0).get("data");
    assertThat(told.get("sender").asText()).isEqualTo(other);
    assertThat(told.has("number")).isTrue();
  }

  // Verifies that a record without a number takes nothing by message before a registration has told
  // it, and everything after.
  @Test
  void learnsTheNumber() {
    Identity who = admin.createTerminal(Identity.fresh(), APP);
    String number = PeerMessages.number();
    phones.awaitTaken(phones.send(number, alarm(who.serial(), 1, 0x0004)));
    assertThat(app.events(1, REBOUND, who.serial()).get(0).at("/data/reason").asText())
        .isEqualTo("numberUnknown");

    assertThat(exchange(number, register(PeerRegistration.CLEARED, who.serial(), who))
            .result())
        .isEqualTo(4);
    assertThat(admin.terminal(who.serial()).path("msisdn").asText("")).isEmpty();
    exchange(number, register(PeerRegistration.ASK_SECURITY, who.serial(), who));

    assertThat(phones.next(number).command()).isEqualTo(0x000E);
    assertThat(admin.terminal(who.serial()).get("msisdn").asText()).isEqualTo(number);
    phones.send(number, alarm(who.serial(), 2, 0x0004));
    app.events(1, ALARM, who.serial());
  }

  // Verifies that a terminal which has only its maker's placeholder is known by its number.
  @Test
  void attributesByNumber() {
    String number = PeerMessages.number();
    Identity who = provisioned(number.substring(2));
    String shared = PeerMessages.number();
    Identity first = provisioned(shared);
    provisioned("+" + shared);

    assertThat(exchange(number, alarm(PLACEHOLDER, 3, 0x0004)).serial()).isEqualTo(who.serial());
    phones.awaitTaken(phones.send(shared, alarm(PLACEHOLDER, 3, 0x0004)));

    app.events(1, ALARM, who.serial());
    assertThat(count(ALARM, first.serial())).isZero();
    assertThat(admin.metric("m2mgate_sms_not_frames_total", "reason=\"nobody\""))
        .isEqualTo(1);
  }

  // Verifies the life of a terminal that has nothing but messages: in, alive, out.
  @Test
  void livesByMessages() {
    String number = PeerMessages.number();
    Identity who = provisioned(number);
    byte[] login;
    try (PeerTerminal terminal = gateway.terminal(who)) {
      login = request(who.serial(), PeerTerminal.LOGIN, 1, terminal.loginBody(0));
    }

    PeerFrame in = exchange(number, login);
    assertThat(in.result()).isZero();
    assertThat(in.body()).hasSize(5);
    assertThat(count("m2m.terminal.login", who.serial())).isZero();
    exchange(number, request(who.serial(), PeerTerminal.CONFIG_TRAP, 2, new byte[0]));
    JsonNode loggedIn = app.events(1, "m2m.terminal.login", who.serial()).get(0);
    assertThat(loggedIn.at("/data/bearer").asText()).isEqualTo("sms");

    assertThat(exchange(number, login).body()).as("delivered again").isEqualTo(in.body());
    exchange(number, request(who.serial(), PeerTerminal.HEART_BEAT, 3, new byte[0]));
    exchange(number, request(who.serial(), PeerTerminal.LOGOUT, 4, bytes().u8(0).toArray()));
    app.events(1, "m2m.terminal.logout", who.serial());
    exchange(number, request(who.serial(), PeerTerminal.LOGOUT, 5, bytes().u8(0).toArray()));
    assertThat(count("m2m.terminal.login", who.serial())).isEqualTo(1);
    assertThat(count("m2m.terminal.logout", who.serial())).isEqualTo(1);
  }

  // Verifies that an alarm by message leaves the session over a connection, and where its terminal
  // is, as they are.
  @Test
  void leavesConnectionsAlone() {
    String number = PeerMessages.number();
    Identity who = provisioned(number);
    try (PeerTerminal terminal = gateway.terminal(who)) {
      terminal.login();
      assertThat(exchange(number, alarm(who.serial(), 5_000_000, 0x0004)).result())
          .isZero();
      exchange(
          number,
          request(who.serial(), PeerTerminal.LOGOUT, 6_000_000, bytes().u8(0).toArray()));

      assertThat(terminal.data(APP, new byte[] {1})).isZero();
      assertThat(count("m2m.terminal.logout", who.serial())).isZero();
      assertThat(admin.terminal(who.serial()).at("/state").asText()).isEqualTo("online");
    }
  }

  // Verifies that what is no frame is taken, counted and not answered.
  @Test
  void takesWhatIsNoFrame() {
    String number = PeerMessages.number();
    String frame = HexFormat.of().formatHex(alarm(provisioned(number).serial(), 1, 4));
    for (String userData : List.of(
        "0B05040B2EC002000304010100",
        "0B05040B2EC0020003040101" + frame + "00",
        "0B05040B2EC00200030404FF" + frame,
        "0B05040B2EC0020003040401" + frame)) {
      phones.awaitTaken(phones.sendData(number, userData));
    }
    assertThat(phones.maybe(number, MOMENT)).isEmpty();
    assertThat(admin.metric("m2mgate_sms_not_frames_total", "reason=\"parts\"")).isEqualTo(1);
  }

  // Verifies that a message in parts is put together, in whatever order they come.
  @Test
  void putsPartsTogether() {
    String number = PeerMessages.number();
    Identity who = provisioned(number);
    byte[] alarm = alarm(who.serial(), 1, 0x0004);
    String frame = HexFormat.of().formatHex(alarm);

    phones.awaitTaken(phones.sendData(number, "0B05040B2EC0020003070202" + frame.substring(40)));
    phones.sendData(number, "0B05040B2EC0020003070201" + frame.substring(0, 40));

    assertThat(answer(number, alarm).result()).isZero();
    app.events(1, ALARM, who.serial());
  }
}
