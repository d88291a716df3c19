package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m2mgate.session.MacKind;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The digests of frames other than MD5, beside published vectors. */
class HmacDigestTest {
  private static final String ALPHABET_TWICE =
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".repeat(2);

  private final FrameMacs macs = new FrameMacs();

  private record Published(String source, MacKind kind, String key, byte[] data, String start) {
    @Override
    public String toString() {
      return source;
    }
  }

  /** RFC 4231, cases 1 to 7, and GM/T 0042-2015, D.3; the SM3 ones of RFC inputs are OpenSSL's. */
  static Stream<Published> published() {
    byte[] hi = ascii("Hi There");
    byte[] ya = ascii("what do ya want for nothing?");
    byte[] truncation = ascii("Test With Truncation");
    byte[] largeKey = ascii("Test Using Larger Than Block-Size Key - Hash Key First");
    byte[] largeBoth = ascii("This is a test using a larger than block-size key and a larger than "
        + "block-size data. The key needs to be hashed before being used by the HMAC algorithm.");
    String counted = "0102030405060708090a0b0c0d0e0f10111213141516171819";
    String longer = counted + "1a1b1c1d1e1f202122232425";
    return Stream.of(
        sha("1", "0b".repeat(20), hi, "b0344c61d8db38535ca8afceaf0bf12b"),
        sha("2", "4a656665", ya, "5bdcc146bf60754e6a042426089575c7"),
        sha("3", "aa".repeat(20), filled(0xdd, 50), "773ea91e36800e46854db8ebd09181a7"),
        sha("4", counted, filled(0xcd, 50), "82558a389a443c0ea4cc819899f2083a"),
        sha("5", "0c".repeat(20), truncation, "a3b6167473100ee06e0c796c2955552b"),
        sha("6", "aa".repeat(131), largeKey, "60e431591ee0b67f0d8a26aacbf5b77f"),
        sha("7", "aa".repeat(131), largeBoth, "9b09ffa71b942fcb27635fbcd5b0e944"),
        sm3(
            "1",
            longer.substring(0, 64),
            ascii(ALPHABET_TWICE),
            "ca05e144ed05d1857840d1f318a4a866"),
        sm3("2", longer, filled(0xcd, 50), "220bf579ded555393f0159f66c998778"),
        sm3("3", "0b".repeat(32), hi, "c0ba18c68b90c88bc07de794bfc7d2c8"),
        sm3("4", "4a656665", ya, "2e87f1d16862e6d964b50a5200bf2b10"),
        sm3("large key", "aa".repeat(131), largeKey, "b4fd844e13342002f0b2e0690ea7741f"),
        sm3("large both", "aa".repeat(131), largeBoth, "5acbdeb0c8c1ef3a99088fe51c0a1d5f"));
  }

  private static Published sha(String name, String key, byte[] data, String start) {
    return new Published("HMAC-SHA-256 " + name, MacKind.HMAC_SHA_256, key, data, start);
  }

  private static Published sm3(String name, String key, byte[] data, String start) {
    return new Published("HMAC-SM3 " + name, MacKind.HMAC_SM3, key, data, start);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] filled(int octet, int length) {
    byte[] out = new byte[length];
    Arrays.fill(out, (byte) octet);
    return out;
  }

  // Verifies the first 16 bytes of each, wherever frame, timestamp, IMEI and IMSI part the input.
  @ParameterizedTest
  @MethodSource("published")
  void agreesWithPublished(Published v) {
    byte[] d = v.data;
    byte[] out = new byte[20];
    for (int at = 0; at + 4 <= d.length; at++) {
      int imsiAt = at + 4 + (d.length - at - 4) / 2;
      byte[] imei = Arrays.copyOfRange(d, at + 4, imsiAt);
      byte[] imsi = Arrays.copyOfRange(d, imsiAt, d.length);

      macs.of(v.kind).sign(out, 2, d, 0, at, Bytes.u32(d, at), imei, imsi, Bytes.unhex(v.key));

      assertThat(Bytes.hex(out)).isEqualTo("0000" + v.start + "0000");
    }
  }

  // Verifies that each kind takes what it signed, and nothing with one bit changed anywhere.
  @ParameterizedTest
  @EnumSource(MacKind.class)
  void takesOnlyWhatItSigned(MacKind kind) {
    FrameMac mac = macs.of(kind);
    Seeds.forAll(50, random -> {
      int covered = 28 + random.nextInt(200);
      byte[] frame = Seeds.bytes(random, 5 + covered + 4 + FrameMac.SIZE);
      int stamp = random.nextInt();
      byte[] imei = Seeds.bytes(random, 16);
      byte[] imsi = Seeds.bytes(random, 15);
      byte[] password = Seeds.bytes(random, 8);
      mac.sign(frame, 5 + covered + 4, frame, 5, covered, stamp, imei, imsi, password);

      assertThat(mac.verify(frame, 5, covered, stamp, imei, imsi, password)).isTrue();
      assertThat(mac.verify(frame, 5 + covered + 4, 5, covered, stamp, imei, imsi, password))
          .isTrue();
      assertThat(mac.verify(frame, 5, covered, stamp ^ 1, imei, imsi, password)).isFalse();
      password[random.nextInt(8)] ^= 1;
      assertThat(mac.verify(frame, 5, covered, stamp, imei, imsi, password)).isFalse();
      int change = random.nextInt(covered + FrameMac.SIZE);
      frame[change < covered ? 5 + change : 5 + 4 + change] ^= 1;
      assertThat(mac.verify(frame, 5, covered, stamp, imei, imsi, password)).isFalse();
    });
  }

  // Verifies that the kinds are three, each the same at every call.
  @Test
  void holdsOneOfEach() {
    assertThat(Stream.of(MacKind.values()).map(macs::of).distinct()).hasSize(3);
    assertThat(macs.of(MacKind.MD5)).isInstanceOf(Md5Digest.class).isSameAs(macs.of(MacKind.MD5));
  }

  // Verifies that a place too small is refused, and the next digest is right all the same.
  @ParameterizedTest
  @EnumSource(MacKind.class)
  void refusesNoRoom(MacKind kind) {
    FrameMac mac = macs.of(kind);
    byte[] before = new byte[16];
    byte[] after = new byte[16];
    byte[] frame = new byte[28];
    byte[] key = ascii("UpPwd001");

    mac.sign(before, 0, frame, 0, 28, 1, frame, frame, key);
    assertThatThrownBy(() -> mac.sign(new byte[16], 1, frame, 0, 28, 1, frame, frame, key))
        .isInstanceOf(IllegalArgumentException.class);
    mac.sign(after, 0, frame, 0, 28, 1, frame, frame, key);

    assertThat(after).isEqualTo(before);
  }
}
