package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.LaneMetrics.Drop;
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
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameBuilder;
import java.security.SecureRandom;
import java.util.Arrays;

/** A terminal in a session with or without a key, and frames of it. */
abstract class EncryptionFixture {
  static final int STAMP = 0x4BCAD1F0;
  static final long OPENED = (STAMP & 0xFFFFFFFFL) * 1000;
  static final long NOW = OPENED + 60_000;
  static final byte[] KEY = Bytes.unhex("00112233445566778899aabbccddeeff");
  static final int ENCRYPTED = 0xF0;

  final Sealing sealing = Sealing.usual();
  final BodyCiphers ciphers = new BodyCiphers(new SecureRandom(), 8);
  final FakeOrigin home = FakeOrigin.at("home");
  Terminal terminal;
  Session session;

  void session(String profile, boolean withKey, CipherKind cipher) {
    terminal = SampleTerminal.with(SampleTerminal.profile(profile));
    session = terminal.open(terminal.keyring().current(), false, 1, OPENED);
    if (withKey) {
      session.protect(
          new SessionKey(cipher, KEY, Long.MAX_VALUE), new SealedKey(cipher, "", Long.MAX_VALUE));
    }
  }

  void keyed(String profile) {
    session(profile, true, CipherKind.TRIPLE_DES);
  }

  Asked asked(Frame frame) {
    return asked(frame, NOW);
  }

  Asked asked(Frame frame, long nowMillis) {
    Resident resident = new Resident(terminal.serial());
    resident.arrived(terminal);
    return new Asked(
        new Inbound(frame, home, nowMillis),
        resident,
        terminal,
        RequestFrames.DIALECT,
        RequestFrames.DIALECT.command(frame.requestCommand()));
  }

  Verdict open(Frame frame) {
    return sealing.security().open(asked(frame));
  }

  Uplink accepted(Frame frame) {
    Verdict verdict = open(frame);
    assertThat(verdict).isInstanceOf(Verdict.Accept.class);
    return ((Verdict.Accept) verdict).uplink();
  }

  Frame clear(Command command, int sequence) {
    return RequestFrames.signed(RequestFrames.of(command, sequence), STAMP);
  }

  Frame encrypted(Command command, int sequence, CipherKind cipher) {
    Frame plain = RequestFrames.unsigned(RequestFrames.of(command, sequence));
    byte[] body = Arrays.copyOfRange(plain.bytes(), plain.bodyOffset(), plain.end());
    return wrapped(command, sequence, ciphers.encrypt(cipher, KEY, body, 0, body.length));
  }

  static Frame wrapped(Command command, int sequence, byte[] ciphertext) {
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

  byte[] unwrapped(byte[] sealed, CipherKind cipher) throws DecryptionFailed {
    assertThat(Bytes.u8(sealed, 10)).isEqualTo(ENCRYPTED);
    assertThat(Bytes.u16(sealed, 28)).isEqualTo(0xE042);
    return ciphers.decrypt(cipher, KEY, sealed, 32, Bytes.u16(sealed, 30));
  }

  void isSilent(Verdict verdict, Drop reason) {
    assertThat(verdict).isEqualTo(new Verdict.Silence(reason));
    assertThat(terminal.isTentative(session)).as("still tentative").isTrue();
  }

  static void isAnswer(Verdict verdict, String body, Drop reason) {
    assertThat(verdict).isInstanceOf(Verdict.Answer.class);
    Verdict.Answer answer = (Verdict.Answer) verdict;
    assertThat(Bytes.hex(answer.reply().body())).isEqualTo(body);
    assertThat(answer.reason()).isEqualTo(reason);
  }
}
