package io.m2mgate.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.wire.MalformedFrame.Reason;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FrameDecoderTest {
  private final FrameDecoder decoder = new FrameDecoder(Dictionary.load(), 100);
  private final FrameDecoder both =
      new FrameDecoder(Dictionary.load(Path.of("conf/examples/dialects")), 100);

  private static byte[] start(int length, int version) {
    var b = new byte[120];
    Bytes.u16(b, 0, length);
    Bytes.u16(b, 8, version);
    return b;
  }

  private static Reason reason(FrameDecoder decoder, byte[] b, int available) {
    return catchThrowableOfType(MalformedFrame.class, () -> decoder.lengthAt(b, 0, available))
        .reason();
  }

  /** Verifies that the length is told from two bytes on, and not before. */
  @Test
  void length() throws Exception {
    var b = start(28, 0x0300);

    assertThat(decoder.lengthAt(b, 0, 0)).isEqualTo(-1);
    assertThat(decoder.lengthAt(b, 0, 1)).isEqualTo(-1);
    assertThat(decoder.lengthAt(b, 0, 2)).isEqualTo(28);
  }

  /** Verifies both limits at their edges (wire.md 8). */
  @Test
  void limits() throws Exception {
    assertThat(decoder.lengthAt(start(100, 0x0300), 0, 2)).isEqualTo(100);
    assertThat(reason(decoder, start(101, 0x0300), 2)).isEqualTo(Reason.LENGTH_TOO_LONG);
    assertThat(reason(decoder, start(27, 0x0300), 2)).isEqualTo(Reason.LENGTH_TOO_SHORT);
    assertThat(reason(decoder, start(26, 0x0100), 20)).isEqualTo(Reason.LENGTH_TOO_SHORT);
    assertThat(reason(decoder, start(0, 0), 2)).isEqualTo(Reason.LENGTH_TOO_SHORT);
  }

  /** Verifies that with the older dialect loaded 26 bytes are enough for version 0100 only, once the version is there. */
  @Test
  void olderHeader() throws Exception {
    assertThat(both.lengthAt(start(26, 0x0100), 0, 9)).isEqualTo(-1);
    assertThat(both.lengthAt(start(26, 0x0100), 0, 10)).isEqualTo(26);
    assertThat(both.lengthAt(start(28, 0x0300), 0, 2)).isEqualTo(28);
    assertThat(reason(both, start(26, 0x0300), 10)).isEqualTo(Reason.LENGTH_TOO_SHORT);
    assertThat(reason(both, start(27, 0x0300), 10)).isEqualTo(Reason.LENGTH_TOO_SHORT);
    assertThat(reason(both, start(25, 0x0100), 2)).isEqualTo(Reason.LENGTH_TOO_SHORT);
  }

  /** Verifies that a datagram must be exactly one frame. */
  @Test
  void datagram() throws Exception {
    var b = start(30, 0x0300);

    assertThat(decoder.frame(b, 0, 30).length()).isEqualTo(30);
    assertThat(catchThrowableOfType(MalformedFrame.class, () -> decoder.frame(b, 0, 31))
            .reason())
        .isEqualTo(Reason.LENGTH_MISMATCH);
    assertThat(catchThrowableOfType(MalformedFrame.class, () -> decoder.frame(b, 0, 1))
            .reason())
        .isEqualTo(Reason.LENGTH_MISMATCH);
  }

  /** Verifies that serials of other characters are seen, and unknown versions too. */
  @Test
  void headerDoubts() throws Exception {
    var frame = decoder.frame(start(28, 0x0400), 0, 28);

    assertThat(frame.serialValid()).isFalse();
    assertThat(frame.versionKnown()).isFalse();
  }
}
