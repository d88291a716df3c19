package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.CommandClient;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerPhone;
import io.m2mgate.peer.PeerRegistration;
import io.m2mgate.peer.PeerRotation;
import io.m2mgate.peer.PeerSecrecy;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.Smsc;
import io.m2mgate.peer.SmscStore.Submitted;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lives of terminals that a message centre, which is a process and speaks SMPP, has a part in (sms.md). */
class SmscLifeIT {
  private static final String APP = "EC01";
  private static final String MOVING = "moving";
  private static final String MESSAGES = "messages";
  private static final String PLACEHOLDER = "ACME000200000000";
  private static final String ALARM = "m2m.alarm.raised";
  private static final int ACK = 0x8000;

  /** The whole TPDU of sms.md. */
  private static final String CAPTURED =
      "640AA10156484063210490110371318023750B05040000C00200030401010069000E00000001030080004153"
          + "4D3730303037323232323232323200E02500083132333435363738E0270004AAAAAAAAE02800083837363534"
          + "333231E02A0004AAAAAAAAE0360018313132323333343435353636373738383939303031323334E0380004"
          + "AAAAAAAA";

  /** First octet, address, PID, DCS, time, length. */
  private static final int BEFORE_USER_DATA = 18;

  private static final int CODING = 9;
  private static final int UDH = 12;

  /** Where a frame has what is another each time: sequence, values of the six TLVs; from and to. */
  private static final int[][] OWN = {
    {4, 8}, {33, 41}, {45, 49}, {53, 61}, {65, 69}, {73, 97}, {101, 105}
  };

  private static final byte[] GET = PeerCommands.pairs(0x0011);
  private static final byte[] VALUE =
      bytes().u8(0).tlv(0x0011, bytes().u32(60).toArray()).toArray();
  private static final String READ =
      "{\"type\":\"read\",\"tags\":[\"0011\"],\"delivery\":{\"wake\":\"sms\"}}";
  private static final String DATA =
      "{\"type\":\"data\",\"encoding\":\"hex\",\"repeatable\":true,\"payload\":\"%04x\"}";
  private static final AtomicInteger NUMBERS = new AtomicInteger();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int EACH = 4;
  private static final int HALF = 10;

  @TempDir
  static Path directory;

  private static Smsc smsc;
  private static GatewayProcess gateway;
  private static CommandClient client;

  @BeforeAll
  static void start() {
    smsc = Smsc.start(directory);
    gateway = GatewayProcess.start(smsc.settings(
        "lanes=2",
        "security.clearSecretsTo=192.0.2.0/24",
        "sms.smpp.answerSeconds=2",
        "wake.repeatSeconds=2",
        "wake.sends=2"));
    client = new CommandClient(gateway, gateway.api().createApplication(APP).key());
    gateway.api().createProfile(MOVING, SmscLifeIT::quick);
    gateway.api().createProfile(MESSAGES, profile -> {
      quick(profile);
      profile.putArray("bearers").add("sms");
    });
    smsc.awaitBound();
  }

  @AfterAll
  static void stop() {
    smsc.close();
    gateway.closeClean();
  }

  private static void quick(ObjectNode profile) {
    profile
        .putObject("exchange")
        .put("timeoutSeconds", 1)
        .put("udpTimeoutSeconds", 1)
        .put("smsTimeoutSeconds", 3)
        .put("gapMillis", 10);
  }

  private static PeerPhone phone() {
    return new PeerPhone(smsc, "86137%08d".formatted(NUMBERS.incrementAndGet()));
  }

  private static Identity provisioned(PeerPhone phone, String profile) {
    Identity who = Identity.fresh();
    ObjectNode json = Api.terminalJson(who, APP, profile);
    json.put("msisdn", phone.number());
    assertThat(gateway.api().call("POST", "/v1/admin/terminals", json).status()).isEqualTo(201);
    return who;
  }

  private static byte[] alarm(Identity who, int sequence, int code) {
    byte[] body = bytes()
        .tlv(0x300B, (byte) 1)
        .tlv(0x300C, (byte) 2)
        .tlv(0x300D, bytes().u16(code).toArray())
        .toArray();
    return PeerTerminal.unsigned(who.serial(), PeerTerminal.CONFIG_TRAP, sequence, 0, body);
  }

