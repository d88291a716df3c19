package io.m2mgate.wire;

import java.util.Locale;

/** What can be said about the digest of a frame. */
public enum DigestVerdict {
  /** The frame has none and claims none. */
  ABSENT,
  /** The flag says that there is one, and there is none: as bad as a wrong one (wire.md 3). */
  MISSING,
  /** There is one; the secrets to check it with were not given. */
  UNCHECKED,
  GOOD,
  WRONG;

  /** The name towards users. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
