package io.m2mgate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.dictionary.TlvDef;
import io.m2mgate.wire.Vectors.Vector;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HostileBytesTest {
  private static final Dictionary BOTH = Dictionary.load(Path.of("conf/examples/dialects"));
  private static final FrameDecoder DECODER = new FrameDecoder(BOTH, 16_384);
  private static final FrameExplainer EXPLAINER =
      new FrameExplainer((frame, at) -> DigestVerdict.WRONG, true);

  static List<Vector> vectors() {
    return Vectors.all();
  }

  /** Verifies that a packet cut at any byte, its length corrected or not, is read or malformed, nothing else. */
  @ParameterizedTest
  @MethodSource("vectors")
  void truncated(Vector v) {
    for (int n = 0; n <= v.bytes().length; n++) {
      var cut = Arrays.copyOf(v.bytes(), n);
      readEverything(cut, 0, n);
      if (n >= 2) {
        Bytes.u16(cut, 0, n);
        readEverything(cut, 0, n);
      }
    }
  }

  /** Verifies that a packet with any one bit turned is read or malformed, nothing else. */
  @ParameterizedTest
  @MethodSource("vectors")
  void flipped(Vector v) {
    for (int bit = 0; bit < v.bytes().length * 8; bit++) {
      var b = v.bytes().clone();
      b[bit / 8] ^= (byte) (1 << bit % 8);
      readEverything(b, 0, b.length);
    }
  }

  /** Verifies that random bytes under a good length and a known command are read or malformed, nothing else. */
  @Test
  void random() {
    Seeds.forAll(3_000, random -> {
      var b = Seeds.bytes(random, 26 + random.nextInt(120));
      Bytes.u16(b, 0, b.length);
      Bytes.u16(b, 2, random.nextInt(17) | (random.nextBoolean() ? 0x8000 : 0));
      Bytes.u16(b, 8, random.nextBoolean() ? 0x0300 : 0x0100);
      if (b.length > 60 && random.nextBoolean()) {
        Bytes.u16(b, b.length - 20, 0xE021);
        Bytes.u16(b, b.length - 18, 16);
      }
      readEverything(b, 0, b.length);
    });
  }

  /** Verifies that values of any length are decoded to something, and that something can be encoded or is refused. */
  @Test
  void values() {
    Seeds.forAll(100, random -> {
      for (TlvDef def : BOTH.dialect().tlvs()) {
        ValueCodec.decode(def, Seeds.bytes(random, random.nextInt(64)));
      }
    });
  }

  static void readEverything(byte[] b, int off, int len) {
    try {
      int length = DECODER.lengthAt(b, off, len);
      if (length >= 0 && length <= len) {
        readFrame(DECODER.frame(b, off, length));
      }
    } catch (MalformedFrame e) {
      assertThat(e.getStackTrace()).isEmpty();
      assertThat(e.offset()).isBetween(off, off + len);
      assertThat(e.getMessage()).startsWith(e.reason().id());
    }
  }

  private static void readFrame(Frame frame) throws MalformedFrame {
    var dialect = BOTH.dialectFor(frame.serial(), frame.version());
    var explanation = EXPLAINER.explain(frame, dialect);
    assertThat(explanation.toText()).isNotEmpty();
    assertThat(explanation.toJson()).isNotEmpty();
    int covered = explanation.rows().stream().mapToInt(Explanation.Row::length).sum();
    assertThat(covered).isEqualTo(frame.length());
    if (!dialect.knows(frame.requestCommand())) {
      return;
    }
    readBody(frame, dialect.command(frame.requestCommand()));
  }

  private static void readBody(Frame frame, CommandDef command) throws MalformedFrame {
    var dialect = BOTH.dialectFor(frame.serial(), frame.version());
    int at = DigestLocator.find(frame, dialect);
    for (boolean decrypted : new boolean[] {false, true}) {
      var body = Body.read(
          dialect,
          command,
          frame.isAck(),
          frame.bytes(),
          frame.bodyOffset(),
          frame.bodyLength(at),
          decrypted);
      for (var f : body.layout().fields()) {
        if (body.has(f.name())) {
          body.textOf(f.name());
          assertThat(body.bytesOf(f.name())).hasSize(body.sizeOf(f.name()));
        }
      }
      var tlvs = body.tlvs();
      while (tlvs.next()) {
        ValueCodec.decode(
            dialect.tlv(tlvs.tag()), tlvs.array(), tlvs.valueOffset(), tlvs.valueLength());
      }
    }
  }
}
