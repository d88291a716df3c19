package io.m2mgate.api;

/** A short message was not taken by the centre, or nobody knows whether it was. Stackless: it is no fault of the gateway. */
public final class ShortMessageFault extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final Kind kind;

  /** What is known of the message. */
  public enum Kind {
    /** It was not taken: the link is down, or the centre has no room now. The same message may be sent again. */
    LATER,
    /** The centre refuses this message for good. */
    REFUSED,
    /** It was handed over and the answer was lost: sent again, it may arrive twice. */
    DOUBTFUL
  }

  /** @param message for operators; without secrets and user data */
  public ShortMessageFault(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
