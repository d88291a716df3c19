package io.m2mgate.wire;

import java.util.zip.CRC32;

/** The IEEE CRC-32 over ranges of bytes, one after the other (wire.md 5). One thread at a time; may be reset. */
public final class Crc32 {
  private final CRC32 crc = new CRC32();

  public static int of(byte[] b, int off, int len) {
    return new Crc32().add(b, off, len).value();
  }

  public static int of(byte[] b) {
    return of(b, 0, b.length);
  }

  public Crc32 add(byte[] b, int off, int len) {
    crc.update(b, off, len);
    return this;
  }

  /** Adds the TLV a reader stands on: tag, length and value. */
  public Crc32 addTlv(TlvReader reader) {
    return add(reader.array(), reader.tlvOffset(), 4 + reader.valueLength());
  }

  public Crc32 reset() {
    crc.reset();
    return this;
  }

  public int value() {
    return (int) crc.getValue();
  }
}
