package io.m2mgate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.dictionary.Command;
import io.m2mgate.security.Md5Digest;
import io.m2mgate.wire.Vectors.Vector;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VectorsTest {
  private static final Set<String> UNSIGNED = Set.of(
      "register-op0",
      "register-op1",
      "login-ack-unsigned",
      "config-req",
      "heartbeat",
      "logout",
      "remote-ctrl-ack-0301",
      "segment-abort",
      "security-config-sms");

  static List<Vector> vectors() {
    return Vectors.all();
  }

  /** Verifies that the digest TLV is found exactly in the packets that have one, flag or no flag. */
  @ParameterizedTest
  @MethodSource("vectors")
  void findsTheDigest(Vector v) throws Exception {
    var frame = v.frame();

    int at = DigestLocator.find(frame, Vectors.DICTIONARY.dialect());

    assertThat(at).isEqualTo(UNSIGNED.contains(v.name()) ? -1 : v.bytes().length - 20);
  }

  /** Verifies that every digest with known secrets is the MD5 the description says, and that one bit spoils it. */
  @ParameterizedTest
  @MethodSource("vectors")
  void digestsVerify(Vector v) throws Exception {
    var frame = v.frame();
    int at = DigestLocator.find(frame, Vectors.DICTIONARY.dialect());
    if (at < 0 || v.inputs().isMissingNode()) {
      return;
    }
    var md5 = new Md5Digest();
    var imei = ascii(v.inputs().get("imei").asText() + "\0");
    var imsi = ascii(v.inputs().get("imsi").asText());
    var password = ascii(v.inputs().get(frame.isAck() ? "downlink" : "uplink").asText());
    int stamp = stamp(v, frame);

    assertThat(md5.verify(v.bytes(), 0, at, stamp, imei, imsi, password)).isTrue();

    v.bytes()[at + 7] ^= 1;
    assertThat(md5.verify(v.bytes(), 0, at, stamp, imei, imsi, password)).isFalse();
  }

  private static int stamp(Vector v, Frame frame) {
    if (v.inputs().has("timestamp")) {
      return Integer.parseUnsignedInt(v.inputs().get("timestamp").asText(), 16);
    }
    return frame.isAck() ? Bytes.u32(frame.bytes(), frame.bodyOffset() + 1) : 0;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Verifies that every packet is the same again when it is built from what was read. */
  @ParameterizedTest
  @MethodSource("vectors")
  void encodesToTheSameBytes(Vector v) throws Exception {
    var dialect = Vectors.DICTIONARY.dialect();
    var frame = v.frame();
    int at = DigestLocator.find(frame, dialect);
    var command = dialect.command(frame.command()).command();
    var builder =
        frame.isAck() ? FrameBuilder.ack(dialect, command) : FrameBuilder.request(dialect, command);
    builder
        .sequence(frame.sequence())
        .version(frame.version())
        .flags(frame.flags())
        .serial(frame.serial());
    if (at >= 0) {
      builder.digest();
    }

    byte[] built;
    if (Wrapping.of(frame, dialect, at) == Wrapping.NONE) {
      copyBody(frame, at, builder);
      built = builder.build();
    } else {
      var body = new BodyWriter().bytes(v.bytes(), frame.bodyOffset(), frame.bodyLength(at));
      built = builder.build(body.toBytes());
    }
    if (at >= 0) {
      System.arraycopy(v.bytes(), at + 4, built, at + 4, 16);
    }

    assertThat(Bytes.hex(built)).isEqualTo(Bytes.hex(v.bytes()));
  }

  private static void copyBody(Frame frame, int digestAt, FrameBuilder builder)
      throws MalformedFrame {
    var body = body(frame, digestAt);
    for (var f : body.layout().fields()) {
      builder.field(f.name(), body.bytesOf(f.name()));
    }
    var tlvs = body.tlvs();
    while (tlvs.next()) {
      var def = body.dialect().tlv(tlvs.tag());
      if (tlvs.valueLength() == 0) {
        builder.pair(tlvs.tag());
      } else {
        builder.tlv(def.name(), ValueCodec.decode(def, tlvs.bytes()));
      }
    }
  }

  private static Body body(Frame frame, int digestAt) throws MalformedFrame {
    var dialect = Vectors.DICTIONARY.dialect();
    return Body.read(
        dialect,
        dialect.command(frame.command()),
        frame.isAck(),
        frame.bytes(),
        frame.bodyOffset(),
        frame.bodyLength(digestAt),
        false);
  }

  private static Body body(String name) throws MalformedFrame {
    var frame = Vectors.named(name).frame();
    return body(frame, DigestLocator.find(frame, Vectors.DICTIONARY.dialect()));
  }

  /** Verifies header fields, fixed fields and TLVs of LOGIN against what the description says of the packet. */
  @Test
  void readsLogin() throws Exception {
    var frame = Vectors.named("login-signed").frame();
    var body = body("login-signed");
    var tags = Vectors.DICTIONARY.dialect().tags();
    var tlv = new TlvReader();

    assertThat(frame.serial()).isEqualTo("ASM7000722222222");
    assertThat(frame.serialValid()).isTrue();
    assertThat(frame.sequence()).isEqualTo(1);
    assertThat(frame.version()).isEqualTo(0x0300);
    assertThat(frame.hasDigestFlag()).isTrue();
    assertThat(body.command().command()).isEqualTo(Command.LOGIN);
    assertThat(body.textOf("softwareVersion")).isEqualTo("1.01");
    assertThat(body.intOf("configCrc32")).isEqualTo(0x143a2b35);
    assertThat(body.first(tags.signalLevel(), tlv)).isTrue();
    assertThat(tlv.u8()).isEqualTo(0x14);
    assertThat(body.first(tags.cellId(), tlv)).isTrue();
    assertThat(tlv.u32()).isEqualTo(0x18a75b1c);
    assertThat(body.first(tags.userData(), tlv)).isFalse();
  }

  /** Verifies that the configuration CRC of LOGIN is the CRC-32 over the TLVs the description lists. */
  @Test
  void configurationCrc() {
    var w = new BodyWriter();
    w.tlv(0x0002, "CMNET").tlv(0x0007, "106571734").tlvU32(0x0009, 0xDACE050F);
    w.tlvU32(0x000A, 0x26FD0000).tlvU32(0x0011, 0x5A);

    assertThat(Crc32.of(w.array(), 0, w.length())).isEqualTo(0x143a2b35);
  }

  /** Verifies the data packet: CRC-16 over the user data, destination, payload. */
  @Test
  void readsData() throws Exception {
    var dialect = Vectors.DICTIONARY.dialect();
    var body = body("data-to-application");
    var tlv = new TlvReader();

    assertThat(body.first(dialect.tags().destinationApplication(), tlv)).isTrue();
    assertThat(tlv.ascii()).isEqualTo("EC01");
    assertThat(body.first(dialect.tags().userData(), tlv)).isTrue();
    assertThat(tlv.ascii()).isEqualTo("hello");
    assertThat(new Crc16(dialect.crc16()).of(tlv.bytes())).isEqualTo(body.intOf("crc16"));
  }

  /** Verifies that segments and ciphertext are told from plain bodies. */
  @Test
  void tellsWrappings() throws Exception {
    for (Vector v : Vectors.all()) {
      var dialect = Vectors.DICTIONARY.dialect();
      var frame = v.frame();
      var expected = v.name().startsWith("segment")
          ? Wrapping.SEGMENT
          : v.name().equals("data-encrypted") ? Wrapping.ENCRYPTED : Wrapping.NONE;

      assertThat(Wrapping.of(frame, dialect, DigestLocator.find(frame, dialect)))
          .as(v.name())
          .isEqualTo(expected);
    }
  }

  /** Verifies that the security parameters come out typed, and REGISTER's padded texts without padding. */
  @Test
  void readsTexts() throws Exception {
    var register = body("register-op0");
    var security = body("security-config-sms");
    var tags = Vectors.DICTIONARY.dialect().tags();
    var tlv = new TlvReader();

    assertThat(register.textOf("imei")).isEqualTo("123456789012345");
    assertThat(register.textOf("imsi")).isEqualTo("460001234567890");
    assertThat(security.intOf("operation")).isZero();
    assertThat(security.first(tags.baseKey(), tlv)).isTrue();
    assertThat(tlv.ascii()).isEqualTo("112233445566778899001234");
    assertThat(security.checkTlvs(tlv)).isEqualTo(6);
  }
}
