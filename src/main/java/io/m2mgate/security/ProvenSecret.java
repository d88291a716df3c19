package io.m2mgate.security;

import io.m2mgate.dictionary.Tags;
import java.util.function.ToIntFunction;

/** A secret that a terminal proves by a digest over its TLV and that of its expiry (wire 4 and 7). */
public enum ProvenSecret {
  UPLINK_PASSWORD(Tags::uplinkPassword, Tags::uplinkPasswordExpiry, Tags::uplinkPasswordDigest),
  DOWNLINK_PASSWORD(
      Tags::downlinkPassword, Tags::downlinkPasswordExpiry, Tags::downlinkPasswordDigest),
  BASE_KEY(Tags::baseKey, Tags::baseKeyExpiry, Tags::baseKeyDigest);

  private final ToIntFunction<Tags> value;
  private final ToIntFunction<Tags> expiry;
  private final ToIntFunction<Tags> digest;

  ProvenSecret(ToIntFunction<Tags> value, ToIntFunction<Tags> expiry, ToIntFunction<Tags> digest) {
    this.value = value;
    this.expiry = expiry;
    this.digest = digest;
  }

  /** The tag of the secret itself. */
  public int valueTag(Tags tags) {
    return value.applyAsInt(tags);
  }

  public int expiryTag(Tags tags) {
    return expiry.applyAsInt(tags);
  }

  /** The tag that carries the proof. */
  public int digestTag(Tags tags) {
    return digest.applyAsInt(tags);
  }
}
