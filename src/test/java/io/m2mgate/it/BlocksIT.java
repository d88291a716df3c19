package io.m2mgate.it;

import static io.m2mgate.peer.PeerDownload.ABORTED;
import static io.m2mgate.peer.PeerDownload.BAD_OFFSET;
import static io.m2mgate.peer.PeerDownload.BAD_SIZE;
import static io.m2mgate.peer.PeerDownload.CONTINUE;
import static io.m2mgate.peer.PeerDownload.FINISHED;
import static io.m2mgate.peer.PeerDownload.OK;
import static io.m2mgate.peer.PeerDownload.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.CommandDesk;
import io.m2mgate.peer.CommandDesk.Delivery;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerDownload;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerSecrecy;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Blocks of files, as a terminal asks for them: any offset, any size, any order; nothing to whom they are not for (5.3.8). */
class BlocksIT {
  private static final String APP = "EC01";
  private static final String BASE_KEY = "BaseKeyOfTwentyFourChars";
  private static final int SIZE = 150_001;
  private static final String WAITING = "m2mgate_upgrade_waiting";

  private static GatewayProcess gateway;
  private static Api admin;
  private static CommandDesk desk;
  private static long transactions = 7;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("upgrades.cacheBytes=131072", "upgrades.lookSeconds=1");
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

  private static PeerDownload file(int size) {
    return new PeerDownload(size, transactions++).store(gateway);
  }

  /** The terminal is told of the file and has taken that. */
  private static String offer(PeerTerminal terminal, PeerDownload file) {
    String id = desk.ask(terminal.who(), "upgrade", file.command(), Delivery.USUAL.first());
    PeerFrame told = PeerCommands.expect(terminal, PeerDownload.DOWNLOAD_INFO, file.announcement());
    PeerCommands.ack(terminal, told, 1);
    desk.await(id, "acked");
    return id;
  }

  // Verifies that blocks of every size come byte for byte at every kind of offset, over the bounds
  // of pages, in any order, with
  // a memory that holds less than the file; that the last is as long as it is, and what is past it
  // or of no size is refused.
  @Test
  void anyOffsetAndSize() {
    try (PeerTerminal terminal = online()) {
      PeerDownload file = file(SIZE);
      offer(terminal, file);
      for (int size : new int[] {60_000, 8_192, 799, 1}) {
        for (long offset : new long[] {140_000, 65_535, 0, 65_536, 6_001, 131_072, SIZE - 1}) {
          file.fetch(terminal, offset, size);
        }
      }
      PeerDownload.expectNothing(terminal, file.ask(CONTINUE, SIZE, 800), BAD_OFFSET);
      PeerDownload.expectNothing(terminal, file.ask(CONTINUE, 0xFFFFFFFEL, 800), BAD_OFFSET);
      PeerDownload.expectNothing(terminal, file.ask(CONTINUE, 0, 0), BAD_SIZE);
      PeerDownload.expectNothing(terminal, file.ask(CONTINUE, 0, 60_001), BAD_SIZE);
      PeerDownload.expectNothing(terminal, file.word(FINISHED), OK);
    }
  }

  // Verifies that the same request again, byte for byte, gets the same answer again.
  @Test
  void repeats() {
    try (PeerTerminal terminal = online()) {
      PeerDownload file = file(20_000);
      offer(terminal, file);
      byte[] asked = terminal.signed(PeerTerminal.FILE_REQ, file.ask(CONTINUE, 800, 800));
      PeerFrame first = terminal.exchange(asked);
      file.verify(first.body(), 800, 800);
      assertThat(terminal.exchange(asked).bytes()).isEqualTo(first.bytes());
    }
  }

  // Verifies that several requests in one write are all answered, each with its block.
  @Test
  void inOneWrite() {
    try (PeerTerminal terminal = online()) {
      PeerDownload file = file(SIZE);
      offer(terminal, file);
      byte[][] asked = new byte[3][];
      for (int i = 0; i < asked.length; i++) {
        asked[i] = terminal.signed(PeerTerminal.FILE_REQ, file.ask(CONTINUE, i * 8_192L, 8_192));
      }
      terminal.link().write(asked);
      for (int i = 0; i < asked.length; i++) {
        file.verify(terminal.readVerified().body(), i * 8_192L, 8_192);
      }
    }
  }

  // Verifies that another terminal's transaction, an ended one and one that nobody has get the same
  // answer, and nothing of a file.
  @Test
  void givesNothingAway() {
    try (PeerTerminal owner = online();
        PeerTerminal stranger = online()) {
      PeerDownload file = file(20_000);
      String id = offer(owner, file);
      byte[] asked = file.ask(CONTINUE, 0, 800);
      PeerDownload.expectNothing(stranger, asked, UNKNOWN);
      PeerDownload.expectNothing(stranger, PeerDownload.ask(0xFFF0, CONTINUE, 0, 800), UNKNOWN);
      file.fetch(owner, 0, 800);
      PeerDownload.expectNothing(owner, file.word(ABORTED), OK);
      desk.await(id, "failed");
      PeerDownload.expectNothing(owner, asked, UNKNOWN);
    }
  }

  // Verifies that a terminal which asked too early, and was refused, gets its file once it was told
  // of it.
  @Test
  void afterARefusal() {
    try (PeerTerminal terminal = online()) {
      PeerDownload file = file(20_000);
      PeerDownload.expectNothing(terminal, file.ask(CONTINUE, 0, 800), UNKNOWN);
      offer(terminal, file);
      file.fetch(terminal, 0, 800);
    }
  }

  // Verifies that blocks go encrypted in a session with a key, also the longest.
  @Test
  void encrypted() {
    Identity who = Identity.fresh();
    String key = HexFormat.of().formatHex(BASE_KEY.getBytes(StandardCharsets.US_ASCII));
    var body = Api.terminalJson(who, APP, "wmmp-3").put("baseKey", key);
    assertThat(admin.call("POST", "/v1/admin/terminals", body).status()).isEqualTo(201);
    try (PeerTerminal terminal = gateway.terminal(who)) {
      PeerSecrecy secrecy = PeerSecrecy.login(terminal, BASE_KEY);
      PeerDownload file = file(SIZE);
      desk.ask(who, "upgrade", file.command());
      terminal.link().read();
      for (int size : new int[] {60_000, 8_192, 799}) {
        terminal
            .link()
            .write(secrecy.frame(
                PeerTerminal.FILE_REQ, terminal.nextSequence(), file.ask(CONTINUE, 1_000, size)));
        file.verify(secrecy.readBody(terminal.link().read()), 1_000, size);
      }
    }
  }

  // Verifies that a file which is not there, or not whole, is refused, said once, and served once
  // it is whole.
  @Test
  void brokenFile() throws Exception {
    try (PeerTerminal terminal = online()) {
      PeerDownload file = file(20_000);
      byte[] whole = Files.readAllBytes(file.at(gateway));
      offer(terminal, file);
      byte[] asked = file.ask(CONTINUE, 0, 800);
      Files.delete(file.at(gateway));
      PeerDownload.expectNothing(terminal, asked, UNKNOWN);
      Files.write(file.at(gateway), new byte[100]);
      PeerDownload.expectNothing(terminal, asked, UNKNOWN);
      assertThat(gateway.process().output().stream().filter(it -> it.contains(file.name())))
          .as("lines about the file")
          .hasSize(1);
      Files.write(file.at(gateway), whole);
      file.fetch(terminal, 0, 800);
      assertThat(admin.metric(WAITING)).as("requests that still wait").isZero();
    }
  }
}
