package io.m2mgate.peer;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;

/** The digest TLV E021 as wire.md 3 describes it, both ways. */
public final class PeerDigest {
  /** Bytes of the TLV: tag, length, MD5. */
  public static final int SIZE = 20;

  /** How a terminal feeds its IMEI into the digest. */
  public enum ImeiForm {
    SIXTEEN_BYTES,
    FIFTEEN_BYTES
  }

  private PeerDigest() {}

  /**
   * The frame with its digest TLV at the end; the length in the header grows by it.
   *
   * @param unsigned header and body without the digest
   */
  public static byte[] append(
      byte[] unsigned, long timestamp, Identity who, ImeiForm form, String password) {
    return append(unsigned, unsigned.length, timestamp, who, form, password);
  }

  /** The mistake of a fielded client: hashes only the 28 bytes of the header (wire.md 3). */
  public static byte[] appendHeaderOnly(
      byte[] unsigned, long timestamp, Identity who, ImeiForm form, String password) {
    return append(unsigned, PeerFrame.HEADER, timestamp, who, form, password);
  }

  private static byte[] append(
      byte[] unsigned, int hashed, long timestamp, Identity who, ImeiForm form, String password) {
    byte[] frame = Arrays.copyOf(unsigned, unsigned.length + SIZE);
    frame[0] = (byte) (frame.length >>> 8);
    frame[1] = (byte) frame.length;
    byte[] digest = md5(frame, hashed, timestamp, who, form, password);
    byte[] tlv = PeerBytes.bytes().tlv(0xE021, digest).toArray();
    System.arraycopy(tlv, 0, frame, unsigned.length, SIZE);
    return frame;
  }

  static byte[] md5(
      byte[] frame, int hashed, long timestamp, Identity who, ImeiForm form, String password) {
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      md5.update(frame, 0, hashed);
      md5.update(PeerBytes.bytes().u32(timestamp).toArray());
      md5.update(who.imei().getBytes(StandardCharsets.US_ASCII));
      if (form == ImeiForm.SIXTEEN_BYTES) {
        md5.update((byte) 0);
      }
      md5.update(who.imsi().getBytes(StandardCharsets.US_ASCII));
      md5.update(password.getBytes(StandardCharsets.US_ASCII));
      return md5.digest();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
