package io.m2mgate.wire;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.HeaderDef;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds frames of one dialect from header values and a body (wire.md 1). Immutable, shared by all threads. */
public final class FrameEncoder {
  private final HeaderDef header;
  private final int digestTag;

  public FrameEncoder(Dialect dialect) {
    this(dialect, dialect.header());
  }

  /** Answers in the header layout that a terminal uses. */
  public FrameEncoder(Dialect dialect, HeaderDef header) {
    this.header = header;
    this.digestTag = dialect.tags().digest();
  }

  /** The size of the frame. */
  public int size(int bodyLength, boolean withDigest) {
    return header.size() + bodyLength + (withDigest ? DigestLocator.TLV_SIZE : 0);
  }

  /** A frame in an array of its own, with the version that answers in this layout. */
  public byte[] encode(
      int command,
      int sequence,
      int flags,
      String serial,
      byte[] body,
      int off,
      int len,
      boolean withDigest) {
    int size = size(len, withDigest);
    if (size > 0xFFFF) {
      throw new InvalidValue("frame", size + " bytes", "at most 65535");
    }
    var out = new byte[size];
    encode(
        command,
        sequence,
        header.answerVersion(),
        flags,
        serialBytes(serial),
        0,
        body,
        off,
        len,
        withDigest,
        out,
        0);
    return out;
  }

  /** An answer in an array of its own, under the serial of the request. */
  public byte[] encode(
      int command, int sequence, int flags, Frame request, byte[] body, boolean withDigest) {
    byte[] out = new byte[size(body.length, withDigest)];
    encode(
        command,
        sequence,
        header.answerVersion(),
        flags,
        request.bytes(),
        request.serialOffset(),
        body,
        0,
        body.length,
        withDigest,
        out,
        0);
    return out;
  }

  public byte[] encode(
      int command, int sequence, int flags, String serial, BodyWriter body, boolean withDigest) {
    return encode(command, sequence, flags, serial, body.array(), 0, body.length(), withDigest);
  }

  /**
   * Writes a frame into an array with room for it and returns its size. With a digest the length already counts the last
   * twenty bytes: the digest TLV with sixteen zeros that the signer fills in.
   */
  public int encode(
      int command,
      int sequence,
      int version,
      int flags,
      byte[] serial,
      int serialOffset,
      byte[] body,
      int off,
      int len,
      boolean withDigest,
      byte[] out,
      int at) {
    int size = size(len, withDigest);
    if (size > 0xFFFF) {
      throw new InvalidValue("frame", size + " bytes", "at most 65535");
    }
    Arrays.fill(out, at, at + header.size(), (byte) 0);
    Bytes.u16(out, at, size);
    Bytes.u16(out, at + 2, command);
    Bytes.u32(out, at + 4, sequence);
    Bytes.u16(out, at + HeaderDef.VERSION_OFFSET, version);
    if (header.hasFlags()) {
      out[at + header.flagsOffset()] = (byte) flags;
    }
    System.arraycopy(serial, serialOffset, out, at + header.serialOffset(), header.serialSize());
    if (body != out || off != at + header.size()) {
      System.arraycopy(body, off, out, at + header.size(), len);
    }
    if (withDigest) {
      int d = at + size - DigestLocator.TLV_SIZE;
      Bytes.u16(out, d, digestTag);
      Bytes.u16(out, d + 2, DigestLocator.VALUE_SIZE);
      Arrays.fill(out, d + 4, at + size, (byte) 0);
    }
    return size;
  }

  private byte[] serialBytes(String serial) {
    var b = serial.getBytes(StandardCharsets.ISO_8859_1);
    if (b.length != header.serialSize()) {
      throw new InvalidValue(
          "serial", b.length + " characters", header.serialSize() + " characters");
    }
    return b;
  }
}
