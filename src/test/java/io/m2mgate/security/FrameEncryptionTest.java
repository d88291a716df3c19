package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.Reply;
import io.m2mgate.bus.Request;
import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.Command;
import io.m2mgate.session.CipherKind;
import io.m2mgate.session.FakeOrigin;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.Resident;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.session.SealedKey;
import io.m2mgate.session.Session;
import io.m2mgate.session.SessionKey;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameBuilder;
import io.m2mgate.wire.TlvReader;
import io.m2mgate.wire.Vectors;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Wire 4: bodies in sessions that have a key, and in those that have none. */
class FrameEncryptionTest {
  private static final int STAMP = 0x4BCAD1F0;
  private static final long OPENED = (STAMP & 0xFFFFFFFFL) * 1000;
  private static final long NOW = OPENED + 60_000;
  private static final byte[] KEY = Bytes.unhex("00112233445566778899aabbccddeeff");
  private static final int ENCRYPTED = 0xF0;

  private final Sealing sealing = Sealing.usual();
  private final BodyCiphers ciphers = new BodyCiphers(new SecureRandom(), 8);
  private final FakeOrigin home = FakeOrigin.at("home");
  private Terminal terminal;
  private Session session;

  private void session(String profile, boolean withKey, CipherKind cipher) {
    terminal = SampleTerminal.with(SampleTerminal.profile(profile));
    session = terminal.open(terminal.keyring().current(), false, 1, OPENED);
    if (withKey) {
      session.protect(
          new SessionKey(cipher, KEY, Long.MAX_VALUE), new SealedKey(cipher, "", Long.MAX_VALUE));
    }
  }

  private void keyed(String profile) {
    session(profile, true, CipherKind.TRIPLE_DES);
  }

  private Asked asked(Frame frame) {
    return asked(frame, NOW);
  }

  private Asked asked(Frame frame, long nowMillis) {
    Resident resident = new Resident(terminal.serial());
    resident.arrived(terminal);
    return new Asked(
        new Inbound(frame, home, nowMillis),
        resident,
        terminal,
        RequestFrames.DIALECT,
        RequestFrames.DIALECT.command(frame.requestCommand()));
  }

  private Verdict open(Frame frame) {
    return sealing.security().open(asked(frame));
  }

  private Uplink accepted(Frame frame) {
    Verdict verdict = open(frame);
    assertThat(verdict).isInstanceOf(Verdict.Accept.class);
    return ((Verdict.Accept) verdict).uplink();
  }

  private Frame clear(Command command, int sequence) {
    return RequestFrames.signed(RequestFrames.of(command, sequence), STAMP);
  }

  private Frame encrypted(Command command, int sequence, CipherKind cipher) {
    Frame plain = RequestFrames.unsigned(RequestFrames.of(command, sequence));
    byte[] body = Arrays.copyOfRange(plain.bytes(), plain.bodyOffset(), plain.end());
    return wrapped(command, sequence, ciphers.encrypt(cipher, KEY, body, 0, body.length));
  }

  private static Frame wrapped(Command command, int sequence, byte[] ciphertext) {
    byte[] tlv = new BodyWriter().tlv(0xE042, ciphertext).toBytes();
    byte[] head = FrameBuilder.request(RequestFrames.DIALECT, Command.HEART_BEAT)
        .serial(SampleTerminal.SERIAL)
        .sequence(sequence)
        .flags(ENCRYPTED)
        .build();
    byte[] frame = Arrays.copyOf(head, head.length + tlv.length + 20);
    System.arraycopy(tlv, 0, frame, head.length, tlv.length);
    Bytes.u16(frame, 0, frame.length);
    Bytes.u16(frame, 2, RequestFrames.DIALECT.command(command).id());
    Bytes.u16(frame, frame.length - 20, 0xE021);
    Bytes.u16(frame, frame.length - 18, 16);
    return RequestFrames.frame(RequestFrames.sign(frame, STAMP, false));
  }

  private byte[] unwrapped(byte[] sealed, CipherKind cipher) throws DecryptionFailed {
    assertThat(Bytes.u8(sealed, 10)).isEqualTo(ENCRYPTED);
    assertThat(Bytes.u16(sealed, 28)).isEqualTo(0xE042);
    return ciphers.decrypt(cipher, KEY, sealed, 32, Bytes.u16(sealed, 30));
  }

