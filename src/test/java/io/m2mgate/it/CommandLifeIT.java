package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.control;
import static io.m2mgate.peer.PeerCommands.executed;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.expectRepeat;
import static io.m2mgate.peer.PeerCommands.pairs;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Commands between their beginning and their one end: repeats, crossings, cancels and times (ground rule 2, 5.4.6). */
@Execution(ExecutionMode.CONCURRENT)
class CommandLifeIT {
  private static final String APP = "EC01";
  private static final String QUICK = "quick";
  private static final String TRAPLESS = "trapless";
  private static final byte[] NONE = {};
  private static final byte[] VALUE =
      bytes().u8(0).tlv(0x0011, bytes().u32(60).toArray()).toArray();
  private static final String READ = "{\"tags\":[\"0011\"]}";
  private static final String DATA = "{\"payload\":\"AQID\"}";
  private static final Duration REPEAT = Duration.ofMillis(2_500);

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;
  private static CommandDesk desk;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    admin = gateway.api();
    app = admin.createApplication(APP);
    desk = new CommandDesk(gateway, APP);
    admin.createProfile(QUICK, Profiles::quick);
    admin.createProfile(TRAPLESS, profile -> {
      Profiles.quick(profile);
      profile.put("loginTrap", "none");
    });
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static Identity provisioned() {
    return admin.createTerminal(Identity.fresh(), APP, QUICK);
  }

  private static PeerTerminal online() {
    return gateway.terminal(provisioned()).login();
  }

  private static String control(String name) {
    return "{\"control\":\"" + name + "\"}";
  }

  private static void assertOneEnd(PeerTerminal terminal, String id) {
    CommandDesk.assertOneEnd(desk.told(app, terminal.who(), id, 2));
  }

