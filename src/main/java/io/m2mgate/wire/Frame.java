package io.m2mgate.wire;

import io.m2mgate.dictionary.HeaderDef;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A view of one whole frame in somebody's bytes (wire.md 1). Immutable itself; the bytes belong to the lane that read
 * them and must not change while the view is used.
 */
public final class Frame {
  private final byte[] bytes;
  private final int offset;
  private final int length;
  private final HeaderDef header;

  /** The caller has checked that the range holds at least the header; {@link FrameDecoder#frame} does. */
  Frame(byte[] bytes, int offset, int length, HeaderDef header) {
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
    this.header = header;
  }

  public byte[] bytes() {
    return bytes;
  }

  public int offset() {
    return offset;
  }

  public int length() {
    return length;
  }

  public HeaderDef header() {
    return header;
  }

  /** The command as it stands, an ack with its bit. */
  public int command() {
    return Bytes.u16(bytes, offset + 2);
  }

  /** The command without the ack bit. */
  public int requestCommand() {
    return command() & ~header.ackBit() & 0xFFFF;
  }

  public boolean isAck() {
    return (command() & header.ackBit()) != 0;
  }

  public int sequence() {
    return Bytes.u32(bytes, offset + 4);
  }

  public int version() {
    return Bytes.u16(bytes, offset + HeaderDef.VERSION_OFFSET);
  }

  /** Whether the header layout is really the one of the version. */
  public boolean versionKnown() {
    return header.takes(version());
  }

  /** The flags, 0 in a header without them. */
  public int flags() {
    return header.hasFlags() ? Bytes.u8(bytes, offset + header.flagsOffset()) : 0;
  }

  public boolean hasPasswordsFlag() {
    return (flags() & header.flags().passwords()) != 0;
  }

  public boolean hasEncryptionFlag() {
    return (flags() & header.flags().encryption()) != 0;
  }

  public boolean hasDigestFlag() {
    return (flags() & header.flags().digest()) != 0;
  }

  public boolean hasWrappedFlag() {
    return (flags() & header.flags().wrapped()) != 0;
  }

  public String serial() {
    return new String(bytes, serialOffset(), header.serialSize(), StandardCharsets.ISO_8859_1);
  }

  public int serialOffset() {
    return offset + header.serialOffset();
  }

  /** Whether the serial consists of {@code [A-Za-z0-9._-]}, as every serial this platform gives. */
  public boolean serialValid() {
    int end = serialOffset() + header.serialSize();
    for (int i = serialOffset(); i < end; i++) {
      if (!serialCharacter(bytes[i])) {
        return false;
      }
    }
    return true;
  }

  static boolean serialCharacter(int c) {
    return c >= 'A' && c <= 'Z'
        || c >= 'a' && c <= 'z'
        || c >= '0' && c <= '9'
        || c == '.'
        || c == '_'
        || c == '-';
  }

  /** The same frame on bytes of its own. */
  public Frame copy() {
    return new Frame(Arrays.copyOfRange(bytes, offset, end()), 0, length, header);
  }

  /** A copy of the header. */
  public byte[] headerBytes() {
    return Arrays.copyOfRange(bytes, offset, bodyOffset());
  }

  public int bodyOffset() {
    return offset + header.size();
  }

  /** The bytes after the header, the digest TLV included. */
  public int bodyLength() {
    return length - header.size();
  }

  /** The bytes of the body without the digest TLV that {@link DigestLocator#find} saw, or all when it saw none. */
  public int bodyLength(int digestOffset) {
    return digestOffset < 0 ? bodyLength() : digestOffset - bodyOffset();
  }

  public int end() {
    return offset + length;
  }
}
