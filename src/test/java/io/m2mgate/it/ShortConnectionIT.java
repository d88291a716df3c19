package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.CONFIG_GET;
import static io.m2mgate.peer.PeerCommands.CONFIG_SET;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.pairs;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.CommandClient;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Terminals that log in when they have something to say, and log out when they have not (5.2.2). */
@Execution(ExecutionMode.CONCURRENT)
class ShortConnectionIT {
  private static final String APP = "EC01";
  private static final String BRISK = "brisk";
  private static final byte[] NONE = {};
  private static final int SIGNAL = 0x3007;
  private static final byte[] SHORT = bytes().tlv(0x4002, (byte) 2).toArray();
  private static final byte[] UDP_SHORT = bytes().tlv(0x4002, (byte) 0).toArray();
  private static final byte[] UDP_LONG = bytes().tlv(0x4002, (byte) 1).toArray();
  private static final byte[] LONG = bytes().tlv(0x4002, (byte) 3).toArray();
  private static final Duration GAP = Duration.ofMillis(150);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static GatewayProcess gateway;
  private static Api app;
  private static CommandClient client;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("presence.silentPercent=100", "presence.shortIdleSeconds=9");
    app = gateway.api().createApplication(APP);
    client = new CommandClient(gateway, app.key());
    gateway.api().createProfile(BRISK, ShortConnectionIT::brisk);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  /** Beats would be missed after five seconds, and are not waited for. */
  private static void brisk(ObjectNode profile) {
    profile.put("heartbeatSeconds", 5).put("silenceSeconds", 60);
    ((ObjectNode) profile.path("exchange"))
        .put("timeoutSeconds", 5)
        .put("gapMillis", GAP.toMillis());
  }

  private static PeerTerminal terminal(String profile) {
    return gateway.terminal(provisioned(profile));
  }

  private static Identity provisioned(String profile) {
    return gateway.api().createTerminal(Identity.fresh(), APP, profile);
  }

  private static JsonNode presence(PeerTerminal terminal) {
    return app.terminal(terminal.who().serial()).path("presence");
  }

  private static void awaitState(PeerTerminal terminal, String state) {
    String list = "/v1/terminals?state=" + state + "&q=" + terminal.who().serial();
    Await.until(
        "state " + state,
        PATIENCE,
        () -> presence(terminal).path("state").asText().equals(state)
            && app.get(list).json().path("items").size() == 1);
  }

