package io.m2mgate.bridge.http;

import java.util.Arrays;
import java.util.Optional;

/**
 * Cuts bytes that come in pieces into lines: length first, then limit, then the line. Holds at most one piece and one
 * unfinished line. Used by one thread.
 */
final class LineSplitter {
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final int maxBytes;
  private byte[] bytes = {};
  private int at; // where the unread begins
  private int scanned; // up to here there is no line end
  private boolean skipping; // within a line that is too long
  private long lines;

  LineSplitter(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * @param number from 1
   * @param bytes without the line end; empty when it was too long
   */
  record Line(long number, byte[] bytes, boolean tooLong) {
    boolean blank() {
      return !tooLong && bytes.length == 0;
    }
  }

  void feed(byte[] more) {
    int rest = bytes.length - at;
    byte[] joined = Arrays.copyOf(Arrays.copyOfRange(bytes, at, bytes.length), rest + more.length);
    System.arraycopy(more, 0, joined, rest, more.length);
    scanned -= at;
    bytes = joined;
    at = 0;
  }

  /** The next whole line; empty when more has to come first. */
  Optional<Line> next() {
    while (scanned < bytes.length && bytes[scanned] != '\n') {
      scanned++;
    }
    if (scanned == bytes.length) {
      if (bytes.length - at > maxBytes) {
        skipping = true;
        bytes = new byte[0];
        at = 0;
        scanned = 0;
      }
      return Optional.empty();
    }
    Line line = cut(scanned);
    scanned++;
    at = scanned;
    return Optional.of(line);
  }

  /** What is left when nothing more comes: a last line without its end. */
  Optional<Line> last() {
    if (at == bytes.length && !skipping) {
      return Optional.empty();
    }
    Line line = cut(bytes.length);
    at = bytes.length;
    scanned = at;
    return Optional.of(line);
  }

  private Line cut(int end) {
    lines++;
    boolean tooLong = skipping || end - at > maxBytes;
    skipping = false;
    if (tooLong) {
      return new Line(lines, new byte[0], true);
    }
    int from = lines == 1 && marked(end) ? at + BYTE_ORDER_MARK.length : at;
    int to = end > from && bytes[end - 1] == '\r' ? end - 1 : end;
    return new Line(lines, Arrays.copyOfRange(bytes, from, to), false);
  }

  private boolean marked(int end) {
    int to = at + BYTE_ORDER_MARK.length;
    return to <= end && Arrays.equals(bytes, at, to, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
  }
}
