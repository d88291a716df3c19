package io.m2mgate.it;

import static io.m2mgate.peer.PeerParts.ABORT_BY_RECEIVER;
import static io.m2mgate.peer.PeerParts.DATA;
import static io.m2mgate.peer.PeerParts.SEND;
import static io.m2mgate.peer.PeerTerminal.CONFIG_TRAP;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCipher;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerParts;
import io.m2mgate.peer.PeerParts.Word;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Wire 6 from outside: requests of a terminal that come in parts. */
class SegmentsIT {
  private static final String APP = "PARTS";
  private static final String BASE_KEY = "BaseKeyOfTwentyFourChars";
  private static final int PART = 900;
  private static final int KILOBYTES = 60;
  private static final int ENCRYPTED = 0xF0;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("segments.maxBytes=100000");
    admin = gateway.api();
    app = admin.createApplication(APP);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  // Verifies after each test that the memory was given back.
  @AfterEach
  void givesMemoryBack() {
    awaitMemory(0);
  }

  private static void awaitMemory(int bytes) {
    Await.until(
        "memory of segments: " + bytes,
        PATIENCE,
        () -> admin.metric("m2mgate_segment_bytes") == bytes);
  }

  private static Identity provisioned(String profile) {
    Identity who = Identity.fresh();
    var body = Api.terminalJson(who, APP, profile)
        .put("baseKey", HexFormat.of().formatHex(BASE_KEY.getBytes(StandardCharsets.US_ASCII)));
    var answer = admin.call("POST", "/v1/admin/terminals", body);
    assertThat(answer.status()).as("create terminal: %s", answer.body()).isEqualTo(201);
    return who;
  }

  private static PeerTerminal loggedIn() {
    return gateway.terminal(provisioned("wmmp-3")).login();
  }

  /** What goes wrong, at every place of one message. */
  private enum Trouble {
    NONE,
    PARTS_LOST,
    PARTS_TWICE,
    ACKS_LOST,
    ACKS_TWICE
  }

  // Verifies that a report of 60 KB arrives once and as it was sent, whatever is lost or comes
  // twice
  // at every part and every answer, in clear and encrypted.
  @ParameterizedTest
  @EnumSource(Trouble.class)
  void takesALongReport(Trouble trouble) {
    try (PeerTerminal terminal = loggedIn()) {
      byte[] body = LongReports.body(KILOBYTES);
      PeerFrame ack = send(terminal, PeerParts.cut(body, PART), index -> trouble);
      assertThat(new PeerParts(terminal).verified(ack, 0x20).result()).isZero();
      assertThat(LongReports.told(app, terminal.who(), 1)).containsExactly(LongReports.print(body));
    }
    try (PeerTerminal terminal = gateway.terminal(provisioned("wmmp-3"))) {
      PeerCipher cipher =
          new PeerCipher(terminal, BASE_KEY, PeerCipher.Kind.TRIPLE_DES, PeerCipher.Digest.MD5);
      cipher.login();
      byte[] body = LongReports.body(KILOBYTES);
      PeerFrame ack = send(terminal, PeerParts.cut(wrapped(cipher, body), PART), index -> trouble);
      assertThat(ack.flags()).isEqualTo(ENCRYPTED);
      assertThat(cipher.open(ack)).startsWith(0);
      assertThat(LongReports.told(app, terminal.who(), 1)).containsExactly(LongReports.print(body));
    }
  }

  // Verifies the same of trouble at one place alone, for every place.
  @Test
  @Tag("long")
  void takesALongReportWithTroubleAnywhere() {
    try (PeerTerminal terminal = loggedIn()) {
      int messages = 0;
      for (Trouble trouble : Trouble.values()) {
        for (int place = 1; place <= 12; place++) {
          byte[] body = LongReports.body(10);
          int where = place;
          PeerFrame ack = send(
              terminal,
              PeerParts.cut(body, PART),
              index -> index == where ? trouble : Trouble.NONE);
          assertThat(ack.result()).isZero();
          List<String> all = LongReports.told(app, terminal.who(), ++messages);
          assertThat(all).hasSize(messages).endsWith(LongReports.print(body));
        }
      }
    }
  }

  private static byte[] wrapped(PeerCipher cipher, byte[] body) {
    PeerFrame whole = new PeerFrame(cipher.encrypted(CONFIG_TRAP, 1, body));
    return whole.body();
  }

