package io.m2mgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameDecoder;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.Mutations;
import io.m2mgate.wire.Seeds;
import io.m2mgate.wire.Vectors;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** A target for coverage-guided fuzzing: where a stream is cut makes no difference. */
class FrameSplitterFuzzTest {
  private static final int LIMIT = 2_000;
  private static final int CASES = 2_000;
  private static final List<byte[]> STREAMS = threeByThree();
  private static final FrameDecoder DECODER = new FrameDecoder(Vectors.DICTIONARY, LIMIT);

  /** Eight bytes that say where to cut, and a stream of three packets. */
  private static List<byte[]> threeByThree() {
    List<Vectors.Vector> all = Vectors.all();
    List<byte[]> streams = new ArrayList<>();
    for (int i = 0; i + 2 < all.size(); i++) {
      var stream = new ByteArrayOutputStream();
      stream.writeBytes(new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) i});
      all.subList(i, i + 3).forEach(vector -> stream.writeBytes(vector.bytes()));
      streams.add(stream.toByteArray());
    }
    return streams;
  }

  static List<byte[]> streams() {
    return STREAMS;
  }

  // Verifies that a stream gives the same frames and the same end in one read and in any pieces,
  // and that what is kept in between is never more than one frame.
  @MethodSource("streams")
  @FuzzTest(maxDuration = "15m")
  void cutsAnywhere(byte[] bytes) {
    if (bytes.length < 8) {
      return;
    }
    byte[] stream = Arrays.copyOfRange(bytes, 8, bytes.length);
    List<String> whole = read(List.of(stream));
    Random cuts = new Random(java.nio.ByteBuffer.wrap(bytes).getLong());
    List<byte[]> pieces = new ArrayList<>();
    for (int at = 0; at < stream.length; ) {
      int to = Math.min(stream.length, at + 1 + cuts.nextInt(cuts.nextBoolean() ? 3 : 200));
      pieces.add(Arrays.copyOfRange(stream, at, to));
      at = to;
    }
    assertThat(read(pieces)).isEqualTo(whole);
  }

  private static List<String> read(List<byte[]> pieces) {
    List<Frame> frames = new ArrayList<>();
    FrameSplitter splitter = new FrameSplitter(DECODER);
    String end = "open";
    try {
      for (byte[] piece : pieces) {
        splitter.take(piece, frames::add);
        assertThat(splitter.keptBytes()).isLessThanOrEqualTo(LIMIT);
      }
      end = splitter.unfinished() ? "unfinished" : "whole";
    } catch (MalformedFrame malformed) {
      end = malformed.reason().id();
    }
    List<String> found = new ArrayList<>();
    // Read at the end: what came later must not have changed them.
    frames.forEach(frame -> found.add(Bytes.hex(frame.bytes(), frame.offset(), frame.length())));
    found.add(end);
    return found;
  }

  // Verifies the same of random changes of the seeds, without a fuzzer.
  @Test
  void standsRandomChanges() {
    Seeds.forAll(CASES, random -> {
      byte[] stream = Mutations.of(streams(), random);
      System.arraycopy(Seeds.bytes(random, 8), 0, stream, 0, Math.min(8, stream.length));
      cutsAnywhere(stream);
    });
  }
}
