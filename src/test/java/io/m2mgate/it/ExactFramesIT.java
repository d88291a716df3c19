package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.CONFIG_GET;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.pairs;
import static io.m2mgate.peer.PeerTerminal.CONFIG_REQ;
import static io.m2mgate.peer.PeerTerminal.CONFIG_TRAP;
import static io.m2mgate.peer.PeerTerminal.DATA;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.CommandDesk;
import io.m2mgate.peer.CommandDesk.Delivery;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerBytes;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerParts;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Odd and rare forms of readings, reports and questions, and every byte that answers them (5.1.3, 5.3.5, 5.3.6, 5.3.11, 5.4.6). */
class ExactFramesIT {
  private static final String APP = "EXACT";
  private static final String BRISK = "brisk";
  private static final int ACK = 0x8000;
  private static final int SIGNED = 0x20;
  private static final int SIGNED_AND_WRAPPED = 0x30;
  private static final int SEGMENT = 0x4008;

  private static GatewayProcess gateway;
  private static Api app;
  private static CommandDesk desk;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    app = gateway.api().createApplication(APP);
    gateway.api().createApplication("OTHER");
    desk = new CommandDesk(gateway, APP);
    gateway
        .api()
        .createProfile(
            BRISK, profile -> ((ObjectNode) profile.path("exchange")).put("timeoutSeconds", 1));
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static PeerTerminal online() {
    return gateway
        .terminal(gateway.api().createTerminal(Identity.fresh(), APP, BRISK))
        .login();
  }

  /** Sends a request of the session and expects exactly this body in its answer. */
  private static void exchange(
      PeerTerminal terminal, int command, int flags, byte[] body, PeerBytes answer) {
    int sequence = terminal.nextSequence();
    terminal.link().write(terminal.sign(terminal.unsigned(command, sequence, flags, body)));
    assertThat(HexFormat.of().formatHex(terminal.link().read().bytes()))
        .isEqualTo(HexFormat.of()
            .formatHex(terminal.ofPlatform(command | ACK, sequence, SIGNED, answer.toArray())));
  }

  private static void data(PeerTerminal terminal, PeerBytes body, int result) {
    exchange(terminal, DATA, SIGNED, body.toArray(), bytes().u8(result));
  }

  /** A payload with this CRC16. */
  private static byte[] payloadOf(int crc16) {
    byte[] payload = new byte[3];
    for (int i = 0; PeerBytes.crc16(payload) != crc16; i++) {
      payload[0] = (byte) i;
      payload[1] = (byte) (i >> 8);
      payload[2] = (byte) (i >> 16);
    }
    return payload;
  }

  private static String lastPayload(PeerTerminal terminal, int readings) {
    var all = app.readings(readings, terminal.who());
    assertThat(all).hasSize(readings);
    String base64 = all.get(readings - 1).at("/data/payload").asText();
    return HexFormat.of().formatHex(Base64.getDecoder().decode(base64));
  }

  // Verifies that filler between TLVs, a few zero bytes behind the last, and the flag of a wrapped
  // body without one are ordinary (wire 1, 2), a CRC16 that reads like the tag of a part too.
  @Test
  void takesOddReadings() {
    try (PeerTerminal terminal = online()) {
      byte[] payload = {1, 2, 3};
      int crc = PeerBytes.crc16(payload);
      data(terminal, bytes().u16(crc).tlv(0).tlv(0x4014, APP).tlv(0).tlv(0x4007, payload), 0);
      assertThat(lastPayload(terminal, 1)).isEqualTo("010203");
      for (int zeros = 1; zeros < 4; zeros++) {
        byte[] other = {9, (byte) zeros};
        data(
            terminal,
            bytes().u16(PeerBytes.crc16(other)).tlv(0x4007, other).raw(new byte[zeros]),
            0);
        assertThat(lastPayload(terminal, 1 + zeros)).isEqualTo("090" + zeros);
      }
      byte[] like = payloadOf(SEGMENT);
      byte[] body = bytes().u16(SEGMENT).tlv(0x4014, APP).tlv(0x4007, like).toArray();
      exchange(terminal, DATA, SIGNED_AND_WRAPPED, body, bytes().u8(0));
      assertThat(lastPayload(terminal, 5)).isEqualTo(HexFormat.of().formatHex(like));
      body = bytes().u16(SEGMENT).tlv(0x4007, like).toArray();
      exchange(terminal, DATA, SIGNED_AND_WRAPPED, body, bytes().u8(0));
      assertThat(app.readings(6, terminal.who()))
          .allSatisfy(event -> assertThat(event.at("/data/crcOk").asBoolean()).isTrue());
    }
  }

