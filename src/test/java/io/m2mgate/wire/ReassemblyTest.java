package io.m2mgate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.m2mgate.wire.Part.Operation;
import io.m2mgate.wire.Reassembly.Finding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** Parts and what becomes of them (wire.md 6). */
class ReassemblyTest {
  private static final PartCodec CODEC = new PartCodec(Vectors.DICTIONARY.dialect());
  private static final Reassembly.Limits LIMITS =
      new Reassembly.Limits(256, 65_536, 270_000, 300_000);
  private static final int TRAP = 7;
  private static final int CASES = 3_000;

  private final Meter memory = new Meter(1_000_000);
  private final Reassembly reassembly = new Reassembly(LIMITS, memory);
  private long now = 1_000_000;

  /** Memory that is counted. */
  private static final class Meter implements Reassembly.Memory {
    private final int most;
    private int used;

    Meter(int most) {
      this.most = most;
    }

    @Override
    public boolean take(int bytes) {
      if (used + bytes > most) {
        return false;
      }
      used += bytes;
      return true;
    }

    @Override
    public void give(int bytes) {
      used -= bytes;
      assertThat(used).isNotNegative();
    }
  }

  private Finding take(Part part) {
    return reassembly.take(TRAP, part, now);
  }

  private static Part part(int index, int total, String data) {
    byte[] bytes = data.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    return new Part(0, total, index, Operation.PART, bytes, 0, bytes.length);
  }

  private String body() {
    return new String(
        reassembly.body(), 0, reassembly.length(), java.nio.charset.StandardCharsets.US_ASCII);
  }

  // Verifies that a body of any length comes out of its parts as it went in, through the bytes of
  // their TLVs.
  @Test
  void putsTogetherWhatWasCut() {
    Seeds.forAll(300, random -> {
      byte[] body = Seeds.bytes(random, 1 + random.nextInt(8_000));
      int most = 40 + random.nextInt(900);
      Segmenter sender = new Segmenter(body, most);
      Reassembly receiver = new Reassembly(LIMITS, new Meter(100_000));
      Finding last = Finding.TAKEN;
      while (last == Finding.TAKEN) {
        byte[] tlv = CODEC.write(sender.part());
        assertThat(tlv.length).isLessThanOrEqualTo(CODEC.size(most));
        Part read = CODEC.read(tlv, 0).orElseThrow();
        last = receiver.take(TRAP, read, 0);
        if (last == Finding.TAKEN) {
          Part ask = read.answer(Operation.SEND, read.index() + 1);
          assertThat(sender.told(CODEC.read(CODEC.write(ask), 0).orElseThrow()))
              .isEqualTo(Segmenter.Step.NEXT);
        }
      }
      assertThat(last).isEqualTo(Finding.WHOLE);
      assertThat(sender.atLast()).isTrue();
      assertThat(Arrays.copyOf(receiver.body(), receiver.length())).isEqualTo(body);
    });
  }

  // Verifies that the worked packet reads as the part that it is.
  @Test
  void readsTheWorkedPacket() {
    byte[] packet = Vectors.all().stream()
        .filter(vector -> vector.name().equals("segment-1-of-3"))
        .findFirst()
        .orElseThrow()
        .bytes();
    Part read = CODEC.read(packet, 28).orElseThrow();
    assertThat(read.total()).isEqualTo(3);
    assertThat(read.index()).isEqualTo(1);
    assertThat(read.operation()).isEqualTo(Operation.PART);
    assertThat(CODEC.write(read)).isEqualTo(Arrays.copyOfRange(packet, 28, packet.length - 20));
  }

  // Verifies that a copy of any part is answered as before, that an empty last part is a part, and
  // that a copy of the last is known without the message, for its time.
  @Test
  void knowsCopies() {
    assertThat(take(part(1, 3, "a"))).isEqualTo(Finding.TAKEN);
    assertThat(take(part(1, 3, "a"))).isEqualTo(Finding.AGAIN);
    assertThat(take(part(2, 3, "b"))).isEqualTo(Finding.TAKEN);
    assertThat(take(part(1, 3, "a"))).isEqualTo(Finding.AGAIN);
    assertThat(take(part(3, 3, ""))).isEqualTo(Finding.WHOLE);
    assertThat(body()).isEqualTo("ab");
    reassembly.release();
    assertThat(memory.used).isZero();
    assertThat(take(part(3, 3, ""))).isEqualTo(Finding.LAST_AGAIN);
    assertThat(take(part(2, 3, "b"))).isEqualTo(Finding.AGAIN);
    assertThat(take(part(3, 3, "x"))).isEqualTo(Finding.ABORT);
    now += 299_999;
    assertThat(take(part(3, 3, ""))).isEqualTo(Finding.LAST_AGAIN);
    now++;
    assertThat(take(part(3, 3, ""))).isEqualTo(Finding.ABORT);
  }

