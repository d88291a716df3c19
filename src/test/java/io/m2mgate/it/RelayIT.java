package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerBytes;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerRelay;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Data from one terminal to another of the same application (clause 5.3.11). */
class RelayIT {
  private static final String APP = "EC01";
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] OTHER = {0, 1, 2, (byte) 0xFF};
  private static final int ROOM = 3;
  private static final int LANES = 2;
  private static final int CONNECTIONS = 40;

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("lanes=" + LANES, "relay.maxPerTerminal=" + ROOM);
    admin = gateway.api();
    app = admin.createApplication(APP);
    admin.createProfile("strict", profile -> profile.put("crcError", "refuse"));
    admin.createProfile("hasty", profile -> profile.put("ack", "received"));
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static Identity fresh() {
    return admin.createTerminal(Identity.fresh(), APP);
  }

  private static PeerTerminal loggedIn() {
    return gateway.terminal(fresh()).login();
  }

  /** What the application is told of the commands of a terminal. */
  private static List<JsonNode> commands(Identity who, int atLeast) {
    return app.events(atLeast, "m2m.command.updated", who.serial());
  }

  private static void awaitState(String command, String state) {
    Await.until(
        "command " + state,
        Await.PATIENCE,
        () -> app.get("/v1/commands/" + command).json().path("state").asText().equals(state));
  }

  private static long open(Identity who) {
    return app.get("/v1/terminals/" + who.serial() + "/commands")
        .json()
        .path("items")
        .size();
  }

  // Verifies that data for a terminal that is there reaches it under the sender's serial, and that
  // the application is told what was sent and what became of it.
  @Test
  void reachesATerminal() {
    try (PeerTerminal sender = loggedIn();
        PeerTerminal target = loggedIn()) {
      assertThat(PeerRelay.send(sender, target.who().serial(), HELLO)).isZero();
      PeerRelay.take(target, sender.who(), HELLO);

      JsonNode sent = app.readings(1, sender.who()).get(0).path("data");
      assertThat(sent.at("/to/terminal").asText()).isEqualTo(target.who().serial());
      assertThat(sent.at("/to/app").isMissingNode()).isTrue();
      assertThat(sent.path("payload").asText())
          .isEqualTo(Base64.getEncoder().encodeToString(HELLO));
      String id = sent.at("/to/command").asText();
      awaitState(id, "succeeded");
      List<JsonNode> told = commands(target.who(), 3);
      assertThat(told)
          .extracting(event -> event.at("/data/state").asText())
          .containsExactly("queued", "sent", "succeeded");
      assertThat(told).extracting(event -> event.at("/data/id").asText()).containsOnly(id);
      assertThat(told.get(0).at("/data/from/terminal").asText())
          .isEqualTo(sender.who().serial());
      assertThat(told.get(0).at("/data/origin").asText())
          .isEqualTo("terminal:" + sender.who().serial());
      assertThat(app.readings(0, target.who())).isEmpty();
    }
  }

  // Verifies that it waits for a terminal that is not there, and for one that never was.
  @Test
  void waitsForATerminal() {
    Identity never = fresh();
    PeerTerminal away = loggedIn();
    away.logout(0);
    away.close();
    try (PeerTerminal sender = loggedIn()) {
      assertThat(PeerRelay.send(sender, never.serial(), HELLO)).isZero();
      assertThat(PeerRelay.send(sender, away.who().serial(), OTHER)).isZero();
      for (PeerTerminal target : List.of(gateway.terminal(never), gateway.terminal(away.who()))) {
        try (target) {
          target.login();
          PeerRelay.take(target, sender.who(), target.who() == never ? HELLO : OTHER);
        }
      }
    }
  }

  // Verifies that terminals of every lane are reached from one, in the order of the data.
  @Test
  void reachesEveryLane() {
    List<PeerTerminal> targets = new ArrayList<>();
    try (PeerTerminal sender = loggedIn()) {
      while (targets.size() < 2 || !bothLanesServe()) {
        assertThat(targets.size()).as("connections on one lane").isLessThan(CONNECTIONS);
        targets.add(loggedIn());
      }
      for (PeerTerminal target : targets) {
        assertThat(PeerRelay.send(sender, target.who().serial(), HELLO)).isZero();
        assertThat(PeerRelay.send(sender, target.who().serial(), OTHER)).isZero();
      }
      for (PeerTerminal target : targets) {
        PeerRelay.take(target, sender.who(), HELLO);
        PeerRelay.take(target, sender.who(), OTHER);
      }
    } finally {
      targets.forEach(PeerTerminal::close);
    }
  }

  private static boolean bothLanesServe() {
    return admin.metric("m2mgate_lane_terminals", "lane=\"0\"") > 1
        && admin.metric("m2mgate_lane_terminals", "lane=\"1\"") > 1;
  }

  // Verifies that the same bytes get the same answer and are passed on once, and that the same
  // content under a new sequence is passed on and marked.
  @Test
  void passesCopiesOnOnce() {
    Identity target = fresh();
    try (PeerTerminal sender = loggedIn()) {
      byte[] request = sender.signed(PeerTerminal.DATA, PeerRelay.to(target.serial(), HELLO));
      PeerFrame first = sender.exchange(request);
      PeerFrame again = sender.reconnect().exchange(request);
      assertThat(first.result()).isZero();
      assertThat(again.bytes()).isEqualTo(first.bytes());
      assertThat(open(target)).isEqualTo(1);

      assertThat(PeerRelay.send(sender, target.serial(), HELLO)).isZero();
      List<JsonNode> told = commands(target, 2);
      assertThat(told)
          .extracting(event -> event.at("/data/request/suspectedDuplicate").asBoolean())
          .containsExactly(false, true);
      assertThat(app.readings(2, sender.who()))
          .extracting(event -> event.at("/data/suspectedDuplicate").asBoolean())
          .containsExactly(false, true);
    }
    try (PeerTerminal terminal = gateway.terminal(target).login()) {
      PeerFrame asked = terminal.readVerified();
      assertThat(asked.command()).isEqualTo(PeerTerminal.DATA);
    }
  }

  // Verifies that copies which overlap while the other terminal is looked up make one command.
  @Test
  void joinsCopiesThatOverlap() {
    Identity target = fresh();
    try (PeerTerminal sender = loggedIn()) {
      byte[] request = sender.signed(PeerTerminal.DATA, PeerRelay.to(target.serial(), HELLO));
      sender.link().write(request, request, request);
      sender.expectAck(request);
      byte[] next = sender.signed(PeerTerminal.DATA, PeerTerminal.dataBody("", OTHER));
      sender.link().write(next);
      PeerFrame ack = sender.readVerified();
      while (ack.sequence() == new PeerFrame(request).sequence()) {
        ack = sender.readVerified();
      }
      assertThat(ack.sequence()).isEqualTo(new PeerFrame(next).sequence());
      assertThat(open(target)).isEqualTo(1);
    }
  }

  // Verifies that data written at once keeps its order, whomever it is for.
  @Test
  void keepsTheOrder() {
    Identity target = fresh();
    try (PeerTerminal sender = loggedIn()) {
      byte[][] frames = {
        sender.signed(PeerTerminal.DATA, PeerRelay.to(target.serial(), new byte[] {1})),
        sender.signed(PeerTerminal.DATA, PeerTerminal.dataBody("", new byte[] {2})),
        sender.signed(PeerTerminal.DATA, PeerRelay.to(target.serial(), new byte[] {3})),
        sender.signed(PeerTerminal.DATA, PeerTerminal.dataBody("", new byte[] {4}))
      };
      sender.link().write(frames);
      for (byte[] frame : frames) {
        assertThat(sender.expectAck(frame).result()).isZero();
      }
      assertThat(app.readings(4, sender.who()))
          .extracting(event -> event.at("/data/payload").asText())
          .containsExactly("AQ==", "Ag==", "Aw==", "BA==");
      assertThat(commands(target, 2))
          .extracting(event -> event.at("/data/request/payload").asText())
          .containsExactly("AQ==", "Aw==");
    }
  }

  // Verifies that one more than there is room for is refused, also where the profile answers before
  // the commit, that nothing of it is kept, and that the application's own commands find room.
  @Test
  void refusesWhatFindsNoRoom() {
    for (String profile : List.of("wmmp-3", "hasty")) {
      Identity target = fresh();
      Identity who = admin.createTerminal(Identity.fresh(), APP, profile);
      try (PeerTerminal sender = gateway.terminal(who).login()) {
        for (int i = 0; i < ROOM; i++) {
          assertThat(PeerRelay.send(sender, target.serial(), new byte[] {(byte) i}))
              .isZero();
        }
        assertThat(PeerRelay.send(sender, target.serial(), HELLO)).isEqualTo(3);
        assertThat(open(target)).isEqualTo(ROOM);
        assertThat(app.readings(ROOM, who)).hasSize(ROOM);
        Api.Full asked = app.full(
            "POST",
            "/v1/terminals/" + target.serial() + "/commands",
            "{\"type\":\"control\",\"control\":\"reboot\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(asked.answer().status()).as(asked.answer().body()).isEqualTo(202);
      }
    }
  }

  // Verifies that destinations which are none are refused alike: the sender itself, two at once, a
  // serial of another form, none at all.
  @Test
  void refusesDestinationsThatAreNone() {
    Identity target = fresh();
    try (PeerTerminal sender = loggedIn()) {
      byte[] two = bytes()
          .u16(PeerBytes.crc16(HELLO))
          .tlv(0x4014, APP)
          .tlv(0x4012, target.serial())
          .tlv(0x4007, HELLO)
          .toArray();
      assertThat(sender.exchange(sender.signed(PeerTerminal.DATA, two)).result())
          .isEqualTo(2);
      for (String serial :
          List.of(sender.who().serial(), "PEER\0\0\0\0\0\0\0\0\0\0\0\0", "X", "")) {
        assertThat(PeerRelay.send(sender, serial, HELLO))
            .as("result of %s", serial)
            .isEqualTo(2);
      }
      assertThat(open(target)).isZero();
      assertThat(app.readings(0, sender.who())).isEmpty();
    }
  }

  // Verifies that a terminal that is disabled, and one that could not take so much, are refused.
  @Test
  void refusesWhatTheTargetCannotTake() {
    Identity disabled = fresh();
    Api.Answer patched = admin.call(
        "PATCH",
        "/v1/admin/terminals/" + disabled.serial(),
        Api.JSON.createObjectNode().put("enabled", false));
    assertThat(patched.status()).isEqualTo(200);
    Identity small = admin.createTerminal(Identity.fresh(), APP, "lenient");
    try (PeerTerminal sender = loggedIn()) {
      assertThat(PeerRelay.send(sender, disabled.serial(), HELLO)).isEqualTo(3);
      assertThat(PeerRelay.send(sender, small.serial(), new byte[300])).isEqualTo(3);
      assertThat(PeerRelay.send(sender, small.serial(), new byte[100])).isZero();
      assertThat(app.readings(1, sender.who())).hasSize(1);
    }
  }

  // Verifies that a wrong CRC is told and passed on, or refused where the profile says so.
  @Test
  void looksAtTheCrc() {
    Identity target = fresh();
    Identity who = admin.createTerminal(Identity.fresh(), APP, "strict");
    byte[] wrong = PeerRelay.to(target.serial(), HELLO, PeerBytes.crc16(HELLO) ^ 1);
    try (PeerTerminal strict = gateway.terminal(who).login();
        PeerTerminal usual = loggedIn()) {
      assertThat(strict.exchange(strict.signed(PeerTerminal.DATA, wrong)).result())
          .isEqualTo(4);
      assertThat(open(target)).isZero();
      assertThat(usual.exchange(usual.signed(PeerTerminal.DATA, wrong)).result())
          .isZero();

      assertThat(app.readings(1, usual.who()).get(0).at("/data/crcOk").asBoolean())
          .isFalse();
      JsonNode told = commands(target, 1).get(0).path("data");
      assertThat(told.at("/request/crcOk").asBoolean(true)).isFalse();
      try (PeerTerminal terminal = gateway.terminal(target).login()) {
        PeerRelay.take(terminal, usual.who(), HELLO);
      }
    }
  }
}
