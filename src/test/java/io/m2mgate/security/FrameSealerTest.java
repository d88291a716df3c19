package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.Reply;
import io.m2mgate.dictionary.Command;
import io.m2mgate.session.FakeOrigin;
import io.m2mgate.session.MessageOrigin;
import io.m2mgate.session.Origin;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.session.SecretSet;
import io.m2mgate.session.Session;
import io.m2mgate.session.SessionToken;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.Vectors;
import org.junit.jupiter.api.Test;

/** Wire 3, "The platform signs what it sends". */
class FrameSealerTest {
  private static final int TIMESTAMP = 0x4BCAD1F0;

  private final FrameSealer sealer = Sealing.usual().sealer();
  private final Session session = new Session(
      new SessionToken(TIMESTAMP & 0xFFFFFFFFL, false, 0, 0, 0, 0, false),
      SampleTerminal.identity(),
      () -> SampleTerminal.profile("{}"));

  private Reply answer(Frame request, byte[] body, Reply.Seal seal) {
    return new Reply(FakeOrigin.at("a"), request, request.sequence(), body, seal);
  }

  private Reply.Seal signed() {
    return new Reply.Signed(session);
  }

  // Verifies that LOGIN_ACK is the worked packet, byte for byte.
  @Test
  void sealsLoginAck() throws Exception {
    Frame login = Vectors.named("login-signed").frame();

    byte[] sealed = sealer.seal(answer(login, Bytes.unhex("004bcad1f0"), signed()));

    assertThat(Bytes.hex(sealed))
        .isEqualTo(Bytes.hex(Vectors.named("login-ack-signed").bytes()));
  }

  // Verifies that CONFIG_TRAP_ACK is the worked packet, byte for byte.
  @Test
  void sealsTrapAck() throws Exception {
    Frame trap = Vectors.named("trap-signed").frame();

    byte[] sealed = sealer.seal(answer(trap, new byte[] {0}, signed()));

    assertThat(Bytes.hex(sealed))
        .isEqualTo(Bytes.hex(Vectors.named("trap-ack-signed").bytes()));
  }

  // Verifies that an unsigned answer has flags 00 and nothing behind its body.
  @Test
  void sealsUnsigned() throws Exception {
    Frame beat = Vectors.named("heartbeat").frame();

    byte[] sealed = sealer.seal(answer(beat, new byte[0], Reply.UNSIGNED));

    assertThat(Bytes.hex(sealed))
        .isEqualTo("001c80030000000b030000005445524d303030303030303030303031");
  }

  // Verifies that the answer carries the sequence of the copy it goes to, and version 0300 whatever
  // the request's.
  @Test
  void answersTheLatestCopy() {
    Frame request =
        RequestFrames.unsigned(RequestFrames.of(Command.HEART_BEAT, 5).version(0x0301));

    byte[] sealed =
        sealer.seal(new Reply(FakeOrigin.at("a"), request, 9, new byte[0], Reply.UNSIGNED));

    assertThat(Bytes.u32(sealed, 4)).isEqualTo(9);
    assertThat(Bytes.u16(sealed, 8)).isEqualTo(0x0300);
  }

  // Verifies that a session that logged in over fifteen bytes of IMEI is answered over fifteen.
  @Test
  void signsOverShortImei() throws Exception {
    Frame trap = Vectors.named("trap-signed").frame();
    Session shortly = new Session(
        new SessionToken(TIMESTAMP, true, 0, 0, 0, 0, false),
        SampleTerminal.identity(),
        () -> SampleTerminal.profile("{}"));

    byte[] sealed = sealer.seal(answer(trap, new byte[] {0}, new Reply.Signed(shortly)));

    assertThat(new Md5Digest()
            .verify(
                sealed,
                0,
                sealed.length - 20,
                TIMESTAMP,
                SampleTerminal.identity().shortImei(),
                RequestFrames.ascii(SampleTerminal.IMSI),
                RequestFrames.ascii(SampleTerminal.DOWNLINK)))
        .isTrue();
  }

  // Verifies that the parameters of a registration are the message that was captured, byte for byte
  // (sms.md), given the same secrets.
  @Test
  void sealsTheCapturedParameters() {
    long expiry = 0xAAAAAAAAL;
    SecretSet set = new SecretSet(
        1,
        RequestFrames.ascii("12345678"),
        RequestFrames.ascii("87654321"),
        RequestFrames.ascii("112233445566778899001234"),
        new SecretSet.Expiries(expiry, expiry, expiry, expiry));

    byte[] sealed =
        sealer.seal(Distribution.request(RequestFrames.DIALECT, SampleTerminal.SERIAL, 1, set));

    assertThat(Bytes.hex(sealed))
        .isEqualTo(
            "0069000e000000010300800041534d3730303037323232323232323200e025000831323334353637"
                + "38e0270004aaaaaaaae02800083837363534333231e02a0004aaaaaaaae03600183131323233333434"
                + "35353636373738383939303031323334e0380004aaaaaaaa");
  }

  // Verifies that what answers a short message is in clear and unsigned, and the refusal where it
  // is
  // longer than a message takes.
  @Test
  void sealsAnswersToMessages() throws Exception {
    Frame asked = RequestFrames.unsigned(RequestFrames.of(Command.CONFIG_REQ, 5));
    Origin number = MessageOrigin.to(0, "8613800138000");

    byte[] fits = sealer.seal(new Reply(number, asked, 5, new byte[100], signed()));
    byte[] tooLong = sealer.seal(new Reply(number, asked, 5, new byte[101], signed()));

    assertThat(fits).hasSize(128);
    assertThat(fits[10]).isZero();
    assertThat(tooLong.length).isLessThan(40);
    assertThat(tooLong[28]).isEqualTo((byte) 1);
  }
}
