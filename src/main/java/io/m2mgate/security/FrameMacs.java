package io.m2mgate.security;

import io.m2mgate.session.MacKind;

/** One digest of each kind. One for each lane, used on its thread only. */
public final class FrameMacs {
  private final FrameMac md5 = new Md5Digest();
  private final FrameMac hmacSha256 = HmacDigest.sha256();
  private final FrameMac hmacSm3 = HmacDigest.sm3();

  public FrameMac of(MacKind kind) {
    return switch (kind) {
      case MD5 -> md5;
      case HMAC_SHA_256 -> hmacSha256;
      case HMAC_SM3 -> hmacSm3;
    };
  }
}
