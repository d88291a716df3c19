package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.control;
import static io.m2mgate.peer.PeerCommands.executed;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.expectRepeat;
import static io.m2mgate.peer.PeerCommands.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.CommandClient;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each remote control from its request to its one end: done, refused, unanswered, unseen, and over kills (5.3.7, 5.4.6). */
class ControlIT {
  private static final String APP = "EC01";
  private static final String QUICK = "quick";
  private static final byte[] NONE = {};
  private static final Duration REPEAT = Duration.ofMillis(4_500);

  /** What shows that a control was carried out. */
  private enum Proof {
    ACK,
    TRAP,
    RESULT,
    LOGIN
  }

  /** The controls of wire.md 7, with the rules of behaviour.md 5.3.7 and application.md "Commands". */
  private enum Control {
    suspendApplication(0x0, Proof.ACK, false),
    resumeApplication(0x1, Proof.ACK, false),
    reboot(0x2, Proof.LOGIN, false),
    login(0x3, Proof.ACK, true),
    reportStatistics(0x4, Proof.TRAP, true, 0x200E),
    resetStatistics(0x5, Proof.RESULT, false),
    reportMonitorData(0x6, Proof.TRAP, true, 0x3007),
    uploadApplicationData(0x7, Proof.ACK, false),
    reportDataSettings(0x8, Proof.TRAP, true, 0x4006),
    apnToPlatform(0x9, Proof.LOGIN, false),
    factoryReset(0xA, Proof.LOGIN, false),
    reportSyncParameters(0xB, Proof.TRAP, true, 0x0025),
    apnToApplication(0xC, Proof.LOGIN, false),
    loginEncrypted(0xD, Proof.LOGIN, false);

    final int code;
    final Proof proof;
    final boolean again;
    final int tag;

    Control(int code, Proof proof, boolean again) {
      this(code, proof, again, 0);
    }

    Control(int code, Proof proof, boolean again, int tag) {
      this.code = code;
      this.proof = proof;
      this.again = again;
      this.tag = tag;
    }

    /** Doing it twice is worse than not knowing. */
    boolean impatient() {
      return this == reboot || this == factoryReset;
    }
  }

  /** One control that is under way at a terminal of its own. */
  private record Asked(PeerTerminal terminal, String id, PeerFrame frame) {
    Identity who() {
      return terminal.who();
    }
  }