  // Verifies that a first part that is no copy starts anew, also one of another command, and that
  // the message before is not answered for any more.
  @Test
  void startsAnew() {
    take(part(1, 2, "old"));
    assertThat(take(part(1, 2, "new"))).isEqualTo(Finding.TAKEN);
    assertThat(take(part(2, 2, "er"))).isEqualTo(Finding.WHOLE);
    assertThat(body()).isEqualTo("newer");
    assertThat(take(part(1, 3, "next"))).isEqualTo(Finding.TAKEN);
    assertThat(reassembly.take(TRAP + 1, part(1, 3, "next"), now)).isEqualTo(Finding.TAKEN);
    assertThat(take(part(2, 3, "gap"))).isEqualTo(Finding.ABORT);
    assertThat(take(part(2, 2, "er"))).isEqualTo(Finding.ABORT);
    assertThat(memory.used).isZero();
  }

  // Verifies that a gap, a contradiction, an index that cannot be and a word that is no part end
  // the
  // message.
  @Test
  void abortsOnContradictions() {
    List<Part> wrong = List.of(
        part(3, 4, "c"),
        part(2, 5, "b"),
        part(1, 4, "a").answer(Operation.SEND, 2),
        part(1, 4, "a").answer(Operation.UNKNOWN, 2),
        part(0, 4, "a"),
        part(5, 4, "a"),
        new Part(9, 4, 2, Operation.PART, new byte[1], 0, 1));
    for (Part part : wrong) {
      assertThat(take(part(1, 4, "a"))).isEqualTo(Finding.TAKEN);
      assertThat(take(part)).as("%s", part).isEqualTo(Finding.ABORT);
      assertThat(memory.used).isZero();
      assertThat(take(part(2, 4, "b"))).isEqualTo(Finding.ABORT);
    }
    take(part(1, 4, "a"));
    take(part(2, 4, "b"));
    assertThat(take(part(2, 4, "B"))).isEqualTo(Finding.ABORT);
  }

  // Verifies that the sender's word ends a message, and nothing but that.
  @Test
  void endsWhenItsSenderSaysSo() {
    take(part(1, 2, "a"));
    assertThat(take(part(1, 2, "").answer(Operation.ABORT_BY_SENDER, 1)))
        .isEqualTo(Finding.GIVEN_UP);
    assertThat(memory.used).isZero();
    assertThat(take(part(2, 2, "b"))).isEqualTo(Finding.ABORT);
  }

  // Verifies the bounds: parts, bytes, time, and memory in all.
  @Test
  void keepsItsBounds() {
    assertThat(take(part(1, 257, "a"))).isEqualTo(Finding.ABORT);
    assertThat(take(part(1, 256, "a"))).isEqualTo(Finding.TAKEN);
    String big = "x".repeat(32_768);
    assertThat(take(part(1, 3, big))).isEqualTo(Finding.TAKEN);
    assertThat(take(part(2, 3, big))).isEqualTo(Finding.TAKEN);
    assertThat(take(part(3, 3, ""))).isEqualTo(Finding.WHOLE);
    assertThat(reassembly.length()).isEqualTo(65_536);
    take(part(1, 3, big));
    take(part(2, 3, big));
    assertThat(take(part(3, 3, "y"))).isEqualTo(Finding.ABORT);
    assertThat(memory.used).isZero();

    take(part(1, 3, "a"));
    now += 269_999;
    assertThat(take(part(2, 3, "b"))).isEqualTo(Finding.TAKEN);
    now++;
    assertThat(take(part(3, 3, "c"))).isEqualTo(Finding.ABORT);

    Meter little = new Meter(2_000);
    Reassembly poor = new Reassembly(LIMITS, little);
    assertThat(poor.take(TRAP, part(1, 3, "x".repeat(1_500)), now)).isEqualTo(Finding.TAKEN);
    assertThat(poor.take(TRAP, part(2, 3, "x".repeat(1_500)), now)).isEqualTo(Finding.NO_MEMORY);
    assertThat(little.used).isZero();
  }

