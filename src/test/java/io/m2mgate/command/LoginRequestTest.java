package io.m2mgate.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.Opening;
import io.m2mgate.bus.Opening.Proof;
import io.m2mgate.dictionary.Command;
import io.m2mgate.security.RequestFrames;
import io.m2mgate.session.FakeOrigin;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.DigestLocator;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameBuilder;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.Vectors;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Behaviour 5.2.1, "A LOGIN that repeats the last tentative one", and 5.3.2. */
class LoginRequestTest {

  private static LoginRequest read(Frame frame) throws MalformedFrame {
    var dialect = RequestFrames.DIALECT;
    return LoginRequest.read(new Opening(
        new Inbound(frame, FakeOrigin.at("a"), 0),
        Optional.empty(),
        dialect,
        dialect.command(Command.LOGIN),
        frame.bodyOffset(),
        frame.bodyLength(DigestLocator.find(frame, dialect)),
        Proof.good(SampleTerminal.identity(), false)));
  }

  private static long hash(FrameBuilder login) throws MalformedFrame {
    return read(RequestFrames.signed(login, 0)).hash();
  }

  private static FrameBuilder login(int sequence) {
    return FrameBuilder.request(RequestFrames.DIALECT, Command.LOGIN)
        .serial(SampleTerminal.SERIAL)
        .sequence(sequence)
        .field("softwareVersion", "1.01")
        .field("configCrc32", 0x143A2B35);
  }

  // Verifies that sequence, cell, signal, bit error rate and digest may change in a repeat.
  @Test
  void ignoresWhatChanges() throws Exception {
    long hash = hash(login(1));

    assertThat(hash(login(2))).isEqualTo(hash);
    assertThat(hash(login(2).tlv(0x3006, new byte[4]).tlv(0x3007, new byte[] {20})))
        .isEqualTo(hash);
    assertThat(hash(login(2).tlv(0x3007, new byte[] {31}).tlv(0x8100, new byte[] {1})))
        .isEqualTo(hash);
    assertThat(read(RequestFrames.unsigned(login(3))).hash()).isEqualTo(hash);
  }

  // Verifies that nothing else may.
  @Test
  void noticesTheRest() throws Exception {
    long hash = hash(login(1));

    assertThat(hash(login(1).field("softwareVersion", "1.02"))).isNotEqualTo(hash);
    assertThat(hash(login(1).field("configCrc32", 1))).isNotEqualTo(hash);
    assertThat(hash(login(1).tlv(0xE020, new byte[] {(byte) 0x80}))).isNotEqualTo(hash);
    assertThat(hash(login(1).tlv(0xE03A, new byte[16]))).isNotEqualTo(hash);
    assertThat(hash(login(1).tlv(0x3008, new byte[] {1}))).isNotEqualTo(hash);
  }

  // Verifies what the worked packet tells.
  @Test
  void readsTheVector() throws Exception {
    LoginRequest login = read(Vectors.named("login-signed").frame());

    assertThat(login.facts().softwareVersion()).isEqualTo("1.01");
    assertThat(login.facts().signal()).isEqualTo(0x14);
    assertThat(login.facts().lac()).isEqualTo(0x18A7);
    assertThat(login.facts().cell()).isEqualTo(0x5B1C);
    assertThat(login.configCrc32()).isEqualTo(0x143A2B35);
  }

  // Verifies what a LOGIN says of keys; a yes or no to encryption names no cipher.
  @Test
  void readsKeys() throws Exception {
    byte[] proof = new byte[16];
    proof[3] = 7;
    LoginKeys keys = read(RequestFrames.signed(
            login(1)
                .tlv(0xE03A, proof)
                .tlv(0xE020, new byte[] {(byte) 0x8E})
                .tlv(0xE031, new byte[] {1}),
            0))
        .keys();

    assertThat(keys.baseKeyDigest()).hasValue(proof);
    assertThat(keys.pin1Cleared()).isTrue();
    assertThat(keys.cipher()).isEmpty();
    LoginKeys none =
        read(RequestFrames.signed(login(1).tlv(0xE020, new byte[] {0x0E}), 0)).keys();
    assertThat(none.baseKeyDigest()).isEmpty();
    assertThat(none.pin1Cleared()).isFalse();
  }

  // Verifies which result a good login gets by the CRC32 of its synchronised parameters.
  @Test
  void comparesConfiguration() throws Exception {
    LoginRequest login = read(Vectors.named("login-signed").frame());
    LoginRequest empty = read(RequestFrames.signed(login(1).field("configCrc32", 0), 0));
    Terminal terminal = SampleTerminal.usual();
    var tags = RequestFrames.DIALECT.tags();
    assertThat(login.result(terminal, tags)).isEqualTo("configurationDiffers");
    assertThat(empty.result(terminal, tags)).isEqualTo("inSync");

    byte[] list = new byte[] {0, 0x02, 0, 0x07, 0, 0x09, 0, 0x0A, 0, 0x11};
    terminal
        .syncList()
        .restore(new BodyWriter()
            .tlv(0x0002, "CMNET")
            .tlv(0x0007, "106571734")
            .tlvU32(0x0009, 0xDACE050F)
            .tlvU32(0x000A, 0x26FD0000)
            .tlvU32(0x0011, 0x5A)
            .tlv(0x0025, list)
            .toBytes());
    assertThat(login.result(terminal, tags)).isEqualTo("inSync");
    assertThat(empty.result(terminal, tags)).isEqualTo("inSync");
  }
}
