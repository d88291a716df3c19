package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.executed;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.expectRepeat;
import static io.m2mgate.peer.PeerCommands.pairs;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.CommandDesk;
import io.m2mgate.peer.CommandDesk.Delivery;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.Profiles;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Commands while the gateway is killed between each two steps (ground rule 2, 5.4.6). */
class CommandKillIT {
  private static final String APP = "EC01";
  private static final String QUICK = "quick";
  private static final byte[] NONE = {};
  private static final byte[] VALUE =
      bytes().u8(0).tlv(0x0011, bytes().u32(60).toArray()).toArray();
  private static final String READ = "{\"tags\":[\"0011\"]}";
  private static final String DATA = "{\"payload\":\"AQID\"}";
  private static final Duration REPEAT = Duration.ofMillis(2_500);

  private static GatewayProcess gateway;
  private static Api app;
  private static CommandDesk desk;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("commands.checkSeconds=1", "commands.lanesTurnSeconds=2");
    app = gateway.api().createApplication(APP);
    desk = new CommandDesk(gateway, APP);
    gateway.api().createProfile(QUICK, Profiles::quick);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static void die(PeerTerminal terminal) {
    gateway.kill().restart();
    terminal.reconnect();
  }

  // Verifies that a gateway killed between any two steps goes on: what may be done twice goes
  // again, the rest is unknown, and an
  // answered one still waits for its effect.
  @Test
  void survivesKills() {
    Identity who = gateway.api().createTerminal(Identity.fresh(), APP, QUICK);
    PeerTerminal terminal = gateway.terminal(who).login();
    String read = desk.ask(who, "read", READ);
    PeerFrame before = expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0011));
    die(terminal);
    terminal.trap(NONE);
    PeerFrame after = expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0011));
    assertThat(after.sequence()).isNotEqualTo(before.sequence());
    ack(terminal, after, VALUE);
    desk.await(read, "succeeded");

    String set = desk.ask(who, "configure", "{\"parameters\":{\"heartbeat-interval\":60}}");
    PeerFrame asked = terminal.readVerified();
    ack(terminal, asked, 0);
    desk.await(set, "acked");
    die(terminal);
    terminal.trap(executed(0, asked.sequence()));
    desk.await(set, "succeeded");

    String data = desk.ask(who, "data", DATA);
    String statistics =
        desk.put(who, "control", "{\"control\":\"resetStatistics\"}", Delivery.USUAL);
    assertThat(terminal.readVerified().command()).isEqualTo(PeerCommands.DATA);
    die(terminal);
    terminal.trap(NONE);
    PeerFrame reset = expect(terminal, PeerCommands.REMOTE_CTRL, PeerCommands.control(5));
    desk.await(data, "unknown");
    assertThat(reset.sequence()).isNotZero();
    die(terminal);
    terminal.trap(NONE);
    desk.await(statistics, "unknown");
    assertThat(terminal.link().read(REPEAT)).as("sent again").isEmpty();
    for (String id : new String[] {read, set, data, statistics}) {
      CommandDesk.assertOneEnd(desk.told(app, who, id, 2));
    }
    terminal.close();
  }

  // Verifies that what was on its way when the gateway died ends unknown in time where doing it
  // twice
  // could do harm, though its terminal does not come back; and that the rest waits for it.
  @Test
  void endsWhatNobodyComesBackFor() {
    Identity who = gateway.api().createTerminal(Identity.fresh(), APP, QUICK);
    Identity patient = gateway.api().createTerminal(Identity.fresh(), APP, QUICK);
    String statistics;
    String read;
    try (PeerTerminal gone = gateway.terminal(who).login();
        PeerTerminal back = gateway.terminal(patient).login()) {
      statistics = desk.ask(who, "control", "{\"control\":\"resetStatistics\"}");
      expect(gone, PeerCommands.REMOTE_CTRL, PeerCommands.control(5));
      read = desk.ask(patient, "read", READ);
      expect(back, PeerCommands.CONFIG_GET, pairs(0x0011));
      gateway.kill();
    }
    gateway.restart();
    assertThat(desk.await(statistics, "unknown").reason()).contains("started anew");
    CommandDesk.assertOneEnd(desk.told(app, who, statistics, 2));
    assertThat(desk.of(read).state()).isEqualTo("sent");
  }

  // Verifies that the ack of the report that shows that a command was carried out says that the
  // command's end is kept: a kill right after it takes nothing back.
  @Test
  void keepsTheEndThatAReportShowed() {
    Identity who = gateway.api().createTerminal(Identity.fresh(), APP, QUICK);
    PeerTerminal terminal = gateway.terminal(who).login();
    for (int round = 0; round < 2; round++) {
      terminal.trap(NONE);
      String set = desk.ask(who, "configure", "{\"parameters\":{\"heartbeat-interval\":60}}");
      PeerFrame asked = terminal.readVerified();
      ack(terminal, asked, 0);
      desk.await(set, "acked");
      die(terminal);
      terminal.trap(executed(0, asked.sequence()));
      die(terminal);
      assertThat(desk.of(set).state()).isEqualTo("succeeded");
    }
    terminal.close();
  }

  // Verifies that a request that may be done twice keeps its sequence while the session lasts, so
  // that a terminal that drops
  // repeats does not do it twice.
  @Test
  void keepsTheSequenceOverAKill() {
    Identity who = gateway.api().createTerminal(Identity.fresh(), APP, QUICK);
    PeerTerminal terminal = gateway.terminal(who).login();
    String set = desk.ask(who, "configure", "{\"parameters\":{\"heartbeat-interval\":60}}");
    PeerFrame asked = terminal.readVerified();
    die(terminal);
    terminal.trap(NONE);
    expectRepeat(terminal, asked, REPEAT);
    ack(terminal, asked, 0);
    desk.await(set, "acked");
    terminal.trap(executed(0, asked.sequence()));
    desk.await(set, "succeeded");
    terminal.close();
  }
}
