package io.m2mgate.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.m2mgate.wire.MalformedFrame.Reason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TlvReaderTest {
  private static List<String> read(String hex, boolean decrypted) throws MalformedFrame {
    var b = Bytes.unhex(hex);
    var out = new ArrayList<String>();
    var reader = new TlvReader(b, 0, b.length, decrypted);
    while (reader.next()) {
      out.add(String.format("%04x:%s", reader.tag(), Bytes.hex(reader.bytes())));
    }
    return out;
  }

  private static MalformedFrame fault(String hex, boolean decrypted) {
    return catchThrowableOfType(MalformedFrame.class, () -> read(hex, decrypted));
  }

  /** Verifies plain TLVs, empty ones among them. */
  @Test
  void plain() throws Exception {
    assertThat(read("", false)).isEmpty();
    assertThat(read("0011 0000 0025 0000", false)).containsExactly("0011:", "0025:");
    assertThat(read("4007 0002 6869 3007 0001 14", false)).containsExactly("4007:6869", "3007:14");
  }

  /** Verifies that fillers are passed over wherever they stand. */
  @Test
  void fillers() throws Exception {
    assertThat(read("0000 0000 3007 0001 14 0000 0000", false)).containsExactly("3007:14");
    assertThat(read("0000 0002 1234", false)).containsExactly("0000:1234");
  }

  /** Verifies that one to three zero bytes at the end of any body are ignored, other bytes are not. */
  @Test
  void zeroTail() throws Exception {
    assertThat(read("3007 0001 14 00", false)).containsExactly("3007:14");
    assertThat(read("3007 0001 14 000000", false)).containsExactly("3007:14");
    assertThat(fault("3007 0001 14 000001", false).reason()).isEqualTo(Reason.TLV_TRUNCATED);
    assertThat(fault("3007 0001 14 000001", false).offset()).isEqualTo(5);
  }

  /** Verifies that in a decrypted body the rest is padding where only zeros follow or fewer than four bytes remain. */
  @Test
  void padding() throws Exception {
    assertThat(read("3007 0001 14 00000000000000", true)).containsExactly("3007:14");
    assertThat(read("3007 0001 14 010203", true)).containsExactly("3007:14");
    assertThat(read("3007 0002 0000 0000000000", true)).containsExactly("3007:0000");
    assertThat(read("00000000 3007 0001 14", true)).containsExactly("3007:14");
  }

  /** Verifies that a TLV past the end is malformed with its place and tag, decrypted or not. */
  @Test
  void pastTheEnd() {
    for (boolean decrypted : new boolean[] {false, true}) {
      var fault = fault("3007 0001 14 4007 0003 6869", decrypted);

      assertThat(fault.reason()).isEqualTo(Reason.TLV_PAST_END);
      assertThat(fault.offset()).isEqualTo(5);
      assertThat(fault.tag()).isEqualTo(0x4007);
      assertThat(fault).hasMessageContaining("tlv-past-end at offset 5, tag 4007");
    }
  }

  /** Verifies that a number of the wrong size is malformed, not misread. */
  @Test
  void numberOfWrongSize() throws Exception {
    var b = Bytes.unhex("3007 0002 1400");
    var reader = new TlvReader(b, 0, b.length, false);
    reader.next();

    assertThat(catchThrowableOfType(MalformedFrame.class, reader::u8).reason())
        .isEqualTo(Reason.VALUE_TRUNCATED);
    assertThat(reader.u16()).isEqualTo(0x1400);
    assertThat(reader.tlvOffset()).isZero();
    assertThat(reader.position()).isEqualTo(6);
  }

  /** Verifies that a body of nothing but fillers costs its length, not its square. */
  @Test
  @Timeout(5)
  void manyFillers() throws Exception {
    var b = new byte[65_500];
    b[b.length - 1] = 1;
    b[b.length - 3] = 1;
    b[b.length - 5] = 0x30;
    var reader = new TlvReader();
    for (int i = 0; i < 2_000; i++) {
      reader.reset(b, 0, b.length, true);
      try {
        while (reader.next()) {
          assertThat(reader.tag()).isNotZero();
        }
      } catch (MalformedFrame e) {
        assertThat(e.offset()).isPositive();
      }
    }
  }
}
