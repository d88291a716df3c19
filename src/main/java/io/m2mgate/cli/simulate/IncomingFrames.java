package io.m2mgate.cli.simulate;

import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameDecoder;
import io.m2mgate.wire.MalformedFrame;
import java.util.Arrays;

/** Cuts what one connection brings into frames. Owned by the terminal's event loop. */
final class IncomingFrames {
  private static final byte[] NOTHING = {};

  private final FrameDecoder decoder;
  private byte[] bytes = NOTHING;
  private int at;
  private int length;

  IncomingFrames(FrameDecoder decoder) {
    this.decoder = decoder;
  }

  void clear() {
    bytes = NOTHING;
    at = 0;
  }

  void add(byte[] more) {
    int left = bytes.length - at;
    if (left == 0) {
      bytes = more;
    } else {
      byte[] both = Arrays.copyOf(Arrays.copyOfRange(bytes, at, bytes.length), left + more.length);
      System.arraycopy(more, 0, both, left, more.length);
      bytes = both;
    }
    at = 0;
  }

  /** Whether {@link #frame} can be taken. */
  boolean next() throws MalformedFrame {
    length = decoder.lengthAt(bytes, at, bytes.length - at);
    return length > 0 && length <= bytes.length - at;
  }

  Frame frame() throws MalformedFrame {
    Frame frame = decoder.frame(bytes, at, length);
    at += length;
    return frame;
  }
}