  // Verifies that an unanswered request is repeated as the same bytes, three times in all, is
  // queued again then, goes on at the
  // terminal's next sign, and takes an answer however late, but no stranger's.
  @Test
  void repeatsTheSameFrame() {
    try (PeerTerminal terminal = online()) {
      String id = desk.ask(terminal.who(), "read", READ);
      PeerFrame first = expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0011));
      expectRepeat(terminal, first, REPEAT);
      expectRepeat(terminal, first, REPEAT);
      desk.await(id, "queued");
      assertThat(desk.of(id).attempts()).isEqualTo(3);
      assertThat(terminal.link().read(REPEAT)).as("a fourth send").isEmpty();
      terminal.trap(NONE);
      expectRepeat(terminal, first, REPEAT);
      terminal
          .link()
          .write(terminal.signed(0x8005, first.sequence() + 9, VALUE))
          .write(terminal.signed(0x8006, first.sequence(), VALUE));
      expectRepeat(terminal, first, REPEAT);
      expectRepeat(terminal, first, REPEAT);
      desk.await(id, "queued");
      ack(terminal, first, VALUE);
      desk.await(id, "succeeded");
      ack(terminal, first, VALUE);
      assertThat(desk.told(app, terminal.who(), id, 5))
          .containsExactly("sent", "queued", "sent", "queued", "succeeded");
      assertThat(terminal.link().read(REPEAT)).isEmpty();
    }
  }

  // Verifies that what must not be done twice is not tried again once its sends are spent.
  @Test
  void givesUpWhatMustNotBeDoneTwice() {
    try (PeerTerminal terminal = online()) {
      String reboot = desk.ask(terminal.who(), "control", control("reboot"));
      String data = desk.ask(terminal.who(), "data", DATA);
      String repeatable = desk.ask(terminal.who(), "data", DATA, Delivery.USUAL.again());
      for (int send = 0; send < 9; send++) {
        int command = send < 3 ? PeerCommands.REMOTE_CTRL : PeerCommands.DATA;
        assertThat(terminal.readVerified().command()).as("send %s", send).isEqualTo(command);
      }
      assertThat(desk.await(data, "timedOut").attempts()).isEqualTo(3);
      desk.await(repeatable, "queued");
      assertThat(terminal.link().read(REPEAT)).isEmpty();
      terminal.trap(NONE);
      PeerFrame last = terminal.readVerified();
      ack(terminal, last, 0);
      desk.await(repeatable, "succeeded");
      assertThat(desk.await(reboot, "timedOut").reason()).contains("no answer");
      assertOneEnd(terminal, reboot);
    }
  }

  // Verifies that a request waits for the answer to the terminal's own, keeps the gap after it, and
  // that only one is in flight.
  @Test
  void keepsTheOrderOfConversation() {
    try (PeerTerminal terminal = online()) {
      desk.put(terminal.who(), "read", READ, Delivery.USUAL);
      String second = desk.ask(terminal.who(), "read", "{\"tags\":[\"0002\"]}");
      PeerFrame first = expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0011));
      // It crosses: the terminal's own is answered, the platform's comes again after its time.
      assertThat(terminal.data(APP, new byte[] {1})).isZero();
      expectRepeat(terminal, first, REPEAT);
      assertThat(desk.of(second).state()).isEqualTo("queued");
      long answered = System.nanoTime();
      ack(terminal, first, VALUE);
      PeerFrame next = expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0002));
      assertThat(System.nanoTime() - answered).isGreaterThanOrEqualTo(300_000_000L);
      ack(terminal, next, bytes().u8(0).tlv(0x0002, "CMNET").toArray());
      desk.await(second, "succeeded");
    }
  }

  // Verifies that an execution result that names its request is enough where the answer was lost: a
  // terminal that drops
  // repeats reports no second time.
  @Test
  void takesTheResultForTheAnswer() {
    try (PeerTerminal terminal = online()) {
      String set =
          desk.ask(terminal.who(), "configure", "{\"parameters\":{\"heartbeat-interval\":60}}");
      PeerFrame asked = terminal.readVerified();
      terminal.trap(executed(0, asked.sequence() + 7));
      assertThat(desk.of(set).state()).isEqualTo("sent");
      terminal.trap(executed(0, asked.sequence()));
      desk.await(set, "succeeded");
      assertOneEnd(terminal, set);
      String reset = desk.ask(terminal.who(), "control", control("resetStatistics"));
      PeerFrame control = expect(terminal, PeerCommands.REMOTE_CTRL, PeerCommands.control(5));
      terminal.trap(executed(0, control.sequence()));
      desk.await(reset, "succeeded");
      assertThat(terminal.link().read(REPEAT)).as("sent again").isEmpty();
    }
  }

  // Verifies that one taken back before it left never leaves, and one taken back in flight keeps
  // its end and makes room.
  @Test
  void takesBack() {
    // Repeats come late enough not to cross what is taken back.
    Identity who = admin.createTerminal(Identity.fresh(), APP);
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      String first = desk.ask(terminal.who(), "read", READ);
      PeerFrame asked = expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0011));
      String second = desk.ask(terminal.who(), "read", "{\"tags\":[\"0002\"]}");
      String third = desk.ask(terminal.who(), "read", "{\"tags\":[\"0003\"]}");
      desk.cancel(terminal.who(), second);
      desk.cancel(terminal.who(), first);
      PeerFrame next = expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0003));
      ack(terminal, asked, VALUE);
      ack(terminal, next, bytes().u8(0).tlv(0x0003, "joe").toArray());
      desk.await(third, "succeeded");
      assertThat(desk.of(first).state()).isEqualTo("cancelled");
      assertThat(desk.of(second).state()).isEqualTo("cancelled");
      assertThat(terminal.link().read(REPEAT)).isEmpty();
    }
  }

  private static int reported(Identity who, String name) {
    return app.get("/v1/terminals/" + who.serial() + "/parameters")
        .json()
        .at("/reported/" + name + "/value")
        .asInt(-1);
  }

  // Verifies that what a terminal answers after the time of the command is kept, and the command's
  // end stays.
  @Test
  void keepsWhatIsAnsweredLate() {
    Identity who = admin.createTerminal(Identity.fresh(), APP);
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      String id = desk.ask(who, "read", READ, Delivery.USUAL.within(Duration.ofSeconds(1)));
      PeerFrame asked = expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0011));
      desk.await(id, "timedOut");
      ack(terminal, asked, VALUE);
      Await.until("the value", Await.PATIENCE, () -> reported(who, "heartbeat-interval") == 60);
      assertThat(desk.told(app, who, id, 2)).containsExactly("sent", "timedOut");
      ack(terminal, asked, bytes().u8(0).tlv(0x0011, bytes().u32(61).toArray()).toArray());
      assertThat(terminal.data(APP, new byte[] {1})).isZero();
      assertThat(reported(who, "heartbeat-interval")).isEqualTo(60);
    }
  }

  // Verifies that mode immediate fails where nobody is, and waits for nobody.
  @Test
  void failsAtOnce() {
    PeerTerminal terminal = online();
    Identity who = terminal.who();
    String there = desk.ask(who, "read", READ, Delivery.USUAL.immediate());
    ack(terminal, terminal.readVerified(), VALUE);
    desk.await(there, "succeeded");
    String deaf = desk.ask(who, "read", READ, Delivery.USUAL.immediate());
    for (int send = 0; send < 3; send++) {
      terminal.readVerified();
    }
    desk.await(deaf, "timedOut");
    terminal.logout(0);
    terminal.close();
    desk.put(who, "read", READ, Delivery.USUAL);
    String gone = desk.ask(who, "read", READ, Delivery.USUAL.immediate());
    // It is noticed at once while the terminal is in memory, else when it comes back, at its LOGIN.
    gateway.terminal(who).login().close();
    assertThat(desk.await(gone, "failed").reason()).isEqualTo("terminal-offline");
  }

  // Verifies that time ends one that never left and one that did by different names.
  @Test
  void endsByTime() {
    try (PeerTerminal terminal = online()) {
      String left =
          desk.ask(terminal.who(), "read", READ, Delivery.USUAL.within(Duration.ofSeconds(8)));
      terminal.readVerified();
      String waited =
          desk.ask(terminal.who(), "read", READ, Delivery.USUAL.within(Duration.ofMillis(500)));
      desk.await(waited, "expired");
      desk.await(left, "timedOut");
      assertThat(desk.of(waited).attempts()).isZero();
    }
  }

  // Verifies that a reboot whose answer was lost is not asked for again: the LOGIN shows it.
  @Test
  void takesALoginForALostAnswer() {
    PeerTerminal terminal = online();
    String id = desk.ask(terminal.who(), "control", control("reboot"));
    terminal.readVerified();
    terminal.close();
    try (PeerTerminal back = gateway.terminal(terminal.who()).login()) {
      desk.await(id, "succeeded");
      assertThat(back.link().read(REPEAT)).isEmpty();
    }
  }

  // Verifies that what was sent and not answered is repeated unchanged over the session's next
  // connection, wherever that ends.
  @Test
  void goesOnOverAnotherConnection() {
    PeerTerminal terminal = online();
    for (int round = 0; round < 4; round++) {
      String id = desk.ask(terminal.who(), "data", DATA);
      PeerFrame first = terminal.readVerified();
      terminal.reconnect();
      terminal.trap(NONE);
      expectRepeat(terminal, first, REPEAT);
      ack(terminal, first, 0);
      assertThat(desk.await(id, "succeeded").attempts()).isEqualTo(2);
    }
    terminal.close();
  }

  // Verifies that a terminal without login trap is asked 5 s after its LOGIN, and that its answer
  // confirms the session.
  @Test
  void asksATerminalWithoutLoginTrap() {
    Identity who = admin.createTerminal(Identity.fresh(), APP, TRAPLESS);
    String id = desk.put(who, "read", READ, Delivery.USUAL);
    try (PeerTerminal terminal = gateway.terminal(who)) {
      var answer = terminal.exchangeLogin(terminal.loginFrame(terminal.nextSequence(), 0));
      long loggedIn = System.nanoTime();
      terminal.under(answer.timestamp());
      PeerFrame asked = expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0011));
      assertThat(System.nanoTime() - loggedIn).isGreaterThan(4_500_000_000L);
      ack(terminal, asked, VALUE);
      desk.await(id, "succeeded");
      app.events(1, "m2m.terminal.login", who.serial());
    }
  }

  // Verifies that while a terminal downloads only what has priority goes out.
  @Test
  @Tag("long")
  void leavesDownloadsAlone() {
    try (PeerTerminal terminal = online()) {
      byte[] block = bytes().u32(1).u8(0).u32(0).u16(800).toArray();
      terminal.exchange(terminal.signed(PeerTerminal.FILE_REQ, block));
      long asked = System.nanoTime();
      String usual = desk.ask(terminal.who(), "read", READ);
      String high =
          desk.ask(terminal.who(), "read", "{\"tags\":[\"0002\"]}", Delivery.USUAL.first());
      PeerFrame first = expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0002));
      ack(terminal, first, bytes().u8(0).tlv(0x0002, "CMNET").toArray());
      desk.await(high, "succeeded");
      PeerFrame second =
          terminal.link().read(Duration.ofSeconds(40)).orElseThrow(AssertionError::new);
      assertThat(System.nanoTime() - asked).isGreaterThan(29_000_000_000L);
      ack(terminal, second, VALUE);
      desk.await(usual, "succeeded");
    }
  }
}
