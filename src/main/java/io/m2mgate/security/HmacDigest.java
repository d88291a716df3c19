package io.m2mgate.security;

import io.m2mgate.wire.Bytes;
import org.bouncycastle.crypto.ExtendedDigest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.util.Arrays;

/**
 * The first 16 bytes of an HMAC keyed with the password, over what {@link Md5Digest} covers without the password (wire 4).
 * Owned by one lane: an instance keeps its state and its scratch bytes between calls.
 */
public final class HmacDigest implements FrameMac {
  private final HMac hmac;
  private final byte[] whole;
  private final byte[] stamp = new byte[Integer.BYTES];
  private final byte[] computed = new byte[SIZE];

  private HmacDigest(ExtendedDigest hash) {
    hmac = new HMac(hash);
    whole = new byte[hmac.getMacSize()];
  }

  public static HmacDigest sha256() {
    return new HmacDigest(new SHA256Digest());
  }

  public static HmacDigest sm3() {
    return new HmacDigest(new SM3Digest());
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
    Bytes.u32(stamp, 0, timestamp);
    hmac.init(new KeyParameter(password));
    hmac.update(frame, offset, length);
    hmac.update(stamp, 0, stamp.length);
    hmac.update(imei, 0, imei.length);
    hmac.update(imsi, 0, imsi.length);
    hmac.doFinal(whole, 0);
    System.arraycopy(whole, 0, out, outOffset, SIZE);
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
    return Arrays.constantTimeAreEqual(SIZE, computed, 0, frame, value);
  }
}