  // Verifies that a terminal registers by message, where its secrets come in the message that was
  // captured, octet for octet but for what is its own, logs in by UDP, and goes to TCP and back:
  // one
  // session, one key, and a queue that is done once each and in order although an answer is lost at
  // each move.
  @Test
  void registersByMessageAndMoves() {
    Identity some = Identity.fresh();
    Identity who =
        new Identity("ASM7000722222222", some.imei(), some.imsi(), some.uplink(), some.downlink());
    gateway.api().createTerminal(who, APP, MOVING);
    PeerPhone phone = phone();
    byte[] body = PeerTerminal.registerBody(PeerRegistration.ASK_SERIAL, who);
    phone.send(PeerTerminal.unsigned(PLACEHOLDER, PeerTerminal.REGISTER, 1, 0x80, body));
    PeerFrame registered = phone.next();
    assertThat(registered.command()).isEqualTo(PeerTerminal.REGISTER | ACK);
    assertThat(registered.body()).isEqualTo(bytes().u8(0).ascii(who.serial()).toArray());
    PeerFrame given = asCaptured(phone.nextSubmit());
    phone.ack(given);
    smsc.awaitTaken();

    List<String> asked = IntStream.range(0, 3 * EACH)
        .mapToObj(i -> client.ask(who, DATA.formatted(i)))
        .toList();
    Map<Integer, byte[]> secrets = PeerRotation.tlvs(given.body(), 1);
    Identity now = new PeerRotation.Given(given, secrets).applied(who);
    String baseKey = new String(secrets.get(PeerRotation.BASE_KEY), StandardCharsets.US_ASCII);
    Queue queue = new Queue();
    try (PeerTerminal udp = gateway.datagramTerminal(now);
        PeerTerminal tcp = gateway.terminal(now)) {
      PeerSecrecy session = PeerSecrecy.login(udp, baseKey);
      queue.serve(udp, session, EACH, false);
      queue.serve(tcp, session.at(tcp.countingFrom(1_000)).trap(), EACH, false);
      udp.countingFrom(2_000).link().discard();
      queue.serve(udp, session.trap(), EACH, true);
      asked.forEach(id -> client.await(id, "succeeded"));
    }
    assertThat(queue.done).isEqualTo(IntStream.range(0, 3 * EACH).boxed().toList());
    assertThat(client.api().events(1, "m2m.terminal.login", who.serial())).hasSize(1);
    assertThat(phone.poll()).as("nothing after the ack").isEmpty();
  }

  /** The security parameters; every octet that is not the terminal's own is compared. */
  private static PeerFrame asCaptured(Submitted given) {
    byte[] tpdu = HexFormat.of().parseHex(CAPTURED);
    byte[] sent = given.message().content();
    byte[] expected = Arrays.copyOfRange(tpdu, BEFORE_USER_DATA, tpdu.length);
    assertThat(sent).hasSameSizeAs(expected);
    for (int[] own : OWN) {
      System.arraycopy(sent, UDH + own[0], expected, UDH + own[0], own[1] - own[0]);
    }
    assertThat(sent).isEqualTo(expected);
    assertThat(given.message().esmClass()).isEqualTo(tpdu[0] & 0x40);
    assertThat(given.message().dataCoding()).isEqualTo(tpdu[CODING]);
    assertThat(given.message().from()).isEqualTo(Smsc.SERVICE);
    return new PeerFrame(Arrays.copyOfRange(sent, UDH, sent.length));
  }

  /** What a terminal did of its queue, in its order; one that it knows by its sequence it does not do again. */
  private static final class Queue {
    private final List<Integer> done = new ArrayList<>();
    private final Set<Integer> sequences = new HashSet<>();

    /** Does so many that are new. */
    private void serve(PeerTerminal terminal, PeerSecrecy session, int count, boolean answersLast) {
      for (int left = count; left > 0; ) {
        PeerFrame asked = terminal.link().read();
        String body = HexFormat.of().formatHex(session.readBody(asked));
        assertThat(asked.command()).isEqualTo(PeerCommands.DATA);
        if (sequences.add(asked.sequence())) {
          int at = body.indexOf("40070002") + 8;
          done.add(Integer.parseInt(body.substring(at, at + 4), 16));
          left--;
        }
        if (left > 0 || answersLast) {
          terminal
              .link()
              .write(session.frame(
                  PeerCommands.DATA | ACK, asked.sequence(), bytes().u8(0).toArray()));
        }
      }
    }
  }

