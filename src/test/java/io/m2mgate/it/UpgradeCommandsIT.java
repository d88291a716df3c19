package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerDownload.ABORTED;
import static io.m2mgate.peer.PeerDownload.FINISHED;
import static io.m2mgate.peer.PeerDownload.OK;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.CommandDesk;
import io.m2mgate.peer.CommandDesk.Delivery;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerDownload;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The command of an upgrade from its announcement to its end, and what the terminal's download makes of it (5.3.8). */
class UpgradeCommandsIT {
  private static final String APP = "EC01";
  private static final String QUICK = "quick";
  private static final byte[] NONE = {};
  private static final int BLOCK = 800;
  private static final Duration REPEAT = Duration.ofMillis(2_500);

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;
  private static CommandDesk desk;
  private static long transactions = 7;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("upgrades.errorSeconds=4", "upgrades.noteSeconds=1");
    admin = gateway.api();
    app = admin.createApplication(APP);
    desk = new CommandDesk(gateway, APP);
    admin.createProfile(
        QUICK,
        profile -> profile
            .putObject("exchange")
            .put("timeoutSeconds", 1)
            .put("udpTimeoutSeconds", 1)
            .put("sends", 3)
            .put("gapMillis", 300));
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static PeerTerminal online() {
    return gateway.terminal(admin.createTerminal(Identity.fresh(), APP, QUICK)).login();
  }

  private static PeerDownload file(int size) {
    return new PeerDownload(size, transactions++).store(gateway);
  }

  private static String announce(PeerTerminal terminal, PeerDownload file) {
    String id = desk.ask(terminal.who(), "upgrade", file.command(), Delivery.USUAL.first());
    PeerCommands.expect(terminal, PeerDownload.DOWNLOAD_INFO, file.announcement());
    return id;
  }

  private static void awaitPhase(String id, String phase) {
    Await.until(
        phase, Await.PATIENCE, () -> desk.of(id).resultText().contains("\"" + phase + "\""));
  }

  private static void fetchAll(PeerTerminal terminal, PeerDownload file) {
    for (int at = 0; at < file.size(); at += BLOCK) {
      file.fetch(terminal, at, BLOCK);
    }
    PeerDownload.expectNothing(terminal, file.word(FINISHED), OK);
  }

  private static byte[] alarm(int code) {
    return bytes()
        .tlv(0x300B, (byte) 1)
        .tlv(0x300C, (byte) 3)
        .tlv(0x300D, bytes().u16(code).toArray())
        .toArray();
  }

  private static void again(PeerTerminal terminal) {
    gateway.kill().restart();
    admin = gateway.api();
    app = admin.as(app.key());
    terminal.reconnect();
  }

  // Verifies that a file comes whole, byte for byte, through broken connections at every boundary
  // of
  // blocks and through kills of the
  // gateway, each of which costs one request at most, and that the terminal is told of it once
  // though it never said that it heard.
  @Test
  void throughInterruptions() {
    throughInterruptions(60, 2);
  }

  // Verifies the same of a longer file and more kills.
  @Test
  @Tag("long")
  void throughManyInterruptions() {
    throughInterruptions(200, 8);
  }

  private static void throughInterruptions(int blocks, int kills) {
    try (PeerTerminal terminal = online()) {
      PeerDownload file = file(blocks * BLOCK - 123);
      String id = announce(terminal, file);
      Set<Integer> killed = new HashSet<>();
      new Random(5).ints(5, blocks - 5).distinct().limit(kills).forEach(killed::add);
      for (int block = 0; block < blocks; block++) {
        file.fetch(terminal, (long) block * BLOCK, BLOCK);
        if (killed.contains(block)) {
          desk.await(id, "acked");
          again(terminal);
        } else {
          terminal.reconnect();
        }
      }
      PeerDownload.expectNothing(terminal, file.word(FINISHED), OK);
      awaitPhase(id, "downloaded");
      assertThat(desk.of(id).attempts()).isEqualTo(1);
      terminal.runningVersion("2.00").login();
      JsonNode result = desk.await(id, "succeeded").result();
      assertThat(result.path("phase").asText()).isEqualTo("succeeded");
      assertThat(result.path("seenVersion").asText()).isEqualTo("2.00");
      assertThat(result.path("offset").asLong()).isEqualTo(file.size());
      assertThat(phases(terminal, id))
          .containsSubsequence("sent", "downloading", "downloaded", "succeeded")
          .doesNotHaveDuplicates();
    }
  }

  private static List<String> phases(PeerTerminal terminal, String id) {
    return app.events(4, "m2m.upgrade.updated", terminal.who().serial()).stream()
        .filter(event -> event.path("data").path("command").asText().equals(id))
        .map(event -> event.path("data").path("state").asText())
        .toList();
  }

