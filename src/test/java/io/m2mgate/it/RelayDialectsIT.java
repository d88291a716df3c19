package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerParts.DATA;
import static io.m2mgate.peer.PeerParts.SEND;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerParts;
import io.m2mgate.peer.PeerParts.Word;
import io.m2mgate.peer.PeerRelay;
import io.m2mgate.peer.PeerTerminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What dialects change of data and of commands that terminals pass on (5.3.11, wire 6). */
class RelayDialectsIT {
  private static final String APP = "EC01";
  private static final String DIALECT = "{\"name\":\"tunnel\",\"commands\":{"
      + "\"TRANSPARENT_CMD\":{\"routed\":true},\"TRANSPARENT_DATA\":{\"segmentable\":true}}}";
  private static final int SEQUENCE = 500;
  private static final int PART = 700;
  private static final int WRAPPED = 0x30;
  private static final int DATA_ACK = PeerTerminal.DATA | 0x8000;
  private static final byte[] INNER = bytes()
      .tlv(0x4016, (byte) 0, (byte) 6)
      .tlv(0x0011, bytes().u32(60).toArray())
      .toArray();

  @TempDir
  private static Path dialects;

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  @BeforeAll
  static void start() throws IOException {
    Files.writeString(dialects.resolve("tunnel.json"), DIALECT);
    gateway = GatewayProcess.start("dialects.dir=" + dialects);
    admin = gateway.api();
    app = admin.createApplication(APP);
    admin.createProfile("tunnel", profile -> profile.put("dialect", "tunnel"));
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static Identity speaking(String profile) {
    return admin.createTerminal(Identity.fresh(), APP, profile);
  }

  // Verifies that a payload which came in parts goes on in parts and whole, and that the same is
  // refused where the other terminal takes none.
  @Test
  void passesPartsOn() {
    byte[] payload = new byte[2_500];
    for (int i = 0; i < payload.length; i++) {
      payload[i] = (byte) i;
    }
    Identity small = speaking("lenient");
    try (PeerTerminal sender = gateway.terminal(speaking("tunnel")).login();
        PeerTerminal target = gateway.terminal(speaking("tunnel")).login()) {
      assertThat(send(sender, SEQUENCE, small, payload)).isEqualTo(3);
      assertThat(send(sender, SEQUENCE + 1, target.who(), payload)).isZero();
      assertThat(taken(target)).isEqualTo(PeerRelay.from(sender.who(), payload));
    }
  }

  /** Gives the result. */
  private static int send(PeerTerminal sender, int sequence, Identity to, byte[] payload) {
    List<byte[]> pieces = PeerParts.cut(PeerRelay.to(to.serial(), payload), PART);
    byte[] last = new PeerParts(sender).send(PeerTerminal.DATA, sequence, pieces);
    return sender.expectAck(last).result();
  }

  /** The body that comes in parts, which is answered by 0. */
  private static byte[] taken(PeerTerminal terminal) {
    PeerParts parts = new PeerParts(terminal);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      PeerFrame part = parts.verified(terminal.link().read(), WRAPPED);
      assertThat(part.command()).isEqualTo(PeerTerminal.DATA);
      Word word = Word.of(part.body());
      assertThat(word.op()).isEqualTo(DATA);
      body.writeBytes(word.data());
      if (word.index() == word.total()) {
        assertThat(word.total()).isGreaterThan(1);
        terminal.link().write(terminal.signed(DATA_ACK, part.sequence(), new byte[1]));
        return body.toByteArray();
      }
      int next = word.index() + 1;
      terminal
          .link()
          .write(parts.frame(DATA_ACK, part.sequence(), word.total(), next, SEND, new byte[0]));
    }
  }

  private static int command(PeerTerminal terminal, byte[] body) {
    return terminal
        .exchange(terminal.signed(PeerTerminal.TRANSPARENT_CMD, body))
        .result();
  }

  // Verifies that a command in a TRANSPARENT_CMD reaches the application as data, once for its
  // copies, and that one with a secret, one for a terminal and one for nobody do not.
  @Test
  void routesACommandToItsApplication() {
    try (PeerTerminal terminal = gateway.terminal(speaking("tunnel")).login()) {
      byte[] request = terminal.signed(
          PeerTerminal.TRANSPARENT_CMD, bytes().tlv(0x4014, APP).raw(INNER).toArray());
      PeerFrame ack = terminal.exchange(request);
      assertThat(ack.result()).isZero();
      assertThat(terminal.exchange(request).bytes()).isEqualTo(ack.bytes());
      JsonNode data = app.readings(1, terminal.who()).get(0).path("data");
      assertThat(data.path("command").asText()).isEqualTo("000F");
      assertThat(data.at("/inner/name").asText()).isEqualTo("CONFIG_SET");
      assertThat(data.path("payload").asText())
          .isEqualTo(Base64.getEncoder().encodeToString(INNER));
      assertThat(data.at("/to/app").asText()).isEqualTo(APP);

      byte[] secret = bytes().raw(INNER).tlv(0xE025, "Secret12").toArray();
      byte[] elsewhere =
          bytes().tlv(0x4012, speaking("tunnel").serial()).raw(INNER).toArray();
      assertThat(command(terminal, secret)).isEqualTo(3);
      assertThat(command(terminal, elsewhere)).isEqualTo(3);
      assertThat(command(terminal, bytes().tlv(0x4014, "NONE").raw(INNER).toArray()))
          .isEqualTo(2);
      assertThat(app.readings(1, terminal.who())).hasSize(1);
    }
  }

  private static Api.Answer ask(Identity who, byte[] payload) {
    String body = "{\"type\":\"data\",\"command\":\"000F\",\"payload\":\"%s\"}"
        .formatted(Base64.getEncoder().encodeToString(payload));
    return app.full(
            "POST",
            "/v1/terminals/" + who.serial() + "/commands",
            body.getBytes(StandardCharsets.UTF_8))
        .answer();
  }

  // Verifies that an application's command reaches the terminal as it is, and that none is taken
  // that is no command or that the dialect does not route.
  @Test
  void routesACommandToATerminal() {
    Identity who = speaking("tunnel");
    assertThat(ask(who, new byte[] {1, 2, 3}).status()).isEqualTo(422);
    assertThat(ask(speaking("wmmp-3"), INNER).body()).contains("/command");
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      Api.Answer asked = ask(who, INNER);
      assertThat(asked.status()).as(asked.body()).isEqualTo(202);
      PeerFrame request = PeerCommands.expect(
          terminal,
          PeerTerminal.TRANSPARENT_CMD,
          bytes().tlv(0x4015, APP).raw(INNER).toArray());
      PeerCommands.ack(terminal, request, 0);
      String id = asked.json().path("id").asText();
      Await.until(
          "the command's end",
          Await.PATIENCE,
          () -> app.get("/v1/commands/" + id).json().path("state").asText().equals("succeeded"));
    }
  }
}
