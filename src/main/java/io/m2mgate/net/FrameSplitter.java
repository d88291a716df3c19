package io.m2mgate.net;

import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameDecoder;
import io.m2mgate.wire.MalformedFrame;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Cuts one connection's bytes into frames: length, then limit, then header. Owned by the connection's lane.
 *
 * <p>Frames that a read holds whole are views on that read's array; only an unfinished rest is copied and kept, and never more than
 * one frame of it.
 */
final class FrameSplitter {

  private static final byte[] NOTHING = {};
  private static final int FIRST_KEPT = 64;

  private final FrameDecoder decoder;
  private byte[] kept = NOTHING;
  private int keptLength;

  FrameSplitter(FrameDecoder decoder) {
    this.decoder = decoder;
  }

  /** True while the beginning of a frame waits for its rest. */
  boolean unfinished() {
    return keptLength > 0;
  }

  /** Memory that the unfinished frame takes. */
  int keptBytes() {
    return kept.length;
  }

  /**
   * Takes what was read; the array belongs to the frames from now on.
   *
   * @throws MalformedFrame when no frame can begin where one must; the connection is lost, for nothing tells where the next begins
   */
  void take(byte[] read, Consumer<Frame> frames) throws MalformedFrame {
    int at = keptLength > 0 ? complete(read, frames) : 0;
    while (at < read.length) {
      int length = decoder.lengthAt(read, at, read.length - at);
      if (length < 0 || at + length > read.length) {
        keep(read, at, read.length - at, length);
        return;
      }
      frames.accept(decoder.frame(read, at, length));
      at += length;
    }
  }

  /** Completes the kept beginning; gives how many bytes of the read that took. */
  private int complete(byte[] read, Consumer<Frame> frames) throws MalformedFrame {
    int at = 0;
    while (true) {
      int length = decoder.lengthAt(kept, 0, keptLength);
      if (length >= 0 && keptLength == length) {
        byte[] whole = kept.length == length ? kept : Arrays.copyOf(kept, length);
        kept = NOTHING;
        keptLength = 0;
        frames.accept(decoder.frame(whole, 0, length));
        return at;
      }
      if (at == read.length) {
        return at;
      }
      int missing = length < 0 ? 1 : length - keptLength;
      int taken = Math.min(missing, read.length - at);
      keep(read, at, taken, length);
      at += taken;
    }
  }

  private void keep(byte[] from, int at, int count, int frameLength) {
    int need = Math.max(keptLength + count, frameLength);
    if (kept.length < need) {
      kept = Arrays.copyOf(kept, frameLength > 0 ? need : Math.max(need, FIRST_KEPT));
    }
    System.arraycopy(from, at, kept, keptLength, count);
    keptLength += count;
  }
}