  private static GatewayProcess gateway;
  private static CommandClient client;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    client = prepared(gateway);
  }

  private static CommandClient prepared(GatewayProcess fresh) {
    fresh.api().createProfile(QUICK, ControlIT::quick);
    return new CommandClient(fresh, fresh.api().createApplication(APP).key());
  }

  private static void quick(ObjectNode profile) {
    profile
        .putObject("exchange")
        .put("timeoutSeconds", 3)
        .put("udpTimeoutSeconds", 3)
        .put("sends", 3)
        .put("gapMillis", 300);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  /** Each control, asked of a terminal of its own, its frame received and not answered. */
  private static Map<Control, Asked> askAll(GatewayProcess at, CommandClient by, String profile) {
    Map<Control, PeerTerminal> online = new EnumMap<>(Control.class);
    Map<Control, String> ids = new EnumMap<>(Control.class);
    Map<Control, Asked> asked = new EnumMap<>(Control.class);
    for (Control it : Control.values()) {
      Identity who = at.api().createTerminal(Identity.fresh(), APP, profile);
      online.put(it, at.terminal(who).login());
    }
    online.forEach((it, terminal) -> ids.put(it, by.control(terminal.who(), it.name())));
    online.forEach((it, terminal) -> asked.put(
        it,
        new Asked(
            terminal, ids.get(it), expect(terminal, PeerCommands.REMOTE_CTRL, control(it.code)))));
    return asked;
  }

  private static Map<Control, Asked> askAll() {
    return askAll(gateway, client, "wmmp-3");
  }

  private static void closeAll(Map<Control, Asked> asked) {
    asked.values().forEach(it -> it.terminal().close());
  }

  private static long unsigned(PeerFrame frame) {
    return Integer.toUnsignedLong(frame.sequence());
  }

  /** Does what shows that the control was carried out, in the session or by another one. */
  private static void prove(Control control, Asked asked) {
    switch (control.proof) {
      case TRAP ->
        asked.terminal().trap(bytes().tlv(control.tag, (byte) 0, (byte) 1).toArray());
      case RESULT -> asked.terminal().trap(executed(0, 4711));
      case LOGIN -> asked.terminal().reconnect().login();
      default -> assertThat(client.state(asked.id())).isEqualTo("succeeded");
    }
  }

  // Verifies that a gateway that is killed between request and answer sends again what may be done
  // twice, under the sequence it had and once, and calls the rest unknown, whose late answer
  // changes
  // nothing.
  @Test
  void survivesAKillBeforeTheAnswer() {
    Map<Control, Asked> all = askAll();
    gateway.kill().restart();
    all.forEach((control, asked) -> {
      PeerTerminal terminal = asked.terminal().reconnect();
      ack(terminal, asked.frame(), 0);
      terminal.trap(NONE);
      if (control.again) {
        PeerFrame again =
            expect(terminal, PeerCommands.REMOTE_CTRL, PeerCommands.control(control.code));
        assertThat(again.sequence()).as(control.name()).isEqualTo(asked.frame().sequence());
        ack(terminal, again, 0);
        client.await(asked.id(), control.proof == Proof.ACK ? "succeeded" : "acked");
        prove(control, asked);
        JsonNode end = client.await(asked.id(), "succeeded");
        assertThat(end.path("attempts").asInt()).isEqualTo(2);
      } else {
        client.await(asked.id(), "unknown");
      }
    });
    all.forEach((control, asked) -> {
      asked.terminal().link().expectSilence();
      String end = control.again ? "succeeded" : "unknown";
      assertThat(client.told(asked.who(), asked.id(), 3))
          .as(control.name())
          .startsWith("queued", "sent")
          .endsWith(end)
          .containsOnlyOnce(end)
          .doesNotContain(control.again ? "unknown" : "succeeded");
    });
    closeAll(all);
  }

  // Verifies that an answered control waits for what shows it although the gateway was killed, is
  // not sent again, and that what shows it may be the first that the terminal says then.
  @Test
  void survivesAKillAfterTheAnswer() {
    Map<Control, Asked> all = askAll();
    all.forEach((control, asked) -> {
      ack(asked.terminal(), asked.frame(), 0);
      client.await(asked.id(), control.proof == Proof.ACK ? "succeeded" : "acked");
    });
    gateway.kill().restart();
    all.forEach((control, asked) -> {
      asked.terminal().reconnect();
      prove(control, asked);
      JsonNode end = client.await(asked.id(), "succeeded");
      assertThat(end.path("attempts").asInt()).isEqualTo(1);
      assertThat(end.at("/result/name").asText()).isEqualTo("accepted");
    });
    all.forEach((control, asked) -> {
      asked.terminal().link().expectSilence();
      assertThat(client.told(asked.who(), asked.id(), 3).stream().filter("succeeded"::equals))
          .hasSize(1);
    });
    closeAll(all);
  }

  // Verifies that a terminal that does not support a control ends it, whichever it is.
  @Test
  void takesARefusal() {
    Map<Control, Asked> all = askAll();
    all.forEach((control, asked) -> {
      ack(asked.terminal(), asked.frame(), refusal(1, 0x4001));
      JsonNode end = client.await(asked.id(), "rejected");
      assertThat(end.at("/result/code").asInt()).isEqualTo(1);
      assertThat(end.at("/result/name").asText()).isEqualTo("notSupported");
      assertThat(client.told(asked.who(), asked.id(), 3))
          .containsExactly("queued", "sent", "rejected");
      assertThat(end.at("/wmmp/command").asText()).isEqualTo("000B");
      assertThat(end.at("/wmmp/seq").asLong()).isEqualTo(unsigned(asked.frame()));
      assertThat(end.at("/wmmp/bearer").asText()).isEqualTo("tcp");
    });
    closeAll(all);
  }

  // Verifies that what must show a control and is not seen in time ends it, and is named.
  @Test
  void endsWhatIsNotSeen() {
    try (GatewayProcess hasty = GatewayProcess.start("commands.effectSeconds=1")) {
      CommandClient by = prepared(hasty);
      Map<Control, Asked> all = askAll(hasty, by, "wmmp-3");
      all.values().forEach(asked -> ack(asked.terminal(), asked.frame(), 0));
      all.forEach((control, asked) -> {
        JsonNode end = by.await(asked.id(), control.proof == Proof.ACK ? "succeeded" : "timedOut");
        String awaited = switch (control.proof) {
          case ACK -> "";
          case LOGIN -> "no LOGIN was seen in time";
          case TRAP -> "no CONFIG_TRAP was seen in time";
          case RESULT -> "no CONFIG_TRAP with the execution result was seen in time";
        };
        assertThat(end.path("reason").asText()).isEqualTo(awaited);
      });
      closeAll(all);
    }
  }

  // Verifies that a control that crosses a reading of the terminal is repeated after its time and
  // not
  // at once, as the same bytes; that reboot and reset end when their sends are spent, and that the
  // others wait for the terminal's next sign and are done then.
  @Test
  @Tag("long")
  void repeatsWhatCrossed() {
    Map<Control, Asked> all = askAll(gateway, client, QUICK);
    all.values()
        .forEach(asked -> assertThat(asked.terminal().data(APP, new byte[] {1})).isZero());
    all.get(Control.suspendApplication).terminal().link().expectSilence();
    all.values().forEach(asked -> {
      expectRepeat(asked.terminal(), asked.frame(), REPEAT);
      expectRepeat(asked.terminal(), asked.frame(), REPEAT);
    });
    all.forEach((control, asked) -> {
      JsonNode now = client.await(asked.id(), control.impatient() ? "timedOut" : "queued");
      assertThat(now.path("attempts").asInt()).isEqualTo(3);
      asked.terminal().trap(NONE);
      if (control.impatient()) {
        assertThat(now.path("reason").asText()).contains("no answer");
        asked.terminal().link().expectSilence();
      } else {
        expectRepeat(asked.terminal(), asked.frame(), REPEAT);
        ack(asked.terminal(), asked.frame(), 0);
        client.await(asked.id(), control.proof == Proof.ACK ? "succeeded" : "acked");
      }
    });
    closeAll(all);
  }
}