  // Verifies that a request for a block ends the repeats of the announcement, also when all of them
  // stayed unanswered and it waits for
  // the terminal's next sign.
  @Test
  void askingIsAsGoodAsAnAck() {
    try (PeerTerminal terminal = online()) {
      PeerDownload file = file(10 * BLOCK);
      String id = announce(terminal, file);
      for (int send = 1; send < 3; send++) {
        assertThat(terminal.link().read(REPEAT)).as("a repeat").isPresent();
      }
      desk.await(id, "queued");
      file.fetch(terminal, 0, BLOCK);
      desk.await(id, "acked");
      assertThat(terminal.link().read(REPEAT)).as("another announcement").isEmpty();
      terminal.login();
      assertThat(terminal.link().read(REPEAT)).as("after a LOGIN").isEmpty();
      assertThat(desk.of(id).result().path("phase").asText()).isEqualTo("downloading");
    }
  }

  // Verifies that a LOGIN with the old version after the download is told, and that the new one
  // ends
  // it.
  @Test
  void installs() {
    try (PeerTerminal terminal = online()) {
      PeerDownload file = file(3 * BLOCK);
      String id = announce(terminal, file);
      fetchAll(terminal, file);
      awaitPhase(id, "downloaded");
      terminal.login();
      awaitPhase(id, "installing");
      assertThat(desk.of(id).result().path("seenVersion").asText()).isEqualTo("1.01");
      terminal.runningVersion("2.00").login();
      desk.await(id, "succeeded");
    }
  }

  // Verifies that a version which looks like the old one counts only after the download, for stacks
  // that send four characters.
  @Test
  void versionsThatLookAlike() {
    try (PeerTerminal terminal = online()) {
      PeerDownload file = file(3 * BLOCK).versions("1.01", "1.01.08");
      String id = announce(terminal, file);
      file.fetch(terminal, 0, BLOCK);
      desk.await(id, "acked");
      terminal.login();
      fetchAll(terminal, file);
      awaitPhase(id, "downloaded");
      assertThat(desk.of(id).state()).isEqualTo("acked");
      terminal.login();
      desk.await(id, "succeeded");
    }
  }

  // Verifies the ways in which a terminal says that it failed, and that a download goes on after an
  // error unless nothing more is asked.
  @Test
  void failures() {
    try (PeerTerminal terminal = online()) {
      PeerDownload given = file(3 * BLOCK);
      String refused = desk.ask(terminal.who(), "upgrade", given.command(), Delivery.USUAL.first());
      PeerFrame told = terminal.readVerified();
      PeerCommands.ack(terminal, told, 4);
      desk.await(refused, "rejected");

      PeerDownload gone = file(3 * BLOCK);
      String aborted = announce(terminal, gone);
      gone.fetch(terminal, 0, BLOCK);
      PeerDownload.expectNothing(terminal, gone.word(ABORTED), OK);
      assertThat(desk.await(aborted, "failed").reason()).isEqualTo("aborted");

      PeerDownload broken = file(3 * BLOCK);
      String failed = announce(terminal, broken);
      broken.fetch(terminal, 0, BLOCK);
      desk.await(failed, "acked");
      terminal.trap(alarm(0x1B));
      assertThat(desk.await(failed, "failed").result().path("cause").asText())
          .contains("updateFailed");

      PeerDownload troubled = file(3 * BLOCK);
      String error = announce(terminal, troubled);
      troubled.fetch(terminal, 0, BLOCK);
      desk.await(error, "acked");
      terminal.trap(alarm(0x0A));
      Await.until(
          "the cause", Await.PATIENCE, () -> desk.of(error).resultText().contains("updateError"));
      troubled.fetch(terminal, BLOCK, BLOCK);
      Await.until(
          "a note that it goes on",
          Await.PATIENCE,
          () -> desk.of(error).result().path("errorAt").isNull());
      terminal.trap(alarm(0x0A));
      desk.await(error, "failed");
    }
  }

  // Verifies that what a terminal reports of its version ends an upgrade, and that while it
  // downloads
  // only what has priority goes out.
  @Test
  void reportedVersionAndPriority() {
    try (PeerTerminal terminal = online()) {
      PeerDownload file = file(3 * BLOCK);
      String id = announce(terminal, file);
      file.fetch(terminal, 0, BLOCK);
      desk.ask(terminal.who(), "read", "{\"tags\":[\"0011\"]}");
      String high =
          desk.ask(terminal.who(), "read", "{\"tags\":[\"0002\"]}", Delivery.USUAL.first());
      PeerFrame asked =
          PeerCommands.expect(terminal, PeerCommands.CONFIG_GET, PeerCommands.pairs(0x0002));
      PeerCommands.ack(terminal, asked, bytes().u8(0).tlv(0x0002, "CMNET").toArray());
      desk.await(high, "succeeded");
      file.fetch(terminal, BLOCK, BLOCK);
      assertThat(terminal.trap(bytes().tlv(0x100C, "2.00").toArray()).result()).isZero();
      desk.await(id, "succeeded");
      assertThat(terminal.trap(NONE).result()).isZero();
    }
  }
}