  // Verifies that a terminal that is away is woken by the message of sms.md, once, says so by
  // message, and does over TCP what it was woken for.
  @Test
  void wakes() {
    PeerPhone phone = phone();
    Identity who = provisioned(phone, MOVING);
    String id = client.ask(who, READ);
    PeerFrame wake = phone.next();
    assertThat(wake.bytes())
        .isEqualTo(bytes()
            .u16(33)
            .u16(PeerCommands.REMOTE_CTRL)
            .u32(wake.sequence())
            .u16(0x0300)
            .u8(0)
            .u8(0)
            .ascii(who.serial())
            .raw(PeerCommands.control(3))
            .toArray());
    phone.ack(wake);
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      PeerCommands.ack(
          terminal, PeerCommands.expect(terminal, PeerCommands.CONFIG_GET, GET), VALUE);
      assertThat(client.await(id, "succeeded").at("/woken/sends").asInt()).isEqualTo(1);
      assertThat(terminal.link().read(Duration.ofMillis(2_500)))
          .as("beyond wake.repeatSeconds")
          .isEmpty();
    }
    assertThat(phone.poll()).as("a second wake-up").isEmpty();
  }

  // Verifies that an alarm by message is an event that says so, and is answered there.
  @Test
  void takesAnAlarm() {
    PeerPhone phone = phone();
    Identity who = provisioned(phone, MOVING);
    phone.send(alarm(who, 7, 0x0004));
    PeerFrame answer = phone.next();
    assertThat(answer.command()).isEqualTo(PeerTerminal.CONFIG_TRAP | ACK);
    assertThat(answer.sequence()).isEqualTo(7);
    assertThat(answer.result()).isZero();
    JsonNode raised = client.api().events(1, ALARM, who.serial()).get(0);
    assertThat(raised.at("/data/bearer").asText()).as(raised.toString()).isEqualTo("sms");
  }

  // Verifies that new secrets which a terminal asks for from where they may not be read come by
  // message, once for each time that it asks, and that it can use them.
  @Test
  void givesByMessageWhatIsAskedForElsewhere() {
    PeerPhone phone = phone();
    Identity who = provisioned(phone, MOVING);
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      byte[] wish = PeerRotation.ask(terminal, 5);
      assertThat(terminal.exchange(wish).body()).containsExactly(0);
      assertThat(terminal.exchange(wish).body()).as("a copy").containsExactly(0);
      PeerFrame given = phone.next();
      assertThat(given.command()).isEqualTo(PeerRotation.SECURITY_CONFIG);
      assertThat(given.flags()).isZero();
      Map<Integer, byte[]> secrets = PeerRotation.tlvs(given.body(), 1);
      assertThat(secrets).hasSize(6);
      phone.ack(given);
      Await.until(
          "an acknowledged rotation",
          Await.PATIENCE,
          () -> rotation(who).path("state").asText().equals("acked"));
      assertThat(rotation(who).path("origin").asText()).isEqualTo("terminal");
      assertThat(rotation(who).path("sends").asInt()).isEqualTo(1);
      assertThat(terminal.exchange(PeerRotation.ask(terminal, 6)).result())
          .as("encrypted, in a clear session")
          .isEqualTo(3);
      assertThat(phone.poll()).isEmpty();
      PeerRotation.comeBack(terminal, gateway, new PeerRotation.Given(given, secrets).applied(who))
          .close();
    }
    Await.until(
        "a rotation that succeeded",
        Await.PATIENCE,
        () -> rotation(who).path("state").asText().equals("succeeded"));
  }

  private static JsonNode rotation(Identity who) {
    return client
        .api()
        .get("/v1/terminals/" + who.serial() + "/rotations")
        .json()
        .at("/items/0");
  }

  // Verifies that a centre that takes messages without an answer, dies and returns among the alarms
  // of 20 terminals, wake-ups and requests by message loses nothing, and that what goes twice is
  // marked.
  @Test
  void outlivesTheCentre() {
    List<TerminalBesideCentre> subjects = new ArrayList<>();
    for (int i = 0; i < 2 * HALF; i++) {
      PeerPhone phone = phone();
      Identity who = provisioned(phone, i < HALF ? MOVING : MESSAGES);
      subjects.add(new TerminalBesideCentre(gateway, client, phone, who, i < HALF));
    }
    int before = smsc.submits().size();
    smsc.dropAnswers(HALF);
    for (TerminalBesideCentre each : subjects) {
      each.phone().send(alarm(each.who(), 3, 0x0004));
      each.ask(1);
    }
    smsc.awaitSubmits(before + HALF);
    smsc.kill();
    subjects.forEach(each -> each.ask(2));
    smsc.restart();
    subjects.forEach(each -> each.phone().send(alarm(each.who(), 4, 0x0005)));

    Await.until("everything done", PATIENCE, () -> {
      subjects.forEach(TerminalBesideCentre::take);
      return subjects.stream().allMatch(TerminalBesideCentre::succeeded);
    });
    smsc.awaitTaken();
    subjects.forEach(TerminalBesideCentre::take);
    subjects.forEach(TerminalBesideCentre::expectMarks);
    for (TerminalBesideCentre each : subjects) {
      assertThat(client.api().events(2, ALARM, each.who().serial()))
          .extracting(event -> event.at("/data/code").asInt())
          .doesNotHaveDuplicates()
          .hasSize(2);
    }
  }
}
