package io.m2mgate.peer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Builds the body of a frame field by field, big-endian (wire.md 1). */
public final class PeerBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private PeerBytes() {}

  public static PeerBytes bytes() {
    return new PeerBytes();
  }

  public PeerBytes u8(int value) {
    out.write(value);
    return this;
  }

  public PeerBytes u16(int value) {
    return u8(value >>> 8).u8(value);
  }

  public PeerBytes u32(long value) {
    return u16((int) (value >>> 16)).u16((int) value);
  }

  public PeerBytes raw(byte... value) {
    out.writeBytes(value);
    return this;
  }

  public PeerBytes ascii(String text) {
    return raw(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Text in a field of fixed size, filled up with zeros. */
  public PeerBytes ascii(String text, int size) {
    ascii(text);
    for (int i = text.length(); i < size; i++) {
      u8(0);
    }
    return this;
  }

  public PeerBytes tlv(int tag, byte... value) {
    return u16(tag).u16(value.length).raw(value);
  }

  public PeerBytes tlv(int tag, String value) {
    return tlv(tag, value.getBytes(StandardCharsets.US_ASCII));
  }

  public byte[] toArray() {
    return out.toByteArray();
  }

  /** CRC-16/MODBUS (wire.md 5). */
  public static int crc16(byte[] value) {
    int crc = 0xFFFF;
    for (byte b : value) {
      crc ^= b & 0xFF;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ 0xA001;
      }
    }
    return crc;
  }

  /** CRC-32 of IEEE 802.3 (wire.md 5). */
  public static long crc32(byte[] value) {
    var crc = new java.util.zip.CRC32();
    crc.update(value);
    return crc.getValue();
  }
}