  // Verifies that readings for another application, for one that is not there, and without a
  // payload get their codes and tell nobody anything.
  @Test
  void refusesReadings() {
    try (PeerTerminal terminal = online()) {
      byte[] payload = {1};
      int crc = PeerBytes.crc16(payload);
      data(terminal, bytes().u16(crc).tlv(0x4014, "OTHER").tlv(0x4007, payload), 2);
      data(terminal, bytes().u16(crc).tlv(0x4014, "NOSUCH").tlv(0x4007, payload), 2);
      data(terminal, bytes().u16(crc).tlv(0x4014, APP), 3);
      data(terminal, bytes().u16(crc), 3);
      exchange(terminal, DATA, SIGNED, new byte[] {1}, bytes().u8(3));
      assertThat(app.readings(0, terminal.who())).isEmpty();
    }
  }

  // Verifies that the first reading without a digest is told with the profile that would take it,
  // and the next ones not (5.3.11).
  @Test
  void tellsOfUnsignedReadingsOnce() {
    try (PeerTerminal terminal = online()) {
      for (int i = 0; i < 3; i++) {
        byte[] reading = PeerTerminal.dataBody(APP, new byte[] {(byte) i});
        terminal.expectNoAnswer(terminal.unsigned(DATA, terminal.nextSequence(), 0, reading));
      }
      var told = app.events(1, "m2m.terminal.refused", terminal.who().serial());
      assertThat(told).hasSize(1);
      JsonNode event = told.get(0).path("data");
      assertThat(event.path("reason").asText()).isEqualTo("unsigned-data");
      assertThat(event.toString()).contains("lenient");
      assertThat(app.readings(0, terminal.who())).isEmpty();
    }
  }

  // Verifies that data without a byte leaves with the CRC16 0 (wire 5).
  @Test
  void sendsAnEmptyReading() {
    try (PeerTerminal terminal = online()) {
      String id = desk.ask(terminal.who(), "data", "{\"payload\":\"\"}");
      byte[] body = bytes().u16(0).tlv(0x4015, APP).tlv(0x4007).toArray();
      ack(terminal, expect(terminal, DATA, body), 0);
      desk.await(id, "succeeded");
    }
  }

  // Verifies reports with filler, without a byte of value, and with a TLV that runs past the end,
  // whose tag is named.
  @Test
  void answersReports() {
    try (PeerTerminal terminal = online()) {
      exchange(terminal, CONFIG_TRAP, SIGNED, new byte[0], bytes().u8(0));
      exchange(terminal, CONFIG_TRAP, SIGNED, new byte[3], bytes().u8(0));
      exchange(terminal, CONFIG_TRAP, SIGNED, bytes().tlv(0).toArray(), bytes().u8(0));
      assertThat(app.events(0, "m2m.report", terminal.who().serial())).isEmpty();
      byte[] odd = bytes().tlv(0).tlv(0x7F01).tlv(0).tlv(0x3007, (byte) 5).toArray();
      exchange(terminal, CONFIG_TRAP, SIGNED, odd, bytes().u8(0));
      exchange(terminal, CONFIG_TRAP, SIGNED_AND_WRAPPED, odd, bytes().u8(0));
      var told = app.events(2, "m2m.report", terminal.who().serial());
      assertThat(told).hasSize(2);
      assertThat(told.get(0).at("/data/values")).hasSize(2);
      byte[] beyond = bytes().tlv(0x3007, (byte) 5).u16(0x2008).u16(400).u8(1).toArray();
      exchange(terminal, CONFIG_TRAP, SIGNED, beyond, bytes().u8(1).u16(0x2008).u16(0));
    }
  }