  // Verifies that the sender goes on by the receiver's word alone.
  @Test
  void sendsWhatIsAskedFor() {
    Segmenter sender = new Segmenter(new byte[25], 10);
    Part first = sender.part();
    assertThat(sender.total()).isEqualTo(3);
    assertThat(sender.told(first.answer(Operation.SEND, 3)))
        .isEqualTo(Segmenter.Step.CONTRADICTION);
    assertThat(sender.told(first.answer(Operation.SEND, 1))).isEqualTo(Segmenter.Step.AGAIN);
    assertThat(sender.told(first.answer(Operation.SEND, 2))).isEqualTo(Segmenter.Step.NEXT);
    assertThat(sender.told(first.answer(Operation.SEND, 3))).isEqualTo(Segmenter.Step.NEXT);
    assertThat(sender.part().length()).isEqualTo(5);
    assertThat(sender.told(first.answer(Operation.SEND, 4)))
        .isEqualTo(Segmenter.Step.CONTRADICTION);
    assertThat(sender.told(first.answer(Operation.ABORT_BY_RECEIVER, 1)))
        .isEqualTo(Segmenter.Step.ABORTED);
    assertThat(sender.told(new Part(0, 9, 2, Operation.SEND, new byte[0], 0, 0)))
        .isEqualTo(Segmenter.Step.CONTRADICTION);
  }

  /** Parts one after the other, each behind the milliseconds since the last in two bytes. */
  static List<byte[]> histories() {
    List<byte[]> seeds = new ArrayList<>();
    BodyWriter twice = new BodyWriter();
    for (int round = 0; round < 2; round++) {
      for (int index = 1; index <= 3; index++) {
        twice.u16(100).bytes(CODEC.write(part(index, 3, "some data " + index)));
      }
    }
    seeds.add(twice.toBytes());
    seeds.add(new BodyWriter()
        .u16(1)
        .bytes(CODEC.write(part(1, 2, "a")))
        .u16(0xFFFF)
        .bytes(CODEC.write(part(1, 2, "").answer(Operation.ABORT_BY_SENDER, 1)))
        .toBytes());
    return seeds;
  }

  // Verifies that whatever comes, memory is what is reserved and within the bounds, a whole message
  // has all its bytes, and nothing is left in the end.
  @MethodSource("histories")
  @FuzzTest(maxDuration = "15m")
  void takesAnyHistory(byte[] bytes) {
    Meter meter = new Meter(50_000);
    Reassembly any = new Reassembly(new Reassembly.Limits(256, 65_536, 270_000, 300_000), meter);
    long at = 0;
    for (int pos = 0; pos + 6 <= bytes.length; ) {
      at += Bytes.u16(bytes, pos);
      int length = 4 + Bytes.u16(bytes, pos + 4);
      if (length > bytes.length - pos - 2) {
        break;
      }
      byte[] tlv = Arrays.copyOfRange(bytes, pos + 2, pos + 2 + length);
      pos += 2 + length;
      var read = CODEC.read(tlv, 0);
      if (read.isPresent()) {
        int before = any.length();
        Finding finding = any.take(
            (int) (at >> 12 & 1),
            new Part(
                read.get().transaction(),
                read.get().total(),
                read.get().index(),
                read.get().operation(),
                tlv,
                tlv.length - read.get().length(),
                read.get().length()),
            at);
        assertThat(meter.used).isEqualTo(any.reserved());
        assertThat(any.length()).isLessThanOrEqualTo(any.reserved());
        if (finding == Finding.WHOLE) {
          assertThat(any.open()).isFalse();
          assertThat(any.length()).isGreaterThanOrEqualTo(read.get().length());
        }
        if (finding == Finding.AGAIN || finding == Finding.LAST_AGAIN) {
          assertThat(any.length()).isEqualTo(before);
        }
      }
    }
    any.expire(at + 300_000);
    assertThat(meter.used).isZero();
    assertThat(any.idle()).isTrue();
  }

  // Verifies the same of random changes of the seeds, without a fuzzer.
  @Test
  void standsRandomChanges() {
    Seeds.forAll(CASES, random -> takesAnyHistory(Mutations.of(histories(), random)));
  }
}
