package io.m2mgate.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing run of bytes for bodies and TLVs; may be used again after {@link #clear}. One thread at a time. */
public final class BodyWriter {
  private byte[] bytes;
  private int length;

  public BodyWriter() {
    this(64);
  }

  public BodyWriter(int capacity) {
    bytes = new byte[Math.max(16, capacity)];
  }

  public BodyWriter clear() {
    length = 0;
    return this;
  }

  public int length() {
    return length;
  }

  /** The array being written; valid up to {@link #length} and until the next write. */
  public byte[] array() {
    return bytes;
  }

  public byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  public BodyWriter u8(int value) {
    room(1);
    bytes[length++] = (byte) value;
    return this;
  }

  public BodyWriter u16(int value) {
    room(2);
    Bytes.u16(bytes, length, value);
    length += 2;
    return this;
  }

  public BodyWriter u32(int value) {
    room(4);
    Bytes.u32(bytes, length, value);
    length += 4;
    return this;
  }

  public BodyWriter bytes(byte[] b, int off, int len) {
    room(len);
    System.arraycopy(b, off, bytes, length, len);
    length += len;
    return this;
  }

  public BodyWriter bytes(byte[] b) {
    return bytes(b, 0, b.length);
  }

  /** Text padded with zero bytes to a size; longer text is refused. */
  public BodyWriter ascii(String text, int size) {
    var b = text.getBytes(StandardCharsets.ISO_8859_1);
    if (b.length > size) {
      throw new InvalidValue("text", b.length + " bytes", "at most " + size);
    }
    return bytes(b).zeros(size - b.length);
  }

  public BodyWriter zeros(int count) {
    room(count);
    Arrays.fill(bytes, length, length + count, (byte) 0);
    length += count;
    return this;
  }

  /** A tag with a length of zero: asked for, or complained about. */
  public BodyWriter pair(int tag) {
    return u16(tag).u16(0);
  }

  public BodyWriter tlv(int tag, byte[] value) {
    return tlv(tag, value, 0, value.length);
  }

  public BodyWriter tlv(int tag, byte[] b, int off, int len) {
    if (len > 0xFFFF) {
      throw new InvalidValue(String.format("tag %04X", tag), len + " bytes", "at most 65535");
    }
    return u16(tag).u16(len).bytes(b, off, len);
  }

  public BodyWriter tlv(int tag, String text) {
    return tlv(tag, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public BodyWriter tlvU8(int tag, int value) {
    return u16(tag).u16(1).u8(value);
  }

  public BodyWriter tlvU16(int tag, int value) {
    return u16(tag).u16(2).u16(value);
  }

  public BodyWriter tlvU32(int tag, int value) {
    return u16(tag).u16(4).u32(value);
  }

  private void room(int count) {
    if (bytes.length - length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
    }
  }
}
