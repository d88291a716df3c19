package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.CONFIG_GET;
import static io.m2mgate.peer.PeerCommands.CONFIG_SET;
import static io.m2mgate.peer.PeerCommands.REMOTE_CTRL;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.control;
import static io.m2mgate.peer.PeerCommands.executed;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.pairs;
import static io.m2mgate.peer.PeerParts.ABORT_BY_RECEIVER;
import static io.m2mgate.peer.PeerParts.DATA;
import static io.m2mgate.peer.PeerParts.SEND;
import static io.m2mgate.peer.PeerTerminal.CONFIG_REQ;
import static io.m2mgate.peer.PeerTerminal.CONFIG_TRAP;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.CommandDesk;
import io.m2mgate.peer.CommandDesk.Delivery;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerBytes;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerParts;
import io.m2mgate.peer.PeerParts.Word;
import io.m2mgate.peer.PeerTerminal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A gateway killed (SIGKILL) in the middle of each exchange of 5.2.3, 5.3.5, 5.3.6, 5.3.7 and 5.3.11, and what ends it. */
class KilledExchangesIT {
  private static final String APP = "KILLED";
  private static final int ACK = 0x8000;
  private static final int PART = 900;
  private static final byte[] NONE = {};

  private static GatewayProcess gateway;
  private static Api app;
  private static CommandDesk desk;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    app = gateway.api().createApplication(APP);
    desk = new CommandDesk(gateway, APP);
    gateway
        .api()
        .createProfile(
            "brisk", profile -> ((ObjectNode) profile.path("exchange")).put("timeoutSeconds", 2));
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static PeerTerminal online() {
    return online("wmmp-3");
  }

  private static PeerTerminal online(String profile) {
    return gateway
        .terminal(gateway.api().createTerminal(Identity.fresh(), APP, profile))
        .login();
  }

  private static void kill(PeerTerminal terminal) {
    gateway.kill().restart();
    terminal.reconnect();
  }

  private static void expectAck(PeerTerminal terminal, byte[] request, int... body) {
    PeerFrame asked = new PeerFrame(request);
    var expected = bytes();
    for (int value : body) {
      expected.u8(value);
    }
    assertThat(terminal.link().read().bytes())
        .isEqualTo(
            terminal.ofPlatform(asked.command() | ACK, asked.sequence(), 0x20, expected.toArray()));
  }

  private static List<JsonNode> told(PeerTerminal terminal, String type, int atLeast) {
    return app.events(atLeast, type, terminal.who().serial());
  }

  private static boolean suspected(JsonNode event) {
    return event.at("/data/suspectedDuplicate").asBoolean();
  }

  /** A reading or report, and whether it was in the store when the gateway was killed. */
  private record Reading(PeerTerminal terminal, String type, boolean stored, byte[] frame) {
    static Reading of(String type, boolean stored) {
      PeerTerminal terminal = online();
      byte[] frame = type.equals("m2m.report")
          ? terminal.signed(CONFIG_TRAP, bytes().tlv(0x3007, (byte) 7).toArray())
          : terminal.signed(PeerTerminal.DATA, PeerTerminal.dataBody(APP, new byte[] {7}));
      return new Reading(terminal, type, stored, frame);
    }
  }

  // Verifies that what was on its way to the store when the gateway was killed, or in it and not
  // acknowledged, is acknowledged when it comes again, and told once.
  @Test
  void takesAnUplinkOnce() {
    List<Reading> readings = new ArrayList<>();
    for (boolean stored : new boolean[] {true, false}) {
      readings.add(Reading.of("m2m.data.up", stored));
      readings.add(Reading.of("m2m.report", stored));
    }
    for (Reading reading : readings) {
      if (reading.stored()) {
        reading.terminal().link().write(reading.frame());
        told(reading.terminal(), reading.type(), 1);
      }
    }
    readings.stream()
        .filter(reading -> !reading.stored())
        .forEach(reading -> reading.terminal().link().write(reading.frame()));
    gateway.kill().restart();
    for (Reading reading : readings) {
      try (PeerTerminal terminal = reading.terminal().reconnect()) {
        terminal.link().write(reading.frame());
        expectAck(terminal, reading.frame(), 0);
        assertThat(told(terminal, reading.type(), 1)).hasSize(1);
      }
    }
  }