  // Verifies that parts that cannot be are aborted, whatever they say, and that a part that is too
  // short to be one is a bad TLV (wire 6).
  @Test
  void abortsPartsThatCannotBe() {
    try (PeerTerminal terminal = online()) {
      int[][] wrong = {{0, 0, 0}, {0, 1, 0}, {2, 0, 0}, {2, 3, 0}, {2, 1, 4}, {2, 1, 0xFF}};
      for (int[] it : wrong) {
        int sequence = terminal.nextSequence();
        byte[] part = PeerParts.tlv(it[0], it[1], it[2], new byte[] {1});
        terminal
            .link()
            .write(
                terminal.sign(terminal.unsigned(CONFIG_TRAP, sequence, SIGNED_AND_WRAPPED, part)));
        byte[] abort = PeerParts.tlv(it[0], it[1], PeerParts.ABORT_BY_RECEIVER, new byte[0]);
        assertThat(terminal.link().read().bytes())
            .isEqualTo(terminal.ofPlatform(CONFIG_TRAP | ACK, sequence, SIGNED_AND_WRAPPED, abort));
      }
      byte[] brief = bytes().tlv(SEGMENT, new byte[6]).toArray();
      exchange(
          terminal,
          CONFIG_TRAP,
          SIGNED_AND_WRAPPED,
          brief,
          bytes().u8(1).u16(SEGMENT).u16(0));
    }
  }

  // Verifies that a terminal may ask for one parameter twice and with filler between, and that one
  // that is a secret of its own is none that anybody desires (5.3.6).
  @Test
  void answersQuestions() {
    try (PeerTerminal terminal = online()) {
      app.full(
          "PATCH",
          "/v1/terminals/" + terminal.who().serial() + "/parameters",
          "{\"heartbeat-interval\":60}".getBytes(StandardCharsets.UTF_8),
          "If-Match",
          "\"0\"");
      ack(terminal, terminal.readVerified(), 1);
      PeerBytes told = bytes().u8(0).tlv(0x0011, bytes().u32(60).toArray());
      exchange(terminal, CONFIG_REQ, SIGNED, pairs(0x0011), told);
      exchange(terminal, CONFIG_REQ, SIGNED, pairs(0, 0x0011, 0, 0x0011), told);
      PeerBytes refused = bytes().u8(1).u16(0xE025).u16(0).u16(0x0012).u16(0);
      exchange(terminal, CONFIG_REQ, SIGNED, pairs(0xE025, 0x0011, 0x0012), refused);
      exchange(terminal, CONFIG_REQ, SIGNED, new byte[0], bytes().u8(1));
    }
  }

  // Verifies that an unanswered request leaves again in the next session under its timestamp and
  // another sequence, and that the answer of the session before ends nothing (5.4.6).
  @Test
  void asksAnewInAnotherSession() {
    try (PeerTerminal terminal = online()) {
      String id = desk.ask(terminal.who(), "read", "{\"tags\":[\"0011\"]}", Delivery.USUAL.first());
      PeerFrame first = expect(terminal, CONFIG_GET, pairs(0x0011));
      byte[] value = bytes().u8(0).tlv(0x0011, bytes().u32(60).toArray()).toArray();
      byte[] late = terminal.signed(CONFIG_GET | ACK, first.sequence(), value);
      terminal.login();
      PeerFrame second = expect(terminal, CONFIG_GET, pairs(0x0011));
      assertThat(second.sequence()).isNotEqualTo(first.sequence());
      terminal.expectNoAnswer(late);
      assertThat(desk.of(id).state()).isEqualTo("sent");
      ack(terminal, second, value);
      assertThat(desk.await(id, "succeeded").attempts()).isEqualTo(2);
    }
  }
}
