package io.m2mgate.wire;

/** Verifies a digest for {@link FrameExplainer}; the cryptography and the secrets are the caller's. */
@FunctionalInterface
public interface DigestCheck {
  /** Knows no secrets. */
  DigestCheck NONE = (frame, digestOffset) -> DigestVerdict.UNCHECKED;

  /** The verdict on the digest TLV at an offset of the frame's array. */
  DigestVerdict check(Frame frame, int digestOffset);

  /** The verdict in words: what fitted, what is missing, what did not fit; may be empty. */
  default String note(Frame frame, int digestOffset) {
    return "";
  }
}
