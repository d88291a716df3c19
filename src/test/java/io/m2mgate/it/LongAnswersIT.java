package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.CONFIG_SET;
import static io.m2mgate.peer.PeerCommands.executed;
import static io.m2mgate.peer.PeerCommands.pairs;
import static io.m2mgate.peer.PeerParts.ABORT_BY_RECEIVER;
import static io.m2mgate.peer.PeerParts.ABORT_BY_SENDER;
import static io.m2mgate.peer.PeerParts.DATA;
import static io.m2mgate.peer.PeerParts.SEND;
import static io.m2mgate.peer.PeerTerminal.CONFIG_REQ;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.CommandDesk;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCipher;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerParts;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A terminal that asks for its parameters and is answered in parts (5.1.3, 5.3.6, wire 6): every byte of every frame. */
class LongAnswersIT {
  private static final String APP = "ANSWERS";
  private static final String BASE_KEY = "BaseKeyOfTwentyFourChars";
  private static final int ACK = 0x8000;
  private static final int PART = 900;
  private static final int[] TAGS = {0x0029, 0x002A, 0x002B, 0x002C, 0x002D, 0x002E};
  private static final byte[] NOTHING = {};

  /** How many of seven parts were there at a kill. */
  private static final int[] PLACES = {1, 6, 7};

  private static GatewayProcess gateway;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    Api admin = gateway.api();
    app = admin.createApplication(APP);
    admin.createProfile("wide", profile -> profile.put("maxBodyBytes", 65_507));
    admin.createProfile("no-segments", profile -> profile.put("segments", false));
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  // Verifies after each test that the memory was given back.
  @AfterEach
  void givesMemoryBack() {
    Await.until(
        "no memory of segments",
        Await.PATIENCE,
        () -> gateway.api().metric("m2mgate_segment_bytes") == 0);
  }

  private static String value(int tag, int length) {
    return String.valueOf((char) ('a' + (tag & 0xF))).repeat(length);
  }

  /** What is to be answered, each value of so many bytes. */
  private static byte[] answer(int length, int... tags) {
    var body = bytes().u8(0);
    for (int tag : tags) {
      body.tlv(tag, value(tag, length));
    }
    return body.toArray();
  }

  private static Identity desiring(String profile, int length) {
    Identity who = Identity.fresh();
    var terminal = Api.terminalJson(who, APP, profile)
        .put("baseKey", HexFormat.of().formatHex(BASE_KEY.getBytes(StandardCharsets.US_ASCII)));
    assertThat(gateway.api().call("POST", "/v1/admin/terminals", terminal).status())
        .isEqualTo(201);
    ObjectNode values = Api.JSON.createObjectNode();
    for (int tag : TAGS) {
      values.put("%04X".formatted(tag), value(tag, length));
    }
    var answer = app.full(
        "PATCH",
        "/v1/terminals/" + who.serial() + "/parameters",
        values.toString().getBytes(StandardCharsets.UTF_8),
        "If-Match",
        "\"0\"");
    assertThat(answer.answer().status()).as(answer.answer().body()).isEqualTo(202);
    return who;
  }

  /** In session, of a terminal whose parameters are to be so long and which took none of them when it was told to. */
  private static LongTalker online(boolean encrypts, String profile, int length) {
    PeerTerminal terminal = gateway.terminal(desiring(profile, length));
    LongTalker talker = new LongTalker(
        terminal,
        encrypts
            ? Optional.of(new PeerCipher(
                terminal, BASE_KEY, PeerCipher.Kind.TRIPLE_DES, PeerCipher.Digest.MD5))
            : Optional.empty());
    talker.cipher().ifPresentOrElse(PeerCipher::login, terminal::login);
    PeerFrame set = terminal.link().read();
    assertThat(set.command()).isEqualTo(CONFIG_SET);
    talker.answer(set, 1);
    // While a command is open, an execution result may be its own.
    awaitRefused(terminal);
    return talker;
  }

  private static void awaitRefused(PeerTerminal terminal) {
    String path = "/v1/terminals/" + terminal.who().serial() + "/commands";
    Await.until(
        "end of the command",
        Await.PATIENCE,
        () -> app.get(path).json().at("/items/0/state").asText().equals("rejected"));
  }

  private static List<String> pending(PeerTerminal terminal) {
    return app.get("/v1/terminals/" + terminal.who().serial() + "/parameters")
        .json()
        .path("pending")
        .valueStream()
        .map(name -> name.asText())
        .toList();
  }

  /** One answer on its way: what asks for each of its parts, and what these must be. */
  private record Transfer(LongTalker talker, List<byte[]> pieces) {
    static Transfer of(LongTalker talker, byte[] answer) {
      return new Transfer(talker, PeerParts.cut(talker.wrapped(answer), PART));
    }

