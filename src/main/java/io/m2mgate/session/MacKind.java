package io.m2mgate.session;

/** What the digest of a frame is made with (wire 3 and 4); 16 bytes each. */
public enum MacKind {
  MD5("md5"),
  /** The first 16 bytes, keyed with the password. */
  HMAC_SHA_256("hmac-sha-256"),
  /** The first 16 bytes, keyed with the password. */
  HMAC_SM3("hmac-sm3");

  private final String text;

  MacKind(String text) {
    this.text = text;
  }

  /** As profiles have it. */
  public String text() {
    return text;
  }
}