  // Verifies that a report of 60 KB is taken once, wherever among its parts the gateway was killed:
  // it is told to begin again, unless all of it was stored.
  @Test
  void takesALongReportOnce() {
    List<InterruptedReport> reports = IntStream.of(1, 34, 67, 68)
        .mapToObj(parts -> InterruptedReport.begun(online(), parts))
        .toList();
    reports.forEach(report -> report.terminal().link().write(report.next()));
    gateway.kill().restart();
    for (InterruptedReport report : reports) {
      try (PeerTerminal terminal = report.terminal()) {
        report.goOn();
        assertThat(LongReports.told(app, terminal.who(), 1))
            .containsExactly(LongReports.print(report.body()));
      }
    }
  }

  // Verifies that a long report whose last part comes again under a new sequence, after a kill that
  // followed its ack, is asked for anew, taken, and marked as what it may be.
  @Test
  void marksALongReportThatComesAnew() {
    try (PeerTerminal terminal = online()) {
      PeerParts talk = new PeerParts(terminal);
      List<byte[]> pieces = PeerParts.cut(LongReports.body(3), PART);
      expectAck(terminal, talk.send(CONFIG_TRAP, terminal.nextSequence(), pieces), 0);
      kill(terminal);
      Word word = talk.exchange(talk.last(CONFIG_TRAP, terminal.nextSequence(), pieces));
      assertThat(word.says(ABORT_BY_RECEIVER, pieces.size())).isTrue();
      expectAck(terminal, talk.send(CONFIG_TRAP, terminal.nextSequence(), pieces), 0);
      assertThat(told(terminal, "m2m.report", 2).stream().map(KilledExchangesIT::suspected))
          .containsExactly(false, true);
    }
  }

  // Verifies that a terminal that asked for its parameters is told when it asks again, and that the
  // execution result which follows is known to be of them by its order, also after a kill between
  // both (5.2.3).
  @Test
  void tellsParametersAgain() {
    try (PeerTerminal terminal = online()) {
      String path = "/v1/terminals/" + terminal.who().serial();
      byte[] wish = "{\"heartbeat-interval\":60}".getBytes(StandardCharsets.UTF_8);
      app.full("PATCH", path + "/parameters", wish, "If-Match", "\"0\"");
      ack(terminal, terminal.readVerified(), 1);
      // While a command is open, an execution result may be its own.
      Await.until(
          "end of the command",
          Await.PATIENCE,
          () ->
              app.get(path + "/commands").json().at("/items/0/state").asText().equals("rejected"));
      byte[] asks = terminal.signed(CONFIG_REQ, pairs(0x0011));
      terminal.link().write(asks);
      kill(terminal);
      terminal.link().write(asks);
      expectAck(terminal, asks, 0, 0, 0x11, 0, 4, 0, 0, 0, 60);
      byte[] others = terminal.signed(CONFIG_REQ, pairs(0x0011, 0x0012, 0xE025));
      terminal.link().write(others);
      expectAck(terminal, others, 1, 0, 0x12, 0, 0, 0xE0, 0x25, 0, 0);
      kill(terminal);
      assertThat(terminal.trap(executed(0, 4711)).result()).isZero();
      JsonNode known = app.get(path + "/parameters").json();
      assertThat(known.path("pending")).isEmpty();
      assertThat(known.at("/reported/heartbeat-interval/value").asInt()).isEqualTo(60);
    }
  }