  private static List<String> ask(PeerTerminal terminal, int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(client.read(terminal.who(), Integer.toHexString(SIGNAL)));
    }
    return ids;
  }

  private static PeerFrame asked(PeerTerminal terminal) {
    return expect(terminal, CONFIG_GET, pairs(SIGNAL));
  }

  private static void tell(PeerTerminal terminal, PeerFrame asked) {
    ack(terminal, asked, bytes().u8(0).tlv(SIGNAL, (byte) 20).toArray());
  }

  /** Takes and answers so many requests, each under a sequence of its own and not before the gap. */
  private static void serve(PeerTerminal terminal, int count, Set<Long> sequences) {
    for (int i = 0; i < count; i++) {
      long before = System.nanoTime();
      PeerFrame asked = asked(terminal);
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .as("the gap")
          .isGreaterThan(GAP.dividedBy(2));
      assertThat(sequences.add(asked.sequence() & 0xFFFFFFFFL)).as("asked anew").isTrue();
      tell(terminal, asked);
    }
  }

  private static void leave(PeerTerminal terminal) {
    terminal.logout(0);
    terminal.link().close();
  }

  private static JsonNode patch(Identity who, String body) {
    return client
        .api()
        .full(
            "PATCH",
            "/v1/terminals/" + who.serial() + "/parameters?confirm=reachability",
            body.getBytes(StandardCharsets.UTF_8),
            "If-Match",
            "*")
        .answer()
        .json();
  }

  private static JsonNode parameters(Identity who) {
    return client.api().get("/v1/terminals/" + who.serial() + "/parameters").json();
  }

  // Verifies that twenty commands wait for the login of a terminal that is asleep and leave one by
  // one in
  // its sessions, over a LOGOUT that crosses a request and one that leaves two open; none is lost,
  // and none repeated but the crossed one.
  @ParameterizedTest
  @ValueSource(strings = {"tcpShort", "udpShort"})
  void flushesBetweenConfirmationAndLogout(String mode) {
    boolean udp = mode.equals("udpShort");
    Identity who = provisioned(BRISK);
    try (PeerTerminal terminal = udp ? gateway.datagramTerminal(who) : gateway.terminal(who)) {
      // GIVEN a short terminal that has logged out, and twenty commands
      assertThat(terminal.login().trap(udp ? UDP_SHORT : SHORT).result()).isZero();
      leave(terminal);
      awaitState(terminal, "asleep");
      assertThat(presence(terminal).path("mode").asText()).isEqualTo(mode);
      assertThat(presence(terminal).path("expectedSeconds").isNull()).isTrue();
      List<String> ids = ask(terminal, 20);
      Set<Long> sequences = new HashSet<>();
      // WHEN it logs in THEN nothing comes before its session is confirmed
      terminal.reconnect();
      PeerTerminal.LoginAnswer answer =
          terminal.exchangeLogin(terminal.loginFrame(terminal.nextSequence(), 0));
      terminal.link().expectSilence();
      terminal.under(answer.timestamp()).trap(NONE);
      serve(terminal, 8, sequences);
      // WHEN its LOGOUT crosses a request
      PeerFrame crossed = asked(terminal);
      sequences.add(crossed.sequence() & 0xFFFFFFFFL);
      leave(terminal);
      // THEN that request comes again in the next session under a new sequence, and the others
      // after it
      terminal.reconnect().login();
      serve(terminal, 10, sequences);
      leave(terminal);
      awaitState(terminal, "asleep");
      assertThat(client.state(ids.get(18))).isEqualTo("queued");
      assertThat(client.state(ids.get(19))).isEqualTo("queued");
      // WHEN it comes a third time THEN it gets the two that it left
      terminal.reconnect().login();
      serve(terminal, 2, sequences);
      for (String id : ids) {
        assertThat(client.await(id, "succeeded").path("attempts").asInt())
            .isEqualTo(id.equals(ids.get(8)) ? 2 : 1);
      }
      assertThat(succeeded(terminal, 20)).isEqualTo(ids);
      leave(terminal);
      awaitState(terminal, "asleep");
      assertThat(app.events(1, "m2m.terminal.logout", terminal.who().serial())).hasSize(4);
      assertThat(app.events(0, "m2m.terminal.offline", terminal.who().serial())).isEmpty();
    }
  }

  private static List<String> succeeded(PeerTerminal terminal, int count) {
    return app
        .events(
            count,
            event -> event.path("type").asText().equals("m2m.command.updated")
                && event.path("subject").asText().equals(terminal.who().serial())
                && event.at("/data/state").asText().equals("succeeded"))
        .stream()
        .map(event -> event.at("/data/id").asText())
        .toList();
  }

  // Verifies that a terminal that sends nothing after its LOGIN but answers is asked five seconds
  // after it, and that its answer confirms its session.
  @Test
  void asksOneThatSendsNoLoginTrap() {
    String terse = gateway.api().createProfile("terse", it -> {
      brisk(it);
      it.put("loginTrap", "none");
    });
    try (PeerTerminal terminal = terminal(terse).login()) {
      terminal.trap(SHORT);
      leave(terminal);
      awaitState(terminal, "asleep");
      List<String> ids = ask(terminal, 2);
      terminal.reconnect();
      PeerTerminal.LoginAnswer answer =
          terminal.exchangeLogin(terminal.loginFrame(terminal.nextSequence(), 0));
      assertThat(terminal.link().read(Duration.ofSeconds(4)))
          .as("asked at once")
          .isEmpty();
      terminal.under(answer.timestamp());
      tell(terminal, asked(terminal));
      tell(terminal, asked(terminal));
      ids.forEach(id -> client.await(id, "succeeded"));
      awaitState(terminal, "online");
      leave(terminal);
      awaitState(terminal, "asleep");
    }
  }

  // Verifies that a short session without a word is never silent but offline after its idle time,
  // that nothing is
  // sent to its address then, and that its next frame makes it online and brings what waits,
  // without a LOGIN.
  @Test
  void sendsNothingToOneThatWentWithoutLogout() {
    try (PeerTerminal terminal = terminal(BRISK).login()) {
      terminal.trap(SHORT);
      Set<String> states = new HashSet<>();
      Await.until("offline", PATIENCE, () -> {
        states.add(presence(terminal).path("state").asText());
        return states.contains("offline");
      });
      assertThat(states).containsExactlyInAnyOrder("online", "offline");
      JsonNode event =
          app.events(1, "m2m.terminal.offline", terminal.who().serial()).get(0);
      assertThat(event.at("/data/mode").asText()).isEqualTo("tcpShort");
      assertThat(event.at("/data/heartbeatSeconds").isMissingNode()).isTrue();
      String id = ask(terminal, 1).get(0);
      assertThat(terminal.link().read(Duration.ofSeconds(1))).as("asked").isEmpty();
      // WHEN it speaks in the session that it has
      assertThat(terminal.data(APP, new byte[] {1})).isZero();
      // THEN it is asked
      tell(terminal, asked(terminal));
      client.await(id, "succeeded");
      awaitState(terminal, "online");
    }
  }

  // Verifies that a change of the connection mode goes on in the session without LOGIN, is
  // confirmed
  // by what the terminal says that it has, and changes what is expected of it.
  @Test
  void changesItsModeInItsSession() {
    try (PeerTerminal terminal = terminal(BRISK).login()) {
      terminal.trap(LONG);
      assertThat(presence(terminal).path("mode").asText()).isEqualTo("tcpLong");
      assertThat(presence(terminal).path("expectedSeconds").asInt()).isEqualTo(5);
      String id = patch(terminal.who(), "{\"4002\":2}").path("command").asText();
      PeerFrame set =
          expect(terminal, CONFIG_SET, bytes().raw(SHORT).tlv(0x4009, (byte) 0).toArray());
      ack(terminal, set, 0);
      ack(
          terminal,
          expect(terminal, CONFIG_GET, pairs(0x4002)),
          bytes().u8(0).raw(SHORT).toArray());
      client.await(id, "succeeded");
      JsonNode now = parameters(terminal.who());
      assertThat(now.path("pending")).isEmpty();
      assertThat(now.path("drift")).isEmpty();
      assertThat(now.at("/reported/connect-mode/value").asInt()).isEqualTo(2);
      assertThat(presence(terminal).path("mode").asText()).isEqualTo("tcpShort");
      assertThat(terminal.data(APP, new byte[] {1})).as("the session goes on").isZero();
      leave(terminal);
      awaitState(terminal, "asleep");
      // AND one that kept what it had drifts, and is not asked again by itself
      terminal.reconnect().login();
      String back = patch(terminal.who(), "{\"4002\":3}").path("command").asText();
      ack(
          terminal,
          expect(terminal, CONFIG_SET, bytes().raw(LONG).tlv(0x4009, (byte) 0).toArray()),
          0);
      ack(
          terminal,
          expect(terminal, CONFIG_GET, pairs(0x4002)),
          bytes().u8(0).raw(SHORT).toArray());
      client.await(back, "failed");
      Await.until(
          "drift", PATIENCE, () -> parameters(terminal.who()).path("drift").size() == 1);
      assertThat(presence(terminal).path("mode").asText()).isEqualTo("tcpShort");
      leave(terminal);
      terminal.reconnect().login();
      assertThat(terminal.link().read(Duration.ofSeconds(1))).as("sent again").isEmpty();
    }
  }

  // Verifies that a terminal that is told to go from TCP to UDP goes on there in its session
  // without
  // LOGIN: it is asked what it has where it is then, and what waits follows it.
  @Test
  void goesOnOverAnotherBearer() {
    Identity who = provisioned(BRISK);
    try (PeerTerminal terminal = gateway.terminal(who).login();
        PeerTerminal moved = gateway.datagramTerminal(who)) {
      terminal.trap(LONG);
      String id = patch(who, "{\"4002\":1}").path("command").asText();
      ack(
          terminal,
          expect(
              terminal, CONFIG_SET, bytes().raw(UDP_LONG).tlv(0x4009, (byte) 0).toArray()),
          0);
      // GIVEN that the bearer is rebuilt as soon as the answer is out
      client.await(id, "acked");
      terminal.link().close();
      String waits = ask(terminal, 1).get(0);
      // WHEN the next frame of the session comes by UDP
      moved.under(terminal.timestamp()).countingFrom(terminal.nextSequence());
      assertThat(moved.data(APP, new byte[] {1})).isZero();
      // THEN the questions come there
      ack(
          moved,
          expect(moved, CONFIG_GET, pairs(0x4002)),
          bytes().u8(0).raw(UDP_LONG).toArray());
      tell(moved, asked(moved));
      client.await(id, "succeeded");
      client.await(waits, "succeeded");
      assertThat(presence(moved).path("bearer").asText()).isEqualTo("udp");
      assertThat(presence(moved).path("mode").asText()).isEqualTo("udpLong");
      assertThat(parameters(who).path("drift")).isEmpty();
      assertThat(app.events(1, "m2m.terminal.login", who.serial())).hasSize(1);
    }
  }
}
