package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.Opening.Proof;
import io.m2mgate.bus.Reply;
import io.m2mgate.dictionary.Command;
import io.m2mgate.session.FakeOrigin;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.RecentRequest;
import io.m2mgate.session.Resident;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameBuilder;
import org.junit.jupiter.api.Test;

/** Behaviour ground rules 3 and 4, 5.2.1, 5.4.5. */
class FrameSecurityTest {
  private static final long T0 = 1_700_000_100_000L;

  private final FrameSecurity security = Sealing.usual().security();
  private final FakeOrigin home = FakeOrigin.at("home");
  private Terminal terminal = SampleTerminal.usual();
  private Session session;

  private void confirmed(String profile) {
    terminal = SampleTerminal.with(SampleTerminal.profile(profile));
    session = terminal.open(terminal.keyring().current(), false, 1, T0 - 1000);
    terminal.confirm(session);
    terminal.heard(home, T0 - 500);
  }

  private Verdict open(Frame frame, FakeOrigin origin, long nowMillis) {
    Resident resident = new Resident(terminal.serial());
    resident.arrived(terminal);
    return security.open(new Asked(
        new Inbound(frame, origin, nowMillis),
        resident,
        terminal,
        RequestFrames.DIALECT,
        RequestFrames.DIALECT.command(frame.requestCommand())));
  }

  private Verdict send(Command command, int sequence, long nowMillis) {
    return open(signed(command, sequence), home, nowMillis);
  }

  private Frame signed(Command command, int sequence) {
    return RequestFrames.signed(RequestFrames.of(command, sequence), session.timestamp());
  }

