package io.m2mgate.wire;

import io.m2mgate.wire.Part.Operation;
import java.util.Arrays;

/**
 * One message at a time of one terminal in one direction, put together from its parts (wire.md 6), and what tells a repeat of the
 * last part of the message before. Knows no clock: the time is given. Owned by the terminal's lane.
 */
public final class Reassembly {

  private static final byte[] NO_BYTES = {};
  private static final int FIRST_ROOM = 1024;

  private final Limits limits;
  private final Memory memory;
  private State state = State.NONE;
  private int stream;
  private int transaction;
  private int total;
  private int taken;
  private int[] ends = {};
  private byte[] bytes = NO_BYTES;
  private int length;
  private long sinceMillis;
  private int lastLength;
  private long lastHash;

  /**
   * @param parts most of one message
   * @param bytes most of one message, before decryption
   * @param openMillis from the first part to the last
   * @param keptMillis how long after the last part a repeat of it is known
   */
  public record Limits(int parts, int bytes, long openMillis, long keptMillis) {}

  /** What all reassemblies share. */
  public interface Memory {
    /** Reserves; false when there is not so much left. */
    boolean take(int bytes);

    void give(int bytes);
  }

  /** What a part is. */
  public enum Finding {
    /** The next one: the one after it is wanted. */
    TAKEN,
    /** A copy of one that was taken: the one after it is wanted, as before. */
    AGAIN,
    /** The last one: {@link #body} is whole. */
    WHOLE,
    /** A copy of the last part of a message that is whole. */
    LAST_AGAIN,
    /** Its sender gave the message up. */
    GIVEN_UP,
    /** A gap, a contradiction or beyond the bounds: what was there is dropped. */
    ABORT,
    /** No memory for it: what was there is dropped. */
    NO_MEMORY
  }

  private enum State {
    NONE,
    OPEN,
    WHOLE
  }

  public Reassembly(Limits limits, Memory memory) {
    this.limits = limits;
    this.memory = memory;
  }

  /**
   * Takes a word of the sender.
   *
   * @param from what the message belongs to beside its transaction: its command
   */
  public Finding take(int from, Part part, long nowMillis) {
    expire(nowMillis);
    if (part.operation() == Operation.ABORT_BY_SENDER) {
      dropOpen();
      return Finding.GIVEN_UP;
    }
    if (!sensible(part)) {
      dropOpen();
      return Finding.ABORT;
    }
    if (begins(from, part)) {
      return begin(from, part, nowMillis);
    }
    if (state == State.OPEN && same(from, part)) {
      return inOpen(part, nowMillis);
    }
    if (state == State.WHOLE && same(from, part)) {
      return afterWhole(part);
    }
    dropOpen();
    return Finding.ABORT;
  }

  /** True when the part would start a message anew: a first part that is no copy of the open message's. */
  public boolean begins(int from, Part part) {
    return part.operation() == Operation.PART
        && part.index() == 1
        && !(state == State.OPEN && same(from, part) && isCopy(part));
  }

  private boolean sensible(Part part) {
    return part.operation() == Operation.PART
        && part.index() >= 1
        && part.index() <= part.total()
        && part.total() <= limits.parts();
  }

  private boolean same(int from, Part part) {
    return stream == from && transaction == part.transaction() && total == part.total();
  }

  private Finding begin(int from, Part part, long nowMillis) {
    drop();
    state = State.OPEN;
    stream = from;
    transaction = part.transaction();
    total = part.total();
    ends = new int[Math.min(total, 8)];
    sinceMillis = nowMillis;
    return append(part, nowMillis);
  }

  private Finding inOpen(Part part, long nowMillis) {
    if (part.index() == taken + 1) {
      return append(part, nowMillis);
    }
    if (part.index() <= taken && isCopy(part)) {
      return Finding.AGAIN;
    }
    dropOpen();
    return Finding.ABORT;
  }

  private boolean isCopy(Part part) {
    int from = part.index() == 1 ? 0 : ends[part.index() - 2];
    return Arrays.equals(
        bytes,
        from,
        ends[part.index() - 1],
        part.bytes(),
        part.offset(),
        part.offset() + part.length());
  }

  /** No message is open, and none began since that one was whole: what comes is a leftover of it. */
  private Finding afterWhole(Part part) {
    if (part.index() < total) {
      return Finding.AGAIN;
    }
    return part.length() == lastLength && hash(part) == lastHash
        ? Finding.LAST_AGAIN
        : Finding.ABORT;
  }

  private Finding append(Part part, long nowMillis) {
    int whole = length + part.length();
    if (whole > limits.bytes()) {
      drop();
      return Finding.ABORT;
    }
    if (!room(whole)) {
      drop();
      return Finding.NO_MEMORY;
    }
    System.arraycopy(part.bytes(), part.offset(), bytes, length, part.length());
    length = whole;
    if (taken == ends.length) {
      ends = Arrays.copyOf(ends, Math.min(total, 2 * taken));
    }
    ends[taken++] = length;
    if (taken < total) {
      return Finding.TAKEN;
    }
    state = State.WHOLE;
    sinceMillis = nowMillis;
    lastLength = part.length();
    lastHash = hash(part);
    return Finding.WHOLE;
  }

  private boolean room(int wanted) {
    if (wanted <= bytes.length) {
      return true;
    }
    int size = Math.min(limits.bytes(), Math.max(wanted, Math.max(FIRST_ROOM, 2 * bytes.length)));
    if (!memory.take(size - bytes.length)) {
      return false;
    }
    bytes = Arrays.copyOf(bytes, size);
    return true;
  }

  private static long hash(Part part) {
    return ContentHash.hash64(part.index(), part.bytes(), part.offset(), part.length());
  }

  /** Lets go what is past its time. */
  public void expire(long nowMillis) {
    long age = nowMillis - sinceMillis;
    if (state == State.OPEN && age >= limits.openMillis()
        || state == State.WHOLE && age >= limits.keptMillis()) {
      drop();
    }
  }

  /** A message has begun and is not whole. */
  public boolean open() {
    return state == State.OPEN;
  }

  /** Nothing is open, and no message is remembered. */
  public boolean idle() {
    return state == State.NONE;
  }

  /** Bytes of memory that it has reserved. */
  public int reserved() {
    return bytes.length;
  }

  /** The message that is whole, up to {@link #length}; empty once it was released. Not copied, and never written to again. */
  public byte[] body() {
    return bytes;
  }

  /** Bytes of the message so far. */
  public int length() {
    return length;
  }

  /** Gives the memory back, and still knows a copy of the last part. */
  public void release() {
    memory.give(bytes.length);
    bytes = NO_BYTES;
    ends = new int[0];
    length = 0;
  }

  /** Gives the memory back and forgets everything. */
  public void drop() {
    release();
    state = State.NONE;
    taken = 0;
  }

  private void dropOpen() {
    if (state == State.OPEN) {
      drop();
    }
  }
}