    PeerTerminal terminal() {
      return talker.terminal();
    }

    int total() {
      return pieces.size();
    }

    /** The request for the first part, and words for the others. */
    byte[] ask(int index, int sequence) {
      if (index > 1) {
        return talker.parts().frame(CONFIG_REQ, sequence, total(), index, SEND, NOTHING);
      }
      byte[] body = pairs(TAGS);
      return talker
          .cipher()
          .map(keys -> keys.encrypted(CONFIG_REQ, sequence, body))
          .orElseGet(() -> terminal().signed(CONFIG_REQ, sequence, body));
    }

    void expect(int index, int sequence) {
      byte[] tlv = PeerParts.tlv(total(), index, DATA, pieces.get(index - 1));
      int flags = talker.cipher().isPresent() ? 0xF0 : 0x30;
      assertThat(HexFormat.of().formatHex(terminal().link().read().bytes()))
          .as("part %d of %d", index, total())
          .isEqualTo(HexFormat.of()
              .formatHex(terminal().ofPlatform(CONFIG_REQ | ACK, sequence, flags, tlv)));
    }

    void expectAbort(int index, int sequence) {
      byte[] tlv = PeerParts.tlv(total(), index, ABORT_BY_SENDER, NOTHING);
      assertThat(terminal().link().read().bytes())
          .isEqualTo(terminal().ofPlatform(CONFIG_REQ | ACK, sequence, 0x30, tlv));
    }

    void take(int index, int sequence) {
      terminal().link().write(ask(index, sequence));
      expect(index, sequence);
    }

    /** All under one sequence, up to this part. */
    int begin(int parts) {
      int sequence = terminal().nextSequence();
      for (int index = 1; index <= parts; index++) {
        take(index, sequence);
      }
      return sequence;
    }

    void takeAll(IntFunction<Trouble> troubles) {
      int sequence = terminal().nextSequence();
      for (int index = 1; index <= total(); index++) {
        sequence = take(index, sequence, troubles.apply(index));
      }
    }

    private int take(int index, int sequence, Trouble trouble) {
      byte[] ask = ask(index, sequence);
      switch (trouble) {
        case NONE -> take(index, sequence);
        case ASKS_LOST -> {
          int next = terminal().nextSequence();
          take(index, next);
          return next;
        }
        case PARTS_LOST -> {
          take(index, sequence);
          int next = terminal().nextSequence();
          take(index, next);
          return next;
        }
        case PARTS_LOST_FOR_THE_SAME_BYTES -> {
          take(index, sequence);
          take(index, sequence);
        }
        case ASKS_TWICE -> {
          terminal().link().write(ask, ask);
          expect(index, sequence);
          if (index > 1) {
            expect(index, sequence);
          } // else: copies of a request that overlap join it (ground rule 4)
        }
        case ASKS_TWICE_AND_LATE -> {
          take(index, sequence);
          if (index > 2) {
            // Of the part before: it says nothing new.
            terminal().link().write(ask(index - 1, sequence));
          }
        }
      }
      return sequence;
    }
  }

  /** What goes wrong, at every place of one answer. */
  private enum Trouble {
    NONE,
    ASKS_LOST,
    PARTS_LOST,
    PARTS_LOST_FOR_THE_SAME_BYTES,
    ASKS_TWICE,
    ASKS_TWICE_AND_LATE
  }

  // Verifies that an answer of 60 KB reaches the terminal as it must be, byte for byte, whatever is
  // lost or comes twice at each part and each word that asks for one, in clear and encrypted; and
  // that the terminal's word that it took it is the end.
  @ParameterizedTest
  @EnumSource(Trouble.class)
  void answersAtLength(Trouble trouble) {
    for (boolean encrypts : new boolean[] {false, true}) {
      try (LongTalker talker = online(encrypts, "wide", 10_000)) {
        Transfer transfer = Transfer.of(talker, answer(10_000, TAGS));
        assertThat(transfer.total()).isEqualTo(67);
        transfer.takeAll(index -> trouble);
        assertThat(pending(talker.terminal())).hasSize(TAGS.length);
        talker.trap(executed(0, 4711));
        assertThat(pending(talker.terminal())).isEmpty();
      }
    }
  }

  // Verifies the same of trouble at one place alone, for every place.
  @ParameterizedTest
  @EnumSource(Trouble.class)
  void answersWithTroubleAnywhere(Trouble trouble) {
    try (LongTalker talker = online(false, "wide", 10_000)) {
      Transfer transfer = Transfer.of(talker, answer(10_000, TAGS));
      for (int place = 1; place <= transfer.total(); place++) {
        int where = place;
        transfer.takeAll(index -> index == where ? trouble : Trouble.NONE);
      }
      talker.trap(NOTHING);
    }
  }