  // Verifies that a terminal that was killed away between the parts of its answer is asked anew,
  // that the rest of the old answer is nothing, and that the command ends once.
  @Test
  void asksAnewForALongAnswer() {
    try (PeerTerminal terminal = online("brisk")) {
      LongTalker talker = new LongTalker(terminal, Optional.empty());
      String id = desk.ask(terminal.who(), "read", "{\"tags\":[\"8F00\",\"8F01\",\"8F02\"]}");
      PeerFrame first = expect(terminal, CONFIG_GET, pairs(0x8F00, 0x8F01, 0x8F02));
      byte[] values = LongReports.body(3);
      List<byte[]> pieces = PeerParts.cut(bytes().u8(0).raw(values).toArray(), PART);
      give(talker, first, pieces, 1, 2);
      kill(terminal);
      terminal.link().write(talker.part(first, pieces, 3));
      terminal.trap(NONE);
      PeerFrame again = expect(terminal, CONFIG_GET, pairs(0x8F00, 0x8F01, 0x8F02));
      assertThat(again.sequence()).isNotEqualTo(first.sequence());
      give(talker, again, pieces, 1, pieces.size() - 1);
      terminal.link().write(talker.part(again, pieces, pieces.size()));
      desk.await(id, "succeeded");
      CommandDesk.assertOneEnd(desk.told(app, terminal.who(), id, 2));
    }
  }

  private static void give(
      LongTalker talker, PeerFrame asked, List<byte[]> pieces, int from, int to) {
    for (int index = from; index <= to; index++) {
      talker.terminal().link().write(talker.part(asked, pieces, index));
      assertThat(Word.of(talker.word(asked).body()).says(SEND, index + 1)).isTrue();
    }
  }

  private static final byte[] LONG_PARAMETERS =
      bytes().tlv(0x0029, "a".repeat(1000)).tlv(0x002A, "b".repeat(1000)).toArray();

  // Verifies that a request in parts begins anew after a kill in its middle, and that its execution
  // result finds it after a kill between answer and result, under the sequence of its first part as
  // under that of its last.
  @Test
  void setsAtLengthAnew() {
    try (PeerTerminal one = online("brisk");
        PeerTerminal other = online("brisk")) {
      List<PeerTerminal> terminals = List.of(one, other);
      List<String> ids = terminals.stream().map(this::half).toList();
      gateway.kill().restart();
      List<int[]> sequences = terminals.stream().map(this::whole).toList();
      ids.forEach(id -> desk.await(id, "acked"));
      gateway.kill().restart();
      for (int i = 0; i < 2; i++) {
        terminals.get(i).reconnect();
        byte[] result = executed(0, sequences.get(i)[i], LONG_PARAMETERS);
        assertThat(terminals.get(i).trap(result).result()).isZero();
      }
      for (String id : ids) {
        assertThat(desk.await(id, "succeeded").result().path("crcOk").asBoolean())
            .isTrue();
      }
    }
  }

  /** Takes two of three parts. */
  private String half(PeerTerminal terminal) {
    String id = desk.ask(
        terminal.who(),
        "configure",
        "{\"parameters\":{\"0029\":\"%s\",\"002A\":\"%s\"}}"
            .formatted("a".repeat(1000), "b".repeat(1000)));
    say(terminal, part(terminal, 1), SEND, 2);
    part(terminal, 2);
    return id;
  }

  /** Comes back and takes all, the second one when it comes again, and answers; gives the sequences of the first and of the last. */
  private int[] whole(PeerTerminal terminal) {
    terminal.reconnect().trap(NONE);
    ByteArrayOutputStream taken = new ByteArrayOutputStream();
    PeerFrame first = part(terminal, 1);
    taken.writeBytes(Word.of(first.body()).data());
    say(terminal, first, SEND, 2);
    part(terminal, 2);
    PeerFrame second = part(terminal, 2);
    assertThat(second.sequence()).isEqualTo(first.sequence() + 1);
    taken.writeBytes(Word.of(second.body()).data());
    say(terminal, second, SEND, 3);
    PeerFrame last = part(terminal, 3);
    taken.writeBytes(Word.of(last.body()).data());
    assertThat(taken.toByteArray())
        .isEqualTo(bytes().raw(LONG_PARAMETERS).tlv(0x4009, (byte) 0).toArray());
    ack(terminal, last, 0);
    return new int[] {first.sequence(), last.sequence()};
  }

