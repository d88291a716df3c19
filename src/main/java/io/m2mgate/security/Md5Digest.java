package io.m2mgate.security;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The MD5 of a frame (wire.md 3): header and body as sent, timestamp, IMEI, IMSI, password. Owned by one lane: an
 * instance keeps its state and its scratch bytes between calls and allocates nothing.
 */
public final class Md5Digest implements FrameMac {
  private final MessageDigest md5;
  private final byte[] stamp = new byte[4];
  private final byte[] computed = new byte[SIZE];

  public Md5Digest() {
    try {
      md5 = MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no MD5, which the protocol needs", e);
    }
  }

  @Override
  public void sign(
      byte[] out,
      int outOffset,
      byte[] frame,
      int offset,
      int length,
      int timestamp,
      byte[] imei,
      byte[] imsi,
      byte[] password) {
    if (outOffset < 0 || out.length - outOffset < SIZE) {
      throw new IllegalArgumentException("no room for a digest at " + outOffset);
    }
    stamp[0] = (byte) (timestamp >>> 24);
    stamp[1] = (byte) (timestamp >>> 16);
    stamp[2] = (byte) (timestamp >>> 8);
    stamp[3] = (byte) timestamp;
    md5.update(frame, offset, length);
    md5.update(stamp);
    md5.update(imei);
    md5.update(imsi);
    md5.update(password);
    try {
      md5.digest(out, outOffset, SIZE);
    } catch (DigestException e) {
      throw new IllegalStateException("this Java's MD5 has no 16 bytes", e);
    }
  }

  @Override
  public boolean verify(
      byte[] frame,
      int value,
      int offset,
      int length,
      int timestamp,
      byte[] imei,
      byte[] imsi,
      byte[] password) {
    sign(computed, 0, frame, offset, length, timestamp, imei, imsi, password);
    int difference = 0;
    for (int i = 0; i < SIZE; i++) {
      difference |= computed[i] ^ frame[value + i];
    }
    return difference == 0;
  }
}
