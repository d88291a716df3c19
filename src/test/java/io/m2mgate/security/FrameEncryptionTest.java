package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.Reply;
import io.m2mgate.bus.Request;
import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.Command;
import io.m2mgate.session.CipherKind;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameBuilder;
import io.m2mgate.wire.TlvReader;
import io.m2mgate.wire.Vectors;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Wire 4: bodies in sessions that have a key, and in those that have none. */
class FrameEncryptionTest extends EncryptionFixture {
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
