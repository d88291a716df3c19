package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.CONFIG_GET;
import static io.m2mgate.peer.PeerCommands.CONFIG_SET;
import static io.m2mgate.peer.PeerCommands.executed;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.pairs;
import static io.m2mgate.peer.PeerParts.ABORT_BY_RECEIVER;
import static io.m2mgate.peer.PeerParts.DATA;
import static io.m2mgate.peer.PeerParts.SEND;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.CommandDesk;
import io.m2mgate.peer.CommandDesk.Standing;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCipher;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerParts;
import io.m2mgate.peer.PeerParts.Word;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.TraceTap;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Wire 6 from outside: commands whose request or whose answer travels in parts. */
class LongCommandsIT {
  private static final String APP = "LONG";
  private static final String BASE_KEY = "BaseKeyOfTwentyFourChars";
  private static final int ACK = 0x8000;
  private static final int PART = 900;
  private static final int KILOBYTES = 59;
  private static final int ENCRYPTED = 0xF0;
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;
  private static CommandDesk desk;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    admin = gateway.api();
    app = admin.createApplication(APP);
    desk = new CommandDesk(gateway, APP);
    admin.createProfile("brisk", LongCommandsIT::brisk);
    admin.createProfile("trapless", profile -> {
      brisk(profile);
      profile.put("loginTrap", "none");
    });
  }

  private static void brisk(ObjectNode profile) {
    ((ObjectNode) profile.path("exchange")).put("timeoutSeconds", 1);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  // Verifies after each test that the memory was given back.
  @AfterEach
  void givesMemoryBack() {
    Await.until(
        "no memory of segments", Await.PATIENCE, () -> admin.metric("m2mgate_segment_bytes") == 0);
  }

  private static LongTalker online(boolean encrypts) {
    Identity who = Identity.fresh();
    var body = Api.terminalJson(who, APP, "brisk")
        .put("baseKey", HexFormat.of().formatHex(BASE_KEY.getBytes(StandardCharsets.US_ASCII)));
    var answer = admin.call("POST", "/v1/admin/terminals", body);
    assertThat(answer.status()).as("create terminal: %s", answer.body()).isEqualTo(201);
    PeerTerminal terminal = gateway.terminal(who);
    if (!encrypts) {
      return new LongTalker(terminal.login(), Optional.empty());
    }
    PeerCipher cipher =
        new PeerCipher(terminal, BASE_KEY, PeerCipher.Kind.TRIPLE_DES, PeerCipher.Digest.MD5);
    return new LongTalker(terminal, Optional.of(cipher.login()));
  }

  private static String ask(LongTalker talker, String type, String body) {
    return desk.ask(talker.terminal().who(), type, body);
  }

  private static String tags(int count) {
    StringBuilder tags = new StringBuilder();
    for (int i = 0; i < count; i++) {
      tags.append(i == 0 ? "" : ",").append("\"%04X\"".formatted(0x8F00 + i));
    }
    return "{\"tags\":[" + tags + "]}";
  }

  /** What a result tells of TLVs of 1020 bytes. */
  private static String told(JsonNode result) {
    StringBuilder all = new StringBuilder();
    result
        .path("raw")
        .properties()
        .forEach(value ->
            all.append(value.getKey()).append("03FC").append(value.getValue().asText()));
    return LongReports.print(HEX.parseHex(all));
  }

  // Verifies that an answer of 60 KB reaches who asked once and whole, in clear and encrypted,
  // though
  // parts are lost and come twice and the word that asks for one is lost.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsALongAnswer(boolean encrypts) {
    try (LongTalker talker = online(encrypts)) {
      String id = ask(talker, "read", tags(KILOBYTES));
      PeerFrame asked = talker.terminal().link().read();
      assertThat(asked.command()).isEqualTo(CONFIG_GET);
      assertThat(talker.read(asked)).startsWith((byte) 0x8F, (byte) 0, (byte) 0, (byte) 0);
      byte[] values = LongReports.body(KILOBYTES);
      byte[] answer = bytes().u8(0).raw(values).toArray();
      List<byte[]> pieces = PeerParts.cut(talker.wrapped(answer), PART);
      int total = pieces.size();
      for (int index = 1; index < total; index++) {
        byte[] part = talker.part(asked, pieces, index);
        talker.terminal().link().write(part);
        PeerFrame word = talker.word(asked);
        assertThat(Word.of(word.body()).says(SEND, index + 1))
            .as("after %d", index)
            .isTrue();
        if (Set.of(1, total / 2, total - 1).contains(index)) {
          // The word or the next part was lost: the same bytes come again.
          assertThat(talker.word(asked).bytes()).isEqualTo(word.bytes());
          talker.terminal().link().write(part);
          assertThat(talker.word(asked).bytes()).isEqualTo(word.bytes());
        }
      }
      assertThat(desk.of(id).state()).isEqualTo("sent");
      byte[] last = talker.part(asked, pieces, total);
      talker.terminal().link().write(last, last);
      Standing done = desk.await(id, "succeeded");
      assertThat(told(done.result())).isEqualTo(LongReports.print(values));
      assertThat(done.attempts()).isEqualTo(4);
      talker.terminal().link().expectSilence();
      assertThat(desk.told(app, talker.terminal().who(), id, 2))
          .containsExactly("sent", "succeeded");
    }
  }

  private static final String LONG_PARAMETERS = "{\"parameters\":{\"0029\":\"%s\",\"002A\":\"%s\"}}"
      .formatted("a".repeat(2000), "b".repeat(2000));

  private static byte[] longParameters() {
    return bytes().tlv(0x0029, "a".repeat(2000)).tlv(0x002A, "b".repeat(2000)).toArray();
  }

  // Verifies that a CONFIG_SET of several parts leaves one by one as they are asked for, one that
  // is
  // not asked for again under a new sequence; and that an execution result finds it under the
  // sequence of its first part as under that of its last, in clear and encrypted.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void configuresInParts(boolean encrypts) {
    for (boolean firstSequence : List.of(true, false)) {
      try (LongTalker talker = online(encrypts)) {
        String id = ask(talker, "configure", LONG_PARAMETERS);
        byte[] parameters = longParameters();
        byte[] body = bytes().raw(parameters).tlv(0x4009, (byte) 0).toArray();
        ByteArrayOutputStream taken = new ByteArrayOutputStream();
        PeerFrame first = part(talker, encrypts, 1);
        assertThat(desk.of(id).state()).as("when the first part is out").isEqualTo("sent");
        PeerFrame last = first;
        for (Word word = Word.of(first.body()); ; word = Word.of(last.body())) {
          taken.writeBytes(word.data());
          if (word.index() == word.total()) {
            break;
          }
          int next = word.index() + 1;
          say(talker, last, SEND, next);
          last = part(talker, encrypts, next);
          if (next == 3) {
            PeerFrame again = part(talker, encrypts, next);
            assertThat(again.body()).isEqualTo(last.body());
            assertThat(again.sequence()).isEqualTo(last.sequence() + 1);
            last = again;
          }
        }
        assertThat(last.sequence()).isEqualTo(first.sequence() + 1);
        assertThat(talker.opened(taken.toByteArray(), body.length)).isEqualTo(body);
        talker.answer(last, 0);
        assertThat(desk.await(id, "acked").attempts()).isEqualTo(2);
        talker.trap(executed(0, (firstSequence ? first : last).sequence(), parameters));
        assertThat(desk.await(id, "succeeded").result().path("crcOk").asBoolean())
            .isTrue();
        assertThat(desk.told(app, talker.terminal().who(), id, 3))
            .containsExactly("sent", "acked", "succeeded");
      }
    }
  }

  private static PeerFrame part(LongTalker talker, boolean encrypted, int index) {
    PeerFrame part = talker
        .parts()
        .verified(talker.terminal().link().read(), encrypted ? ENCRYPTED : LongTalker.IN_CLEAR);
    assertThat(part.command()).isEqualTo(CONFIG_SET);
    Word word = Word.of(part.body());
    assertThat(word.op()).isEqualTo(DATA);
    assertThat(word.index()).isEqualTo(index);
    return part;
  }

  private static void say(LongTalker talker, PeerFrame about, int op, int index) {
    int total = Word.of(about.body()).total();
    talker
        .terminal()
        .link()
        .write(talker
            .parts()
            .frame(about.command() | ACK, about.sequence(), total, index, op, new byte[0]));
  }

  // Verifies that a terminal that aborts is sent the whole request again, from its first part and
  // under a new sequence, once it was heard again.
  @Test
  void beginsAgainAfterAnAbort() {
    try (LongTalker talker = online(false)) {
      String id = ask(talker, "configure", LONG_PARAMETERS);
      PeerFrame first = part(talker, false, 1);
      say(talker, first, SEND, 2);
      say(talker, part(talker, false, 2), ABORT_BY_RECEIVER, 2);
      desk.await(id, "queued");
      talker.trap(new byte[0]);
      PeerFrame again = part(talker, false, 1);
      assertThat(again.sequence()).isNotEqualTo(first.sequence());
      assertThat(again.body()).isEqualTo(first.body());
      talker.answer(again, 1);
      desk.await(id, "rejected");
    }
  }

  // Verifies that what is too long for the terminal in any form fails, with the setting that says
  // so
  // as its reason, and never leaves.
  @Test
  void sendsNothingThatIsTooLong() {
    try (LongTalker talker = online(false)) {
      String id = ask(
          talker, "configure", "{\"parameters\":{\"0029\":\"%s\"}}".formatted("a".repeat(11_000)));
      Standing failed = desk.await(id, "failed");
      assertThat(failed.reason()).contains("CONFIG_SET", "maxBodyBytes", "brisk");
      assertThat(failed.attempts()).isZero();
      assertThat(desk.told(app, talker.terminal().who(), id, 1)).containsExactly("failed");
      talker.terminal().link().expectSilence();
    }
  }

  // Verifies that the end of a command that waits does not disturb an answer that comes in parts.
  @Test
  void goesOnWhenAnotherCommandEnds() {
    try (LongTalker talker = online(false)) {
      String id = ask(talker, "read", tags(3));
      PeerFrame asked = talker.terminal().link().read();
      String waiting = ask(talker, "read", "{\"tags\":[\"0011\"]}");
      byte[] values = LongReports.body(3);
      List<byte[]> pieces = PeerParts.cut(bytes().u8(0).raw(values).toArray(), PART);
      for (int index = 1; index < pieces.size(); index++) {
        talker.terminal().link().write(talker.part(asked, pieces, index));
        assertThat(Word.of(talker.word(asked).body()).says(SEND, index + 1)).isTrue();
        if (index == 1) {
          desk.cancel(talker.terminal().who(), waiting);
        }
      }
      talker.terminal().link().write(talker.part(asked, pieces, pieces.size()));
      assertThat(told(desk.await(id, "succeeded").result())).isEqualTo(LongReports.print(values));
    }
  }

  // Verifies that the parts of an answer may be the first that is heard of a terminal without login
  // trap after its LOGIN.
  @Test
  void readsALongAnswerBeforeAnythingElse() {
    Identity who = admin.createTerminal(Identity.fresh(), APP, "trapless");
    try (PeerTerminal terminal = gateway.terminal(who)) {
      terminal.under(terminal
          .exchangeLogin(terminal.loginFrame(terminal.nextSequence(), 0))
          .timestamp());
      LongTalker talker = new LongTalker(terminal, Optional.empty());
      String id = ask(talker, "read", tags(2));
      PeerFrame asked = terminal.link().read();
      byte[] values = LongReports.body(2);
      List<byte[]> pieces = PeerParts.cut(bytes().u8(0).raw(values).toArray(), PART);
      for (int index = 1; index < pieces.size(); index++) {
        terminal.link().write(talker.part(asked, pieces, index));
        assertThat(Word.of(talker.word(asked).body()).says(SEND, index + 1)).isTrue();
      }
      terminal.link().write(talker.part(asked, pieces, pieces.size()));
      assertThat(told(desk.await(id, "succeeded").result())).isEqualTo(LongReports.print(values));
    }
  }

  // Verifies that a trace shows every part and every word about them, both ways, as accepted or
  // sent and with a good digest.
  @Test
  void showsEveryPart() throws Exception {
    try (LongTalker talker = online(false);
        TraceTap trace = new TraceTap(admin, "/" + talker.terminal().who().serial())) {
      String id = ask(talker, "read", tags(3));
      PeerFrame asked = expect(talker.terminal(), CONFIG_GET, pairs(0x8F00, 0x8F01, 0x8F02));
      List<byte[]> pieces = PeerParts.cut(bytes().u8(0).raw(LongReports.body(3)).toArray(), PART);
      for (int index = 1; index < pieces.size(); index++) {
        talker.terminal().link().write(talker.part(asked, pieces, index));
        talker.word(asked);
      }
      talker.terminal().link().write(talker.part(asked, pieces, pieces.size()));
      desk.await(id, "succeeded");
      talker.terminal().trap(new byte[0]);
      trace.await("out", "CONFIG_TRAP_ACK");
      List<TraceTap.Shown> shown = trace.all().stream()
          .filter(it -> it.data().path("command").asText().startsWith("CONFIG_GET"))
          .toList();
      assertThat(shown.stream().map(it -> it.data().path("direction").asText()))
          .as("%s", shown)
          .containsExactly("out", "in", "out", "in", "out", "in", "out", "in");
      assertThat(shown).allSatisfy(it -> {
        assertThat(it.verdict()).isIn("sent", "accepted");
        assertThat(it.data().at("/explanation/digest").asText()).isEqualTo("good");
      });
    }
  }
}
