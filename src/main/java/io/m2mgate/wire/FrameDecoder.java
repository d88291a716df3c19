package io.m2mgate.wire;

import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.dictionary.HeaderDef;
import io.m2mgate.wire.MalformedFrame.Reason;

/** Finds frames in bytes: length, then limit, then header (wire.md 1, 8). Immutable, shared by all threads. */
public final class FrameDecoder {
  private final Dictionary dictionary;
  private final int maxFrame;
  private final int usualSize;
  private final int minFrame;

  public FrameDecoder(Dictionary dictionary, int maxFrame) {
    this.dictionary = dictionary;
    this.maxFrame = Math.min(maxFrame, 0xFFFF);
    this.usualSize = dictionary.dialect().header().size();
    this.minFrame = dictionary.minFrame();
  }

  public int maxFrame() {
    return maxFrame;
  }

  /**
   * The length of the frame that begins here, or -1 while it cannot be told. A length that only an older, shorter header
   * allows waits for the version.
   */
  public int lengthAt(byte[] b, int off, int available) throws MalformedFrame {
    if (available < 2) {
      return -1;
    }
    int length = Bytes.u16(b, off);
    if (length > maxFrame) {
      throw new MalformedFrame(Reason.LENGTH_TOO_LONG, off);
    }
    if (length >= usualSize) {
      return length;
    }
    if (length < minFrame) {
      throw new MalformedFrame(Reason.LENGTH_TOO_SHORT, off);
    }
    return checkedByVersion(b, off, available, length);
  }

  private int checkedByVersion(byte[] b, int off, int available, int length) throws MalformedFrame {
    if (available < HeaderDef.VERSION_OFFSET + 2) {
      return -1;
    }
    if (length < dictionary.header(Bytes.u16(b, off + HeaderDef.VERSION_OFFSET)).size()) {
      throw new MalformedFrame(Reason.LENGTH_TOO_SHORT, off);
    }
    return length;
  }

  /** The frame in a range that must hold exactly one: a datagram, or what {@link #lengthAt} measured. */
  public Frame frame(byte[] b, int off, int length) throws MalformedFrame {
    if (lengthAt(b, off, length) != length) {
      throw new MalformedFrame(Reason.LENGTH_MISMATCH, off);
    }
    int version = Bytes.u16(b, off + HeaderDef.VERSION_OFFSET);
    var header = dictionary.header(version);
    if (length < header.size()) {
      throw new MalformedFrame(Reason.LENGTH_TOO_SHORT, off);
    }
    return new Frame(b, off, length, header);
  }
}
