package io.m2mgate.security;

import io.m2mgate.wire.DigestLocator;

/**
 * The digest of a frame (wire 3): over header and body as sent, timestamp, IMEI and IMSI, with the password. An instance belongs to
 * one lane.
 */
public interface FrameMac {
  /** The bytes of a digest. */
  int SIZE = 16;

  /**
   * Writes the digest of a frame.
   *
   * @param length the bytes of the frame without the digest TLV; the frame's length field already counts it
   * @param imei as the terminal hashes it: 15 digits, or 15 digits and a zero byte
   * @throws IllegalArgumentException when there is no room for it
   */
  void sign(
      byte[] out,
      int outOffset,
      byte[] frame,
      int offset,
      int length,
      int timestamp,
      byte[] imei,
      byte[] imsi,
      byte[] password);

  /**
   * Whether the digest TLV behind the first {@code length} bytes of the frame holds the right value; takes the same time
   * either way.
   */
  default boolean verify(
      byte[] frame,
      int offset,
      int length,
      int timestamp,
      byte[] imei,
      byte[] imsi,
      byte[] password) {
    int value = offset + length + DigestLocator.TLV_SIZE - DigestLocator.VALUE_SIZE;
    return verify(frame, value, offset, length, timestamp, imei, imsi, password);
  }

  /** The same where the digest value does not follow what it covers. */
  boolean verify(
      byte[] frame,
      int value,
      int offset,
      int length,
      int timestamp,
      byte[] imei,
      byte[] imsi,
      byte[] password);
}
