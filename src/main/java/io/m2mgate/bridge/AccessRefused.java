package io.m2mgate.bridge;

/** An expected refusal of {@link Access}: shared constants without a stack trace. */
public final class AccessRefused extends RuntimeException {

  /** Why. */
  public enum Reason {
    UNAUTHENTICATED,
    APP_DISABLED,
    /** Too many keys are being verified at this moment. */
    BUSY
  }

  public static final AccessRefused UNAUTHENTICATED = new AccessRefused(Reason.UNAUTHENTICATED);
  public static final AccessRefused APP_DISABLED = new AccessRefused(Reason.APP_DISABLED);
  public static final AccessRefused BUSY = new AccessRefused(Reason.BUSY);

  private final Reason reason;

  private AccessRefused(Reason reason) {
    super(reason.name(), null, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