  // Verifies that a gateway that was killed between two parts says that it has none to give, and
  // answers the request when it comes again.
  @Test
  void answersAnewAfterAKill() {
    List<Transfer> transfers = new ArrayList<>();
    List<Integer> sequences = new ArrayList<>();
    for (boolean encrypts : new boolean[] {false, true}) {
      for (int done : PLACES) {
        LongTalker talker = online(encrypts, "wide", 1_000);
        Transfer transfer = Transfer.of(talker, answer(1_000, TAGS));
        transfers.add(transfer);
        sequences.add(transfer.begin(done));
      }
    }
    gateway.kill().restart();
    for (int i = 0; i < transfers.size(); i++) {
      Transfer transfer = transfers.get(i);
      try (PeerTerminal terminal = transfer.terminal().reconnect()) {
        int done = PLACES[i % PLACES.length];
        int next = Math.min(done + 1, transfer.total());
        int repeat = done == 1 ? sequences.get(i) : terminal.nextSequence();
        terminal.link().write(transfer.ask(next, repeat));
        transfer.expectAbort(next, repeat);
        transfer.takeAll(index -> Trouble.NONE);
        transfer.talker().trap(NOTHING);
      }
    }
  }

  // Verifies that nothing is asked of the terminal before it has asked for the last part, and that
  // a word of it that gives the answer up, a new session or a contradiction is the answer's end.
  @Test
  void endsWithTheTerminal() {
    try (LongTalker talker = online(false, "wide", 1_000)) {
      PeerTerminal terminal = talker.terminal();
      Transfer transfer = Transfer.of(talker, answer(1_000, TAGS));
      int sequence = transfer.begin(2);
      new CommandDesk(gateway, APP).ask(terminal.who(), "read", "{\"tags\":[\"0011\"]}");
      terminal.link().expectSilence();
      for (int index = 3; index <= transfer.total(); index++) {
        transfer.take(index, sequence);
      }
      long last = System.nanoTime();
      PeerFrame get = terminal.readVerified();
      assertThat(Duration.ofNanos(System.nanoTime() - last)).isGreaterThan(Duration.ofMillis(290));
      assertThat(get.body()).isEqualTo(pairs(0x0011));
      talker.answer(get, 1);

      sequence = transfer.begin(3);
      terminal.expectNoAnswer(talker
          .parts()
          .frame(CONFIG_REQ, sequence, transfer.total(), 3, ABORT_BY_RECEIVER, NOTHING));
      givesMemoryBack();
      int after = terminal.nextSequence();
      terminal.link().write(transfer.ask(4, after));
      transfer.expectAbort(4, after);

      sequence = transfer.begin(3);
      terminal.link().write(transfer.ask(5, sequence));
      byte[] abort = PeerParts.tlv(transfer.total(), 3, ABORT_BY_SENDER, NOTHING);
      assertThat(terminal.link().read().bytes())
          .isEqualTo(terminal.ofPlatform(CONFIG_REQ | ACK, sequence, 0x30, abort));
    }
  }

  // Verifies that an answer that goes in no form is the refusal, and that one which one frame has
  // room for leaves in one where the terminal takes no parts.
  @ParameterizedTest
  @CsvSource({"wmmp-3,2000,1", "no-segments,500,1", "no-segments,400,0"})
  void answersInOneFrameOrRefuses(String profile, int length, int result) {
    Identity who = desiring("wide", length);
    var change = Api.JSON.createObjectNode().put("profile", profile);
    assertThat(gateway
            .api()
            .call("PATCH", "/v1/admin/terminals/" + who.serial(), change)
            .status())
        .isEqualTo(200);
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      if (result == 0) {
        PeerCommands.ack(terminal, terminal.readVerified(), 1);
      }
      int sequence = terminal.nextSequence();
      terminal.link().write(terminal.signed(CONFIG_REQ, sequence, pairs(TAGS)));
      byte[] body = result == 0 ? answer(length, TAGS) : new byte[] {(byte) result};
      assertThat(terminal.link().read().bytes())
          .isEqualTo(terminal.ofPlatform(CONFIG_REQ | ACK, sequence, 0x20, body));
    }
  }

  // Verifies that parts are no longer than the terminal says (vendor TLV 8002).
  @Test
  void keepsToTheTerminalsOwnLimit() {
    try (LongTalker talker = online(false, "wide", 1_000)) {
      talker.trap(bytes()
          .tlv(0x0025, (byte) 0x80, (byte) 2)
          .tlv(0x8002, (byte) 1, (byte) 0)
          .toArray());
      new Transfer(talker, PeerParts.cut(answer(1_000, TAGS), 256)).takeAll(index -> Trouble.NONE);
      talker.trap(NOTHING);
    }
  }
}