  private void isSilent(Verdict verdict, Drop reason) {
    assertThat(verdict).isEqualTo(new Verdict.Silence(reason));
    assertThat(terminal.isTentative(session)).as("still tentative").isTrue();
  }

  private static void isAnswer(Verdict verdict, String body, Drop reason) {
    assertThat(verdict).isInstanceOf(Verdict.Answer.class);
    Verdict.Answer answer = (Verdict.Answer) verdict;
    assertThat(Bytes.hex(answer.reply().body())).isEqualTo(body);
    assertThat(answer.reason()).isEqualTo(reason);
  }

  // Verifies that a session without a key carries no clear body once the profile wants encryption:
  // empty frames and LOGOUT are served, and heartbeats until three bodies were refused.
  @Test
  void letsNoClearBodyThroughOnceEncryptionIsRequired() {
    session("{}", false, CipherKind.TRIPLE_DES);
    accepted(clear(Command.TRANSPARENT_DATA, 1));
    terminal.profile(SampleTerminal.profile("{\"encryption\":\"required\"}"), 1);

    for (int i = 0; i < 3; i++) {
      accepted(clear(Command.HEART_BEAT, 10 + i));
      Frame data = clear(Command.TRANSPARENT_DATA, 20 + i);
      assertThat(sealing.security().open(asked(data, NOW + i * 10_000)))
          .isEqualTo(new Verdict.Silence(Drop.CLEAR_BODY));
    }
    assertThat(open(clear(Command.HEART_BEAT, 31)))
        .isEqualTo(new Verdict.Silence(Drop.HEARTBEAT_WITHHELD));
    accepted(clear(Command.LOGOUT, 32));
  }

  // Verifies that the worked packet is let through, its body read as the worked packet in clear has
  // it.
  @Test
  void opensTheWorkedPacket() throws Exception {
    keyed("{}");

    Uplink uplink = accepted(Vectors.named("data-encrypted").frame());

    Body body = uplink.body();
    TlvReader tlvs = new TlvReader();
    assertThat(uplink.decrypted()).isTrue();
    assertThat(body.intOf("crc16")).isEqualTo(0x34F6);
    assertThat(body.first(0x4014, tlvs)).isTrue();
    assertThat(tlvs.ascii()).isEqualTo("EC01");
    assertThat(body.first(0x4007, tlvs)).isTrue();
    assertThat(tlvs.ascii()).isEqualTo("hello");
    assertThat(terminal.confirmed()).contains(session);
    assertThat(session.key().orElseThrow().blocks()).isEqualTo(3);
  }

  // Verifies that a body survives each cipher, both ways.
  @ParameterizedTest
  @EnumSource(CipherKind.class)
  void goesBothWays(CipherKind cipher) throws Exception {
    session("{}", true, cipher);

    Uplink uplink = accepted(encrypted(Command.TRANSPARENT_DATA, 5, cipher));
    byte[] sealed = sealing.sealer().seal(answer(uplink, new byte[] {0}));

    assertThat(uplink.body().intOf("crc16")).isEqualTo(0x34F6);
    assertThat(unwrapped(sealed, cipher)[0]).isZero();
  }

  private Reply answer(Uplink uplink, byte[] body) {
    return new Reply(
        home,
        uplink.inbound().frame(),
        uplink.request().sequence(),
        body,
        new Reply.Signed(session));
  }

  // Verifies that a body in clear is as good as a wrong digest in a session with a key.
  @Test
  void refusesClearBodies() {
    keyed("{}");

    isSilent(open(clear(Command.TRANSPARENT_DATA, 5)), Drop.CLEAR_BODY);
    isSilent(open(clear(Command.LOGOUT, 6)), Drop.CLEAR_BODY);
  }

  // Verifies that it gets the refusal where the profile answers wrong digests, encrypted.
  @Test
  void refusesClearBodiesAloud() throws Exception {
    keyed("{\"onWrongDigest\":\"refuse\"}");

    Verdict verdict = open(clear(Command.TRANSPARENT_DATA, 5));

    isAnswer(verdict, "03", Drop.CLEAR_BODY);
    byte[] sealed = sealing.sealer().seal(((Verdict.Answer) verdict).reply());
    assertThat(unwrapped(sealed, CipherKind.TRIPLE_DES)[0]).isEqualTo((byte) 3);
  }

