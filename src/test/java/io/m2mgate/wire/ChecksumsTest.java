package io.m2mgate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.dictionary.Crc16Def;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.dictionary.Grade;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChecksumsTest {
  private static final byte[] CHECK = "123456789".getBytes(StandardCharsets.US_ASCII);

  private static Crc16 crc(int polynomial, int init, boolean reflected, int xorOut) {
    return new Crc16(new Crc16Def("x", polynomial, init, reflected, xorOut, Grade.ASSIGNED));
  }

  /** Verifies the known check values of the default CRC-16 and of others a dialect may choose. */
  @Test
  void knownCrc16() {
    assertThat(new Crc16(Dictionary.load().dialect().crc16()).of(CHECK)).isEqualTo(0x4B37);
    assertThat(crc(0x8005, 0xFFFF, true, 0).of(CHECK)).as("MODBUS").isEqualTo(0x4B37);
    assertThat(crc(0x8005, 0x0000, true, 0).of(CHECK)).as("ARC").isEqualTo(0xBB3D);
    assertThat(crc(0x8005, 0xFFFF, true, 0xFFFF).of(CHECK)).as("USB").isEqualTo(0xB4C8);
    assertThat(crc(0x1021, 0xFFFF, false, 0).of(CHECK)).as("IBM-3740").isEqualTo(0x29B1);
    assertThat(crc(0x1021, 0x0000, false, 0).of(CHECK)).as("XMODEM").isEqualTo(0x31C3);
    assertThat(crc(0x1021, 0x0000, true, 0).of(CHECK)).as("KERMIT").isEqualTo(0x2189);
    assertThat(crc(0x1021, 0xFFFF, true, 0xFFFF).of(CHECK)).as("IBM-SDLC").isEqualTo(0x906E);
    assertThat(crc(0x1021, 0xB2AA, true, 0).of(CHECK)).as("RIELLO").isEqualTo(0x63D0);
  }

  /** Verifies that over nothing both 0 and the initial value are good and 0 is sent. */
  @Test
  void nothing() {
    var crc = new Crc16(Dictionary.load().dialect().crc16());

    assertThat(crc.accepts(0, CHECK, 0, 0)).isTrue();
    assertThat(crc.accepts(0xFFFF, CHECK, 0, 0)).isTrue();
    assertThat(crc.accepts(1, CHECK, 0, 0)).isFalse();
    assertThat(crc.accepts(0, CHECK, 0, 9)).isFalse();
    assertThat(crc.toSend(CHECK, 0, 0)).isZero();
    assertThat(crc.toSend(CHECK, 0, 9)).isEqualTo(0x4B37);
  }

  /** Verifies that bytes in pieces give what they give together. */
  @Test
  void inPieces() {
    var crc = new Crc16(Dictionary.load().dialect().crc16());

    assertThat(crc.end(crc.update(crc.update(crc.start(), CHECK, 0, 4), CHECK, 4, 5)))
        .isEqualTo(0x4B37);
    assertThat(new Crc32().add(CHECK, 0, 4).add(CHECK, 4, 5).value()).isEqualTo(0xCBF43926);
    assertThat(Crc32.of(CHECK)).isEqualTo(0xCBF43926);
  }

  /** Verifies that eight bytes at a time come to what one at a time come to, at every length and offset, either way round. */
  @Test
  void crc16OfAnyLength() {
    var bytes = new byte[70];
    new Random(7).nextBytes(bytes);
    for (boolean reflected : new boolean[] {true, false}) {
      var crc = crc(0x8005, 0xFFFF, reflected, 0);
      for (int off = 0; off < 9; off++) {
        for (int len = 0; off + len <= bytes.length; len++) {
          int single = crc.start();
          for (int i = off; i < off + len; i++) {
            single = crc.update(single, bytes, i, 1);
          }
          assertThat(crc.of(bytes, off, len)).isEqualTo(crc.end(single));
        }
      }
    }
  }

  /** Verifies that the hash is stable, depends on everything, and that single bits spread over half of it. */
  @Test
  void contentHash() {
    var b = new byte[40];
    long base = ContentHash.hash64(4, b, 0, 33);
    assertThat(base).isEqualTo(ContentHash.hash64(4, b, 5, 33));
    assertThat(base)
        .isNotEqualTo(ContentHash.hash64(5, b, 0, 33))
        .isNotEqualTo(ContentHash.hash64(4, b, 0, 32));

    assertThat(ContentHash.fold(base, b, 0, 3))
        .isNotEqualTo(base)
        .isNotEqualTo(ContentHash.fold(base, b, 0, 4));

    var seen = new HashSet<Long>();
    int spread = 0;
    for (int bit = 0; bit < 33 * 8; bit++) {
      b[bit / 8] ^= (byte) (1 << bit % 8);
      long hash = ContentHash.hash64(4, b, 0, 33);
      b[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(seen.add(hash)).isTrue();
      spread += Long.bitCount(hash ^ base);
    }
    assertThat(spread / (33.0 * 8)).isBetween(30.0, 34.0);
  }
}
