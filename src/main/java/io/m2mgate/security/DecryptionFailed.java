package io.m2mgate.security;

/** Bytes that are no ciphertext under the key: a terminal's fault, data for a counter. Carries no stack trace. */
public final class DecryptionFailed extends Exception {
  /** What is wrong; the ids are stable, metrics are labelled with them. */
  public enum Reason {
    /** Not whole blocks, or fewer than the cipher makes of one octet. */
    LENGTH("length"),
    /** The padding is none: another key, or changed on the way. */
    PADDING("padding");

    private final String id;

    Reason(String id) {
      this.id = id;
    }

    /** The name in metrics and events. */
    public String id() {
      return id;
    }
  }

  private final Reason reason;

  DecryptionFailed(Reason reason) {
    super("cannot decrypt: " + reason.id(), null, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
