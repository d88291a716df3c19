package io.m2mgate.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameDecoder;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.MalformedFrame.Reason;
import io.m2mgate.wire.Seeds;
import io.m2mgate.wire.Vectors;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Wire 1 and 8: frames follow each other, length, then limit, then header. */
class FrameSplitterTest {
  private static final int HEADER = 28;
  private static final int LIMIT = 2000;

  private final FrameDecoder decoder = new FrameDecoder(Vectors.DICTIONARY, LIMIT);
  private final FrameSplitter splitter = new FrameSplitter(decoder);
  private final List<String> found = new ArrayList<>();

  private void take(byte[] read) throws MalformedFrame {
    take(splitter, read);
  }

  private void take(FrameSplitter from, byte[] read) throws MalformedFrame {
    from.take(read, frame -> found.add(shown(frame)));
  }

  private static String shown(Frame frame) {
    return Bytes.hex(frame.bytes(), frame.offset(), frame.length());
  }

  private static byte[] frame(Random random) {
    if (random.nextInt(3) == 0) {
      List<Vectors.Vector> all = Vectors.all();
      return all.get(random.nextInt(all.size())).bytes();
    }
    int most = random.nextInt(4) == 0 ? LIMIT - HEADER : 60;
    byte[] bytes = Seeds.bytes(random, HEADER + random.nextInt(most + 1));
    Bytes.u16(bytes, 0, bytes.length);
    Bytes.u16(bytes, 8, 0x0300);
    return bytes;
  }

  private static byte[] stream(Random random, List<String> frames) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int n = 1 + random.nextInt(12); n > 0; n--) {
      byte[] frame = frame(random);
      frames.add(Bytes.hex(frame));
      all.writeBytes(frame);
    }
    return all.toByteArray();
  }

  // Verifies that any cutting of a stream gives the same frames, and that no more than one frame is
  // ever kept.
  @Test
  void cutsAnyStreamAlike() {
    Seeds.forAll(300, random -> {
      List<String> expected = new ArrayList<>();
      byte[] stream = stream(random, expected);
      FrameSplitter one = new FrameSplitter(decoder);
      found.clear();
      for (int at = 0; at < stream.length; ) {
        int most = random.nextBoolean() ? 5 : stream.length;
        int to = Math.min(stream.length, at + 1 + random.nextInt(most));
        take(one, Arrays.copyOfRange(stream, at, to));
        at = to;
        assertThat(one.keptBytes()).isLessThanOrEqualTo(LIMIT);
      }
      assertThat(found).isEqualTo(expected);
      assertThat(one.unfinished()).isFalse();
      assertThat(one.keptBytes()).isZero();
    });
  }

  // Verifies that frames come out as soon as their last byte is there, one byte at a time.
  @Test
  void takesByteByByte() throws Exception {
    byte[] trap = Vectors.named("trap-signed").bytes();
    for (int i = 0; i < trap.length; i++) {
      assertThat(found).isEmpty();
      take(new byte[] {trap[i]});
      assertThat(splitter.unfinished()).isEqualTo(i < trap.length - 1);
    }
    assertThat(found).containsExactly(Bytes.hex(trap));
  }

  // Verifies that an empty read changes nothing.
  @Test
  void takesNothing() throws Exception {
    take(new byte[0]);
    assertThat(splitter.unfinished()).isFalse();

    take(new byte[] {0});
    take(new byte[0]);
    assertThat(splitter.unfinished()).isTrue();
  }

  // Verifies that a length that no frame can have ends the stream, whole or in two reads, at its
  // second byte.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 27, LIMIT + 1, 0xFFFF})
  void refusesImpossibleLengths(int length) {
    byte[] two = {(byte) (length >> 8), (byte) length};
    Reason reason = length < HEADER ? Reason.LENGTH_TOO_SHORT : Reason.LENGTH_TOO_LONG;

    assertThatThrownBy(() -> take(two))
        .isInstanceOfSatisfying(
            MalformedFrame.class, e -> assertThat(e.reason()).isEqualTo(reason));
    FrameSplitter other = new FrameSplitter(decoder);
    assertThatThrownBy(() -> {
          take(other, new byte[] {two[0]});
          take(other, new byte[] {two[1]});
        })
        .isInstanceOfSatisfying(
            MalformedFrame.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  // Verifies that the shortest and the longest frame pass.
  @ParameterizedTest
  @ValueSource(ints = {HEADER, LIMIT})
  void takesTheBounds(int length) throws Exception {
    byte[] frame = new byte[length];
    Bytes.u16(frame, 0, length);
    Bytes.u16(frame, 8, 0x0300);

    take(frame);

    assertThat(found).containsExactly(Bytes.hex(frame));
  }

  // Verifies that the frames before a broken one are still delivered.
  @Test
  void deliversWhatCameBefore() {
    byte[] trap = Vectors.named("trap-signed").bytes();
    byte[] read = Arrays.copyOf(trap, trap.length + 2);

    assertThatThrownBy(() -> take(read)).isInstanceOf(MalformedFrame.class);

    assertThat(found).containsExactly(Bytes.hex(trap));
  }

  // Verifies that whole frames are views on what was read, and a completed one is not.
  @Test
  void copiesOnlyTheRest() throws Exception {
    byte[] trap = Vectors.named("trap-signed").bytes();
    byte[] read = Arrays.copyOf(trap, trap.length + 10);
    System.arraycopy(trap, 0, read, trap.length, 10);
    List<byte[]> arrays = new ArrayList<>();

    splitter.take(read, frame -> arrays.add(frame.bytes()));
    splitter.take(Arrays.copyOfRange(trap, 10, trap.length), frame -> arrays.add(frame.bytes()));

    assertThat(arrays.get(0)).isSameAs(read);
    assertThat(arrays.get(1)).isNotSameAs(read).isEqualTo(trap);
  }
}
