package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerParts.ABORT_BY_RECEIVER;
import static io.m2mgate.peer.PeerParts.ABORT_BY_SENDER;
import static io.m2mgate.peer.PeerParts.DATA;
import static io.m2mgate.peer.PeerParts.SEND;
import static io.m2mgate.peer.PeerTerminal.CONFIG_REQ;
import static io.m2mgate.peer.PeerTerminal.CONFIG_TRAP;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerParts;
import io.m2mgate.peer.PeerParts.Word;
import io.m2mgate.peer.PeerTerminal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bounds and the ends of messages in parts (wire 6), from outside. */
class SegmentBoundsIT {
  private static final String APP = "BOUNDS";
  private static final int PART = 900;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("segments.maxBytes=100000");
    admin = gateway.api();
    app = admin.createApplication(APP);
    admin.createProfile("no-segments", profile -> profile.put("segments", false));
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
    awaitMemory(admin, bytes);
  }

  private static void awaitMemory(Api platform, int bytes) {
    Await.until(
        "memory of segments: " + bytes,
        PATIENCE,
        () -> platform.metric("m2mgate_segment_bytes") == bytes);
  }

  private static PeerTerminal loggedIn() {
    return loggedIn("wmmp-3");
  }

  private static PeerTerminal loggedIn(String profile) {
    return gateway
        .terminal(admin.createTerminal(Identity.fresh(), APP, profile))
        .login();
  }

  // Verifies that the sender's abort is taken and not answered, and that a gap, a contradiction and
  // too many parts or bytes are answered by the receiver's.
  @Test
  void abortsBothWays() {
    try (PeerTerminal terminal = loggedIn()) {
      PeerParts parts = new PeerParts(terminal);
      List<byte[]> pieces = PeerParts.cut(LongReports.body(4), PART);
      int total = pieces.size();
      int sequence = terminal.nextSequence();
      parts.begin(CONFIG_TRAP, sequence, pieces, 2);
      terminal.expectNoAnswer(
          parts.frame(CONFIG_TRAP, sequence, total, 2, ABORT_BY_SENDER, new byte[0]));
      awaitMemory(0);

      parts.begin(CONFIG_TRAP, terminal.nextSequence(), pieces, 2);
      byte[] gap = parts.frame(CONFIG_TRAP, terminal.nextSequence(), total, 4, DATA, pieces.get(3));
      assertThat(parts.exchange(gap).says(ABORT_BY_RECEIVER, 4)).isTrue();

      parts.begin(CONFIG_TRAP, terminal.nextSequence(), pieces, 2);
      byte[] other = parts.frame(CONFIG_TRAP, terminal.nextSequence(), total, 2, DATA, new byte[3]);
      assertThat(parts.exchange(other).says(ABORT_BY_RECEIVER, 2)).isTrue();

      byte[] many = parts.frame(CONFIG_TRAP, terminal.nextSequence(), 257, 1, DATA, new byte[3]);
      assertThat(parts.exchange(many).says(ABORT_BY_RECEIVER, 1)).isTrue();

      List<byte[]> big = PeerParts.cut(LongReports.body(65), 13_000);
      parts.begin(CONFIG_TRAP, terminal.nextSequence(), big, 5);
      Word beyond = parts.exchange(
          parts.frame(CONFIG_TRAP, terminal.nextSequence(), big.size(), 6, DATA, big.get(5)));
      assertThat(beyond.says(ABORT_BY_RECEIVER, 6)).isTrue();
      assertThat(terminal.trap(new byte[0]).result()).isZero();
      assertThat(LongReports.told(app, terminal.who(), 0)).isEmpty();
    }
  }

  // Verifies that a first part that is no copy starts anew, that an empty last part is one, and
  // that
  // a request of values that nobody desires is told so when it is whole.
  @Test
  void decidesByOperation() {
    try (PeerTerminal terminal = loggedIn()) {
      PeerParts parts = new PeerParts(terminal);
      parts.begin(
          CONFIG_TRAP, terminal.nextSequence(), PeerParts.cut(LongReports.body(4), PART), 2);
      byte[] body = LongReports.body(1);
      int sequence = terminal.nextSequence();
      Word word = parts.exchange(parts.frame(CONFIG_TRAP, sequence, 2, 1, DATA, body));
      assertThat(word.says(SEND, 2)).isTrue();
      byte[] empty = parts.frame(CONFIG_TRAP, sequence, 2, 2, DATA, new byte[0]);
      assertThat(terminal.exchange(empty).result()).isZero();
      assertThat(LongReports.told(app, terminal.who(), 1)).containsExactly(LongReports.print(body));

      byte[] tags = bytes().u16(0x0011).u16(0).u16(0x0012).u16(0).toArray();
      byte[] asked = parts.send(CONFIG_REQ, terminal.nextSequence(), PeerParts.cut(tags, 5));
      assertThat(terminal.expectAck(asked).body()).containsExactly(1, 0, 0x11, 0, 0, 0, 0x12, 0, 0);
      assertThat(parts.exchange(
              parts.frame(CONFIG_REQ, terminal.nextSequence(), 3, 2, SEND, new byte[0])))
          .satisfies(none -> assertThat(none.op()).isEqualTo(ABORT_BY_SENDER));
      assertThat(terminal.logout(0).body()).isEmpty();
    }
  }

  // Verifies that beyond the memory for all messages parts are refused, and taken again once there
  // is
  // room.
  @Test
  void refusesBeyondTheMemoryForAll() {
    try (PeerTerminal first = loggedIn();
        PeerTerminal second = loggedIn()) {
      PeerParts parts = new PeerParts(first);
      List<byte[]> big = PeerParts.cut(LongReports.body(60), 12_000);
      int sequence = first.nextSequence();
      parts.begin(CONFIG_TRAP, sequence, big, 5);
      PeerParts others = new PeerParts(second);
      int refusedAt = 0;
      for (int round = 0; round < 12 && refusedAt == 0; round++) {
        int index = round + 1;
        byte[] part = others.frame(CONFIG_TRAP, 9, 20, index, DATA, new byte[12_000]);
        second.link().write(part);
        PeerFrame answer = second.link().read();
        if (answer.flags() == 0x20) {
          assertThat(answer.result()).isEqualTo(1);
          refusedAt = index;
        }
      }
      assertThat(refusedAt).isPositive();
      assertThat(admin.metric("m2mgate_frames_dropped_total", "reason=\"segment-memory\""))
          .isPositive();
      assertThat(admin.metric("m2mgate_segment_bytes_limit")).isEqualTo(100_000);
      assertThat(first.exchange(parts.last(CONFIG_TRAP, sequence, big)).result())
          .isZero();
      awaitMemory(0);
      byte[] last = others.send(
          CONFIG_TRAP, second.nextSequence(), PeerParts.cut(LongReports.body(60), 12_000));
      assertThat(second.expectAck(last).result()).isZero();
    }
  }

  // Verifies that a profile without segments refuses a part.
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void refusesWhereTheProfileTakesNone(int index) {
    try (PeerTerminal terminal = loggedIn("no-segments")) {
      PeerParts parts = new PeerParts(terminal);
      byte[] part =
          parts.frame(CONFIG_TRAP, terminal.nextSequence(), 2, index, DATA, LongReports.body(1));
      assertThat(terminal.exchange(part).result()).isEqualTo(1);
    }
  }

  // Verifies that a message that does not go on is dropped after its time, with its memory.
  @Test
  void dropsWhatDoesNotGoOn() {
    try (GatewayProcess hasty = GatewayProcess.start("segments.openSeconds=3")) {
      Api platform = hasty.api();
      platform.createApplication(APP);
      PeerTerminal terminal =
          hasty.terminal(platform.createTerminal(Identity.fresh(), APP)).login();
      PeerParts parts = new PeerParts(terminal);
      List<byte[]> pieces = PeerParts.cut(LongReports.body(4), PART);
      int sequence = terminal.nextSequence();
      parts.begin(CONFIG_TRAP, sequence, pieces, 2);
      assertThat(platform.metric("m2mgate_segment_bytes")).isPositive();
      awaitMemory(platform, 0);
      terminal.expectNoAnswer(
          parts.frame(CONFIG_TRAP, sequence, pieces.size(), 3, DATA, pieces.get(2)));
      Word word = parts.exchange(
          parts.frame(CONFIG_TRAP, terminal.nextSequence(), pieces.size(), 3, DATA, pieces.get(2)));
      assertThat(word.says(ABORT_BY_RECEIVER, 3)).isTrue();
      terminal.close();
    }
  }
}
