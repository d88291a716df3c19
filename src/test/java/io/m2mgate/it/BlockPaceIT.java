package io.m2mgate.it;

import static io.m2mgate.peer.PeerDownload.CONTINUE;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.CommandDesk;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerDownload;
import io.m2mgate.peer.PeerTerminal;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Limits of how fast blocks go, and of how many may wait. */
class BlockPaceIT {
  private static final String APP = "EC01";
  private static final int BLOCK = 8_192;
  private static final int PER_SECOND = 40_000;
  private static final int ALL_PER_SECOND = 50_000;

  private static GatewayProcess gateway;
  private static Api admin;
  private static CommandDesk desk;
  private static long transactions = 7;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start(
        "upgrades.terminalBytesPerSecond=" + PER_SECOND,
        "upgrades.bytesPerSecond=" + ALL_PER_SECOND,
        "upgrades.waitingPerTerminal=3");
    admin = gateway.api();
    admin.createApplication(APP);
    desk = new CommandDesk(gateway, APP);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static PeerTerminal online() {
    return gateway.terminal(admin.createTerminal(Identity.fresh(), APP)).login();
  }

  private static PeerDownload offered(PeerTerminal terminal) {
    PeerDownload file = new PeerDownload(200_000, transactions++).store(gateway);
    desk.ask(terminal.who(), "upgrade", file.command());
    PeerCommands.expect(terminal, PeerDownload.DOWNLOAD_INFO, file.announcement());
    file.fetch(terminal, 0, 1);
    return file;
  }

  // Verifies that one terminal's blocks go no faster than it may have them, whole and in order,
  // while
  // another one is served at once.
  @Test
  void oneTerminal() {
    try (PeerTerminal slow = online();
        PeerTerminal other = online()) {
      PeerDownload file = offered(slow);
      PeerDownload others = offered(other);
      long began = System.nanoTime();
      for (int block = 0; block < 7; block++) {
        file.fetch(slow, (long) block * BLOCK, BLOCK);
      }
      long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
      assertThat(millis).isGreaterThan((6 * BLOCK - PER_SECOND / 10) * 1000L / PER_SECOND - 50);
      others.fetch(other, 0, BLOCK);
    }
  }

  // Verifies that all together go no faster than they may, and that terminals take turns: one that
  // came
  // later does not wait until
  // the other has everything.
  @Test
  void allTogether() {
    try (PeerTerminal first = online();
        PeerTerminal second = online()) {
      PeerDownload one = offered(first);
      PeerDownload other = offered(second);
      long began = System.nanoTime();
      first.link().write(blocks(first, one, 3));
      second.link().write(blocks(second, other, 3));
      other.verify(second.readVerified().body(), 0, BLOCK);
      long turn = System.nanoTime() - began;
      for (int block = 0; block < 3; block++) {
        one.verify(first.readVerified().body(), (long) block * BLOCK, BLOCK);
      }
      for (int block = 1; block < 3; block++) {
        other.verify(second.readVerified().body(), (long) block * BLOCK, BLOCK);
      }
      long all = System.nanoTime() - began;
      long least = (5L * BLOCK - ALL_PER_SECOND / 10) * 1_000_000_000L / ALL_PER_SECOND;
      assertThat(all).isGreaterThan(least - 50_000_000);
      assertThat(turn).isLessThan(all / 4 * 3);
    }
  }

  private static byte[][] blocks(PeerTerminal terminal, PeerDownload file, int count) {
    byte[][] asked = new byte[count][];
    for (int i = 0; i < count; i++) {
      asked[i] =
          terminal.signed(PeerTerminal.FILE_REQ, file.ask(CONTINUE, (long) i * BLOCK, BLOCK));
    }
    return asked;
  }

  // Verifies that only so many of a terminal's requests wait, that the others get no answer, and
  // that
  // their copies are new requests.
  @Test
  void tooMany() {
    try (PeerTerminal terminal = online()) {
      PeerDownload file = offered(terminal);
      double before = admin.metric("m2mgate_frames_dropped_total", "reason=\"file-waiting\"");
      byte[][] asked = blocks(terminal, file, 6);
      terminal.link().write(asked);
      for (int i = 0; i < 4; i++) {
        file.verify(terminal.readVerified().body(), (long) i * BLOCK, BLOCK);
      }
      terminal.link().expectSilence();
      assertThat(admin.metric("m2mgate_frames_dropped_total", "reason=\"file-waiting\""))
          .isEqualTo(before + 2);
      file.verify(terminal.exchange(asked[5]).body(), 5L * BLOCK, BLOCK);
    }
  }
}