  /** Sends a message part by part; gives the last answer. What is repeated after silence has a new sequence. */
  private static PeerFrame send(
      PeerTerminal terminal,
      List<byte[]> pieces,
      java.util.function.IntFunction<Trouble> troubles) {
    PeerParts parts = new PeerParts(terminal);
    int sequence = terminal.nextSequence();
    int total = pieces.size();
    for (int index = 1; ; index++) {
      Trouble trouble = troubles.apply(index);
      boolean twice = trouble == Trouble.PARTS_TWICE
          || index > 1 && troubles.apply(index - 1) == Trouble.ACKS_TWICE;
      if (trouble == Trouble.PARTS_LOST) {
        sequence = terminal.nextSequence();
      }
      byte[] frame = parts.frame(CONFIG_TRAP, sequence, total, index, DATA, pieces.get(index - 1));
      terminal.link().write(frame);
      PeerFrame answer = expect(terminal, frame, index == total);
      if (trouble == Trouble.ACKS_LOST) {
        sequence = terminal.nextSequence();
        frame = parts.frame(CONFIG_TRAP, sequence, total, index, DATA, pieces.get(index - 1));
        terminal.link().write(frame);
        answer = expect(terminal, frame, index == total);
      }
      if (twice) {
        terminal.link().write(frame);
        PeerFrame again = expect(terminal, frame, index == total);
        assertThat(again.body()).isEqualTo(answer.body());
      }
      if (index == total) {
        return answer;
      }
      assertThat(Word.of(answer.body()).says(SEND, index + 1)).isTrue();
    }
  }

  private static PeerFrame expect(PeerTerminal terminal, byte[] frame, boolean last) {
    PeerFrame answer = terminal.link().read();
    assertThat(answer.sequence()).isEqualTo(new PeerFrame(frame).sequence());
    assertThat(answer.command()).isEqualTo(0x8007);
    return last ? answer : new PeerParts(terminal).verified(answer, 0x30);
  }

  // Verifies that after kill -9 in the middle the message is aborted, comes again and makes one
  // event, and that a copy of a last part that was acknowledged before the kill gets that answer.
  @Test
  void survivesAKillInTheMiddle() {
    try (PeerTerminal terminal = loggedIn()) {
      PeerParts parts = new PeerParts(terminal);
      byte[] body = LongReports.body(10);
      List<byte[]> pieces = PeerParts.cut(body, PART);
      int sequence = terminal.nextSequence();
      parts.begin(CONFIG_TRAP, sequence, pieces, 5);

      gateway.kill().restart();
      terminal.reconnect();

      Word word =
          parts.exchange(parts.frame(CONFIG_TRAP, sequence, pieces.size(), 6, DATA, pieces.get(5)));
      assertThat(word.says(ABORT_BY_RECEIVER, 6)).as("%s", word).isTrue();
      byte[] last = parts.send(CONFIG_TRAP, terminal.nextSequence(), pieces);
      assertThat(terminal.expectAck(last).result()).isZero();

      gateway.kill().restart();
      terminal.reconnect();

      assertThat(terminal.exchange(last).result()).isZero();
      assertThat(terminal.trap(new byte[0]).result()).isZero();
      assertThat(LongReports.told(app, terminal.who(), 1)).containsExactly(LongReports.print(body));
    }
  }

  // Verifies that a message goes on over another connection.
  @Test
  void goesOnAfterAReconnect() {
    try (PeerTerminal terminal = loggedIn()) {
      PeerParts parts = new PeerParts(terminal);
      byte[] body = LongReports.body(10);
      List<byte[]> pieces = PeerParts.cut(body, PART);
      int sequence = terminal.nextSequence();
      parts.begin(CONFIG_TRAP, sequence, pieces, 5);

      terminal.reconnect();

      for (int index = 6; index < pieces.size(); index++) {
        Word word = parts.exchange(
            parts.frame(CONFIG_TRAP, sequence, pieces.size(), index, DATA, pieces.get(index - 1)));
        assertThat(word.says(SEND, index + 1)).isTrue();
      }
      terminal.reconnect();
      byte[] last = parts.last(CONFIG_TRAP, terminal.nextSequence(), pieces);
      assertThat(terminal.exchange(last).result()).isZero();
      terminal.reconnect();
      byte[] again = parts.last(CONFIG_TRAP, terminal.nextSequence(), pieces);
      assertThat(terminal.exchange(again).result()).isZero();
      assertThat(LongReports.told(app, terminal.who(), 1)).containsExactly(LongReports.print(body));
    }
  }

  // Verifies that a new session drops what is open.
  @Test
  void dropsWhatIsOpenAtALogin() {
    try (PeerTerminal terminal = loggedIn()) {
      PeerParts parts = new PeerParts(terminal);
      List<byte[]> pieces = PeerParts.cut(LongReports.body(4), PART);
      parts.begin(CONFIG_TRAP, terminal.nextSequence(), pieces, 2);
      terminal.login();
      awaitMemory(0);
      Word word = parts.exchange(
          parts.frame(CONFIG_TRAP, terminal.nextSequence(), pieces.size(), 3, DATA, pieces.get(2)));
      assertThat(word.says(ABORT_BY_RECEIVER, 3)).isTrue();
    }
  }
}