  private static RecentRequest accepted(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Accept.class);
    return ((Verdict.Accept) verdict).uplink().request();
  }

  private static void isSilent(Verdict verdict, Drop reason) {
    assertThat(verdict).isEqualTo(new Verdict.Silence(reason));
  }

  private static void isAnswer(Verdict verdict, String body, Drop reason) {
    assertThat(verdict).isInstanceOf(Verdict.Answer.class);
    Verdict.Answer answer = (Verdict.Answer) verdict;
    assertThat(Bytes.hex(answer.reply().body())).isEqualTo(body);
    assertThat(answer.reply().seal()).isInstanceOf(Reply.Signed.class);
    assertThat(answer.reason()).isEqualTo(reason);
  }

  // Verifies that a copy of a request that waits for the store joins it, and the third is refused.
  @Test
  void joinsWhilePending() {
    confirmed("{}");
    RecentRequest request = accepted(send(Command.TRANSPARENT_DATA, 5, T0));

    isSilent(send(Command.TRANSPARENT_DATA, 5, T0 + 90_000), Drop.DUPLICATE_JOINED);
    assertThat(request.copies()).isEqualTo(2);

    isAnswer(send(Command.TRANSPARENT_DATA, 5, T0 + 180_000), "03", Drop.STORE_UNAVAILABLE);
  }

  // Verifies that copies that were held up on their way and
  // come together are one request that the store has not refused.
  @Test
  void joinsCopiesThatComeTogether() {
    confirmed("{}");
    RecentRequest request = accepted(send(Command.TRANSPARENT_DATA, 5, T0));

    isSilent(send(Command.TRANSPARENT_DATA, 5, T0 + 1), Drop.DUPLICATE_JOINED);
    isSilent(send(Command.TRANSPARENT_DATA, 5, T0 + 1), Drop.DUPLICATE_JOINED);

    assertThat(request.stage()).isEqualTo(RecentRequest.Stage.PENDING);
  }

  // Verifies that copies under new sequences join too, and that the answer goes to the latest.
  @Test
  void joinsUnderNewSequence() {
    confirmed("{}");
    RecentRequest request = accepted(send(Command.TRANSPARENT_DATA, 5, T0));
    FakeOrigin elsewhere = FakeOrigin.at("elsewhere");

    isSilent(
        open(signed(Command.TRANSPARENT_DATA, 6), elsewhere, T0 + 15_000), Drop.DUPLICATE_JOINED);

    assertThat(request.sequence()).isEqualTo(6);
    assertThat(request.origin()).isSameAs(elsewhere);
    assertThat(terminal.place().isHome(home)).isTrue();
  }

  // Verifies that what came under a second sequence stays suspected when the store refused it and
  // the
  // same bytes come again: the first may be stored by then.
  @Test
  void staysSuspectedWhenTriedAgain() {
    confirmed("{}");
    accepted(send(Command.TRANSPARENT_DATA, 5, T0)).unserved();
    RecentRequest joined = accepted(send(Command.TRANSPARENT_DATA, 6, T0 + 15_000));
    joined.unserved();
    assertThat(suspected(send(Command.TRANSPARENT_DATA, 6, T0 + 30_000))).isTrue();
    joined.done(3);
    joined.markAnswered();

    Verdict anew = send(Command.TRANSPARENT_DATA, 7, T0 + 45_000);
    assertThat(suspected(anew)).isTrue();
    accepted(anew).unserved();
    assertThat(suspected(send(Command.TRANSPARENT_DATA, 7, T0 + 60_000))).isTrue();
  }

  private static boolean suspected(Verdict verdict) {
    accepted(verdict);
    return ((Verdict.Accept) verdict).uplink().suspectedDuplicate();
  }

  // Verifies that a request that was refused at its third copy does not draw the next equal reading
  // into its refusal.
  @Test
  void takesNextReadingAfterRefusal() {
    confirmed("{}");
    send(Command.TRANSPARENT_DATA, 5, T0);
    send(Command.TRANSPARENT_DATA, 6, T0 + 15_000);
    isAnswer(send(Command.TRANSPARENT_DATA, 7, T0 + 30_000), "03", Drop.STORE_UNAVAILABLE);

    RecentRequest next = accepted(send(Command.TRANSPARENT_DATA, 8, T0 + 60_000));

    assertThat(next.stage()).isEqualTo(RecentRequest.Stage.PENDING);
    assertThat(next.copies()).isEqualTo(1);
  }

  // Verifies that a copy of what is done is answered again where it came from, and moves nothing.
  @Test
  void answersDoneAgain() {
    confirmed("{}");
    RecentRequest request = accepted(send(Command.TRANSPARENT_DATA, 5, T0));
    request.done(4);
    request.markAnswered();
    FakeOrigin elsewhere = FakeOrigin.at("elsewhere");

    Verdict again = open(signed(Command.TRANSPARENT_DATA, 5), elsewhere, T0 + 60_000);

    isAnswer(again, "04", Drop.DUPLICATE_JOINED);
    assertThat(((Verdict.Answer) again).reply().origin()).isSameAs(elsewhere);
    assertThat(terminal.place().isHome(home)).isTrue();
  }

  // Verifies that what the store refused is tried again with its next copy.
  @Test
  void triesUnservedAgain() {
    confirmed("{}");
    RecentRequest request = accepted(send(Command.TRANSPARENT_DATA, 5, T0));
    request.unserved();

    RecentRequest again = accepted(send(Command.TRANSPARENT_DATA, 5, T0 + 90_000));

    assertThat(again).isSameAs(request);
    assertThat(again.stage()).isEqualTo(RecentRequest.Stage.PENDING);
    assertThat(again.copies()).isEqualTo(2);
  }

  // Verifies that an answered, equal request under a new sequence is served and marked.
  @Test
  void suspectsSecondReading() {
    confirmed("{}");
    RecentRequest request = accepted(send(Command.TRANSPARENT_DATA, 5, T0));
    request.done(0);
    request.markAnswered();

    Verdict second = send(Command.TRANSPARENT_DATA, 6, T0 + 60_000);

    assertThat(accepted(second)).isNotSameAs(request);
    assertThat(((Verdict.Accept) second).uplink().suspectedDuplicate()).isTrue();
  }

  // Verifies that an old frame that the window no longer knows is dropped.
  @Test
  void dropsReplay() {
    confirmed("{}");
    for (int sequence = 100; sequence < 110; sequence++) {
      FrameBuilder data = RequestFrames.of(Command.TRANSPARENT_DATA, sequence);
      Frame frame =
          RequestFrames.signed(data.tlv(0x4007, new byte[] {(byte) sequence}), session.timestamp());
      accepted(open(frame, home, T0)).done(0);
    }

    isSilent(send(Command.CONFIG_TRAP, 100, T0 + 1), Drop.REPLAY);
    isSilent(send(Command.CONFIG_TRAP, 44, T0 + 1), Drop.REPLAY);
    accepted(send(Command.CONFIG_TRAP, 99, T0 + 1));
  }

  // Verifies that the first frame that verifies under a tentative session confirms it.
  @Test
  void confirmsTentative() {
    confirmed("{}");
    Session old = session;
    session = terminal.open(terminal.keyring().current(), false, 2, T0);
    FakeOrigin elsewhere = FakeOrigin.at("elsewhere");

    Verdict verdict = open(signed(Command.CONFIG_TRAP, 1), elsewhere, T0 + 1);

    assertThat(((Verdict.Accept) verdict).confirmed()).isTrue();
    assertThat(terminal.confirmed()).containsSame(session).isNotEqualTo(old);
    assertThat(terminal.place().isHome(elsewhere)).isTrue();
  }

  // Verifies that a digest over the header alone is good for traps where the profile says so.
  @Test
  void takesHeaderOnlyTraps() {
    confirmed("{\"trapHeaderOnly\":true}");
    int stamp = session.timestamp();

    accepted(open(
        RequestFrames.headerSigned(RequestFrames.of(Command.CONFIG_TRAP, 1), stamp), home, T0));
    isSilent(
        open(
            RequestFrames.headerSigned(RequestFrames.of(Command.TRANSPARENT_DATA, 2), stamp),
            home,
            T0),
        Drop.WRONG_DIGEST);

    confirmed("{}");
    isSilent(
        open(RequestFrames.headerSigned(RequestFrames.of(Command.CONFIG_TRAP, 1), stamp), home, T0),
        Drop.WRONG_DIGEST);
  }

  // Verifies that a login over fifteen bytes of IMEI is told from one over sixteen, and that its
  // session goes on with fifteen.
  @Test
  void remembersShortImei() {
    Frame usual = RequestFrames.signed(RequestFrames.of(Command.LOGIN, 1), 0);
    Frame shortly = RequestFrames.signedShort(RequestFrames.of(Command.LOGIN, 1), 0);
    Frame wrong = RequestFrames.signed(RequestFrames.of(Command.LOGIN, 1), 1);
    Frame absent = RequestFrames.unsigned(RequestFrames.of(Command.LOGIN, 1));
    var dialect = RequestFrames.DIALECT;
    assertThat(security.loginProof(usual, dialect, terminal))
        .matches(proof -> proof.isGood() && !proof.shortImei());
    assertThat(security.loginProof(shortly, dialect, terminal))
        .matches(proof -> proof.isGood() && proof.shortImei());
    assertThat(security.loginProof(wrong, dialect, terminal)).isEqualTo(Proof.WRONG);
    assertThat(security.loginProof(absent, dialect, terminal)).isEqualTo(Proof.ABSENT);

    session = terminal.open(terminal.keyring().current(), true, 1, T0);
    FrameBuilder trap = RequestFrames.of(Command.CONFIG_TRAP, 2);
    isSilent(open(RequestFrames.signed(trap, session.timestamp()), home, T0), Drop.WRONG_DIGEST);
    accepted(open(
        RequestFrames.signedShort(RequestFrames.of(Command.CONFIG_TRAP, 2), session.timestamp()),
        home,
        T0));
  }

  // Verifies that where digests are off a login must carry one all the same, whatever its value,
  // and
  // that it still tells how the IMEI is hashed.
  @Test
  void looksAtNoProofWhereOff() {
    terminal = SampleTerminal.with(SampleTerminal.profile("{\"digest\":\"off\"}"));
    var dialect = RequestFrames.DIALECT;

    assertThat(security.loginProof(
            RequestFrames.unsigned(RequestFrames.of(Command.LOGIN, 1)), dialect, terminal))
        .isEqualTo(Proof.ABSENT);
    assertThat(security.loginProof(
            RequestFrames.signed(RequestFrames.of(Command.LOGIN, 1), 9), dialect, terminal))
        .matches(proof -> proof.isGood() && !proof.shortImei());
    assertThat(security.loginProof(
            RequestFrames.signedShort(RequestFrames.of(Command.LOGIN, 1), 0), dialect, terminal))
        .matches(proof -> proof.isGood() && proof.shortImei());
  }

  // Verifies that where digests are off a new login's first frame goes to the new session.
  @Test
  void followsLoginWhereOff() {
    confirmed("{\"digest\":\"off\"}");
    accepted(open(RequestFrames.unsigned(RequestFrames.of(Command.CONFIG_TRAP, 90)), home, T0));
    Session next = terminal.open(terminal.keyring().current(), false, 2, T0 + 1);

    Verdict verdict =
        open(RequestFrames.unsigned(RequestFrames.of(Command.TRANSPARENT_DATA, 2)), home, T0 + 2);

    accepted(verdict);
    assertThat(terminal.confirmed()).containsSame(next);
  }

  // Verifies that a genuine terminal is told of a TLV that runs past its body, and that a stranger
  // is not.
  @Test
  void answersMalformedButSigned() {
    confirmed("{}");
    byte[] body = Bytes.unhex("00110004000000" + "5a11220099");
    byte[] trap = RequestFrames.of(Command.CONFIG_TRAP, 5).flags(0x20).digest().build(body);
    RequestFrames.sign(trap, session.timestamp(), false);

    isAnswer(open(RequestFrames.frame(trap), home, T0), "0111220000", Drop.MALFORMED);

    trap[trap.length - 1] ^= 1;
    isSilent(open(RequestFrames.frame(trap), home, T0), Drop.WRONG_DIGEST);
  }

  // Verifies that signed data too short for its fixed fields is refused.
  @Test
  void answersTruncatedFields() {
    confirmed("{}");
    byte[] data =
        RequestFrames.of(Command.TRANSPARENT_DATA, 5).flags(0x20).digest().build(new byte[1]);
    RequestFrames.sign(data, session.timestamp(), false);

    isAnswer(open(RequestFrames.frame(data), home, T0), "03", Drop.MALFORMED);
  }

  // Verifies that three wrong digests from home withhold the heartbeats' answers there, elsewhere
  // not, until a good one comes.
  @Test
  void withholdsHeartbeats() {
    confirmed("{}");
    for (int i = 0; i < 3; i++) {
      Frame wrong = RequestFrames.signed(RequestFrames.of(Command.CONFIG_TRAP, 5 + i), 7);
      open(wrong, FakeOrigin.at("elsewhere"), T0 + i * 10_000);
    }
    Frame beat = RequestFrames.unsigned(RequestFrames.of(Command.HEART_BEAT, 20));
    accepted(open(beat, home, T0 + 30_000));

    for (int i = 0; i < 3; i++) {
      Frame wrong = RequestFrames.signed(RequestFrames.of(Command.CONFIG_TRAP, 5 + i), 7);
      open(wrong, home, T0 + 30_000 + i * 10_000);
    }
    isSilent(open(beat, home, T0 + 60_000), Drop.HEARTBEAT_WITHHELD);
    accepted(open(beat, FakeOrigin.at("elsewhere"), T0 + 60_000));

    accepted(send(Command.CONFIG_TRAP, 30, T0 + 61_000));
    accepted(open(beat, home, T0 + 62_000));
  }

  // Verifies that a profile for stacks that wedge has a wrong digest refused by code.
  @Test
  void refusesWrongDigestsWhereAsked() {
    confirmed("{\"onWrongDigest\":\"refuse\"}");
    Frame wrong = RequestFrames.signed(RequestFrames.of(Command.TRANSPARENT_DATA, 5), 7);

    isAnswer(open(wrong, home, T0), "03", Drop.WRONG_DIGEST);
    isSilent(
        open(RequestFrames.signed(RequestFrames.of(Command.LOGOUT, 6), 7), home, T0),
        Drop.WRONG_DIGEST);
  }

  // Verifies that a repeated LOGOUT is answered under the ended session for 300 s, also while
  // another session is open.
  @Test
  void answersRepeatedLogout() {
    confirmed("{}");
    Frame logout = signed(Command.LOGOUT, 9);
    accepted(open(logout, home, T0));
    terminal.end(T0);

    isAnswer(open(logout, home, T0 + 1), "", Drop.NO_SESSION);
    terminal.open(terminal.keyring().current(), false, 2, T0 + 2);
    isAnswer(open(logout, home, T0 + 3), "", Drop.NO_SESSION);
    isSilent(open(logout, home, T0 + 300_001), Drop.WRONG_DIGEST);
  }

  // Verifies that unsigned data is told of once, and then counted.
  @Test
  void tellsUnsignedOnce() {
    confirmed("{}");
    Frame data = RequestFrames.unsigned(RequestFrames.of(Command.TRANSPARENT_DATA, 5));

    assertThat(open(data, home, T0)).isInstanceOf(Verdict.TellUnsigned.class);
    assertThat(open(data, home, T0 + 1)).isInstanceOf(Verdict.Silence.class);
  }
}