  private static PeerFrame part(PeerTerminal terminal, int index) {
    PeerFrame part = new PeerParts(terminal).verified(terminal.link().read(), 0x30);
    assertThat(part.command()).isEqualTo(CONFIG_SET);
    assertThat(Word.of(part.body()).index()).isEqualTo(index);
    assertThat(Word.of(part.body()).op()).isEqualTo(DATA);
    return part;
  }

  private static void say(PeerTerminal terminal, PeerFrame about, int op, int index) {
    int total = Word.of(about.body()).total();
    terminal
        .link()
        .write(new PeerParts(terminal)
            .frame(about.command() | ACK, about.sequence(), total, index, op, NONE));
  }

  // Verifies that what follows an answer shows the execution also after a kill between both: a
  // result by its order, a report, a LOGIN.
  @Test
  void seesTheEffectAfterAKill() {
    try (PeerTerminal reset = online();
        PeerTerminal report = online();
        PeerTerminal apn = online()) {
      String resetId = desk.ask(reset.who(), "control", "{\"control\":\"resetStatistics\"}");
      String reportId = desk.ask(report.who(), "control", "{\"control\":\"reportStatistics\"}");
      String apnId =
          desk.ask(apn.who(), "configure", "{\"parameters\":{\"m2m-platform-apn\":\"NEW\"}}");
      ack(reset, expect(reset, REMOTE_CTRL, control(5)), 0);
      ack(report, expect(report, REMOTE_CTRL, control(4)), 0);
      byte[] set = bytes().tlv(0x0002, "NEW").tlv(0x4009, (byte) 0).toArray();
      ack(apn, expect(apn, CONFIG_SET, set), 0);
      for (String id : List.of(resetId, reportId, apnId)) {
        desk.await(id, "acked");
      }
      gateway.kill().restart();
      assertThat(reset.reconnect().trap(executed(0, 4711)).result()).isZero();
      byte[] statistics = bytes().tlv(0x2008, bytes().u32(1).toArray()).toArray();
      assertThat(report.reconnect().trap(statistics).result()).isZero();
      apn.reconnect().logout(7);
      long crc32 = PeerBytes.crc32(bytes().tlv(0x0002, "NEW").toArray());
      var login = apn.exchangeLogin(apn.loginFrame(apn.nextSequence(), crc32));
      assertThat(login.result()).isEqualTo(1);
      apn.under(login.timestamp())
          .trap(bytes().tlv(0x0025, (byte) 0, (byte) 2).tlv(0x0002, "NEW").toArray());
      for (String id : List.of(resetId, reportId, apnId)) {
        desk.await(id, "succeeded");
      }
    }
  }

  // Verifies that data that may be repeated is sent again after a kill, that what was never sent is
  // sent, and that time ends both by their names also when it passed while nobody was there.
  @Test
  void sendsDataAgain() {
    try (PeerTerminal terminal = online()) {
      Delivery brief = Delivery.USUAL.within(Duration.ofSeconds(2));
      String data =
          desk.ask(terminal.who(), "data", "{\"payload\":\"AQID\"}", Delivery.USUAL.again());
      byte[] payload = {1, 2, 3};
      byte[] body = bytes()
          .u16(PeerBytes.crc16(payload))
          .tlv(0x4015, APP)
          .tlv(0x4007, payload)
          .toArray();
      PeerFrame first = expect(terminal, PeerTerminal.DATA, body);
      Identity silent = gateway.api().createTerminal(Identity.fresh(), APP);
      PeerTerminal other = gateway.terminal(silent).login();
      String left = desk.ask(silent, "read", "{\"tags\":[\"0011\"]}", brief);
      expect(other, CONFIG_GET, pairs(0x0011));
      String waits = desk.ask(silent, "read", "{\"tags\":[\"0012\"]}", brief);
      kill(terminal);
      terminal.trap(NONE);
      PeerFrame again = expect(terminal, PeerTerminal.DATA, body);
      assertThat(again.sequence()).isEqualTo(first.sequence());
      ack(terminal, again, 0);
      desk.await(data, "succeeded");
      desk.await(left, "timedOut");
      desk.await(waits, "expired");
      other.close();
    }
  }
}
