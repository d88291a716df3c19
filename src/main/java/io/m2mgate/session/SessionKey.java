package io.m2mgate.session;

/**
 * The key of one session, in clear: only ever in a lane's memory (wire 4). The octets are shared, not copied: who gets them must not
 * change them. Owned by the terminal's lane.
 */
public final class SessionKey {

  private final CipherKind cipher;
  private final byte[] octets;
  private final long expirySeconds;
  private long blocks;
  private boolean warned;

  /** @param expirySeconds since 1970, unsigned 32-bit, as the terminal was told */
  public SessionKey(CipherKind cipher, byte[] octets, long expirySeconds) {
    this.cipher = cipher;
    this.octets = octets;
    this.expirySeconds = expirySeconds;
  }

  public CipherKind cipher() {
    return cipher;
  }

  public byte[] octets() {
    return octets;
  }

  public long expirySeconds() {
    return expirySeconds;
  }

  /** Blocks that passed through the cipher under this key, either way, since it was made or since the platform started. */
  public long blocks() {
    return blocks;
  }

  public void used(int moreBlocks) {
    blocks += moreBlocks;
  }

  public boolean expiredAt(long nowMillis) {
    return nowMillis / 1000 >= expirySeconds;
  }

  /** True once: whoever tells that the key is past its time or its blocks asks first. */
  public boolean warnOnce() {
    boolean first = !warned;
    warned = true;
    return first;
  }

  @Override
  public String toString() {
    return "SessionKey[" + cipher.text() + "]";
  }
}