  // Verifies that an empty body needs no encryption, and that its answer has none when empty.
  @Test
  void takesEmptyBodies() {
    keyed("{}");
    FrameBuilder beat = FrameBuilder.request(RequestFrames.DIALECT, Command.HEART_BEAT)
        .serial(SampleTerminal.SERIAL)
        .sequence(5);

    Uplink uplink = accepted(RequestFrames.signed(beat, STAMP));

    byte[] sealed = sealing.sealer().seal(answer(uplink, new byte[0]));
    assertThat(sealed).hasSize(48);
    assertThat(Bytes.u8(sealed, 10)).isEqualTo(0x20);
  }

  // Verifies that an optional profile takes both, and still answers encrypted.
  @Test
  void takesBothWhereOptional() throws Exception {
    keyed("{\"encryption\":\"optional\"}");

    Uplink inClear = accepted(clear(Command.TRANSPARENT_DATA, 5));
    Uplink hidden = accepted(encrypted(Command.TRANSPARENT_DATA, 6, CipherKind.TRIPLE_DES));

    assertThat(inClear.decrypted()).isFalse();
    assertThat(hidden.decrypted()).isTrue();
    byte[] sealed = sealing.sealer().seal(answer(inClear, new byte[] {0}));
    assertThat(unwrapped(sealed, CipherKind.TRIPLE_DES)[0]).isZero();
  }

  // Verifies that an encrypted body in a session without a key gets the refusal in clear, and a
  // LOGOUT or heartbeat its answer.
  @Test
  void refusesEncryptionWithoutAKey() {
    session("{}", false, CipherKind.TRIPLE_DES);

    isAnswer(
        open(encrypted(Command.TRANSPARENT_DATA, 5, CipherKind.TRIPLE_DES)),
        "03",
        Drop.NO_SESSION_KEY);
    isAnswer(
        open(encrypted(Command.CONFIG_REQ, 6, CipherKind.TRIPLE_DES)), "01", Drop.NO_SESSION_KEY);
    assertThat(accepted(wrapped(Command.LOGOUT, 7, new byte[8])).bodyLength()).isZero();
  }

  // Verifies that what cannot be decrypted is as good as a wrong digest, and is named where the
  // command can.
  @Test
  void refusesWhatCannotBeDecrypted() {
    session("{}", true, CipherKind.AES_128);

    isSilent(open(wrapped(Command.TRANSPARENT_DATA, 5, new byte[31])), Drop.DECRYPTION_FAILED);
    isSilent(open(wrapped(Command.TRANSPARENT_DATA, 6, new byte[64])), Drop.DECRYPTION_FAILED);
    isAnswer(open(wrapped(Command.SECURITY_CONFIG, 7, new byte[64])), "01", Drop.DECRYPTION_FAILED);
    assertThat(terminal.isTentative(session)).isTrue();
  }

  // Verifies that a body that is broken once decrypted gets the bad-tag result, encrypted.
  @Test
  void tellsOfBrokenBodies() {
    keyed("{}");
    byte[] body = Bytes.unhex("001100040000005a300700050102");

    Verdict verdict = open(wrapped(
        Command.CONFIG_TRAP, 5, ciphers.encrypt(CipherKind.TRIPLE_DES, KEY, body, 0, body.length)));

    isAnswer(verdict, "0130070000", Drop.MALFORMED);
  }

  // Verifies that a request under another IV is a copy, for its content is the same.
  @Test
  void knowsACopyUnderAnotherIv() {
    session("{}", true, CipherKind.SM4);
    accepted(encrypted(Command.TRANSPARENT_DATA, 5, CipherKind.SM4));

    assertThat(open(encrypted(Command.TRANSPARENT_DATA, 5, CipherKind.SM4)))
        .isEqualTo(new Verdict.Silence(Drop.DUPLICATE_JOINED));
  }

  // Verifies that a refusal repeats what was asked in clear, not its ciphertext.
  @Test
  void refusesByTheClearBody() {
    keyed("{}");

    Uplink uplink = accepted(encrypted(Command.CONFIG_REQ, 5, CipherKind.TRIPLE_DES));

    assertThat(Refusals.of(uplink).map(Bytes::hex)).contains("0100110000");
  }

  // Verifies that a terminal's answers follow the same rules.
  @Test
  void opensAcks() throws Exception {
    keyed("{}");
    byte[] ok = {0};

    AckVerdict hidden = sealing
        .security()
        .openAck(asked(ack(ciphers.encrypt(CipherKind.TRIPLE_DES, KEY, ok, 0, 1), true)));
    AckVerdict inClear = sealing.security().openAck(asked(ack(ok, false)));

    assertThat(hidden).isInstanceOf(AckVerdict.Accept.class);
    Content.Clear body = ((AckVerdict.Accept) hidden).body();
    assertThat(body.bytes()[body.offset()]).isZero();
    assertThat(terminal.confirmed()).contains(session);
    assertThat(inClear).isEqualTo(new AckVerdict.Refuse(Drop.CLEAR_BODY));
  }

  // Verifies that an unsigned answer in clear to the parameters of a registration passes for no
  // answer in a session that has a key, also where no digests are looked at.
  @Test
  void leavesTheAckOfARegistration() {
    keyed("{\"digest\":\"off\"}");
    terminal.confirm(session);
    byte[] bytes = RequestFrames.of(Command.SECURITY_CONFIG, 7).build();
    bytes[2] |= (byte) 0x80;

    assertThat(sealing.security().openAck(asked(RequestFrames.frame(bytes))))
        .isEqualTo(new AckVerdict.Stranger());
  }

  private static Frame ack(byte[] body, boolean encrypted) {
    Frame frame = encrypted
        ? wrapped(Command.CONFIG_SET, 5, body)
        : RequestFrames.signed(
            FrameBuilder.request(RequestFrames.DIALECT, Command.CONFIG_SET)
                .serial(SampleTerminal.SERIAL)
                .sequence(6),
            STAMP);
    byte[] bytes = frame.bytes();
    if (!encrypted) {
      bytes = Arrays.copyOf(bytes, bytes.length + body.length);
      System.arraycopy(body, 0, bytes, 28, body.length);
      Bytes.u16(bytes, 0, bytes.length);
      Bytes.u16(bytes, bytes.length - 20, 0xE021);
      Bytes.u16(bytes, bytes.length - 18, 16);
    }
    bytes[2] |= (byte) 0x80;
    return RequestFrames.frame(RequestFrames.sign(bytes, STAMP, false));
  }

  // Verifies that LOGIN_ACK stays in clear, also of a session that has a key already.
  @Test
  void leavesLoginAckInClear() throws Exception {
    keyed("{}");
    Frame login = Vectors.named("login-signed").frame();

    byte[] sealed = sealing
        .sealer()
        .seal(new Reply(
            home, login, login.sequence(), Bytes.unhex("004bcad1f0"), new Reply.Signed(session)));

    assertThat(Bytes.hex(sealed))
        .isEqualTo(Bytes.hex(Vectors.named("login-ack-signed").bytes()));
  }

  // Verifies that an answer beyond what the terminal takes becomes the refusal, which fits.
  @Test
  void refusesWhatTheTerminalCannotTake() throws Exception {
    keyed("{\"maxFrameBytes\":255}");
    Uplink uplink = accepted(encrypted(Command.CONFIG_REQ, 5, CipherKind.TRIPLE_DES));

    byte[] fits = sealing.sealer().seal(answer(uplink, new byte[200]));
    byte[] refused = sealing.sealer().seal(answer(uplink, new byte[201]));

    assertThat(fits).hasSize(252);
    assertThat(unwrapped(refused, CipherKind.TRIPLE_DES)[0]).isEqualTo((byte) 1);
  }

  // Verifies that a request of the platform goes encrypted, and its repeat as the same bytes.
  @Test
  void encryptsRequests() throws Exception {
    session("{}", true, CipherKind.AES_128);
    byte[] asked = Bytes.unhex("00110000");
    Request request = new Request(
        RequestFrames.DIALECT,
        RequestFrames.DIALECT.command(Command.CONFIG_GET),
        SampleTerminal.SERIAL,
        9,
        asked,
        new Request.InSession(session));

    byte[] first = sealing.sealer().seal(request);

    assertThat(unwrapped(first, CipherKind.AES_128)).isEqualTo(asked);
    assertThat(sealing.sealer().seal(request)).isSameAs(first);
  }

  // Verifies that the parameters of a registration, outside any session, go as they are.
  @Test
  void leavesRegistrationsInClear() {
    byte[] body = Bytes.unhex("00");
    Request request = new Request(
        RequestFrames.DIALECT,
        RequestFrames.DIALECT.command(Command.SECURITY_CONFIG),
        SampleTerminal.SERIAL,
        9,
        body,
        new Request.OfRegistration());

    byte[] sealed = sealing.sealer().seal(request);

    assertThat(Bytes.u8(sealed, 10)).isEqualTo(0x80);
    assertThat(sealed).hasSize(29).endsWith(0);
  }
}
