package io.m2mgate.bridge;

/** An expected refusal of {@link Access}: shared constants without a stack trace. */
public final class AccessRefused extends RuntimeException {

  /** Why. */
  public enum Reason {
    UNAUTHENTICATED,
    /** A token or session that was good once. */
    SESSION_EXPIRED,
    APP_DISABLED,
    /** The application is not used from there. */
    ADDRESS_NOT_ALLOWED,
    /** Too many keys are being verified at this moment. */
    BUSY
  }

  public static final AccessRefused UNAUTHENTICATED = new AccessRefused(Reason.UNAUTHENTICATED);
  public static final AccessRefused SESSION_EXPIRED = new AccessRefused(Reason.SESSION_EXPIRED);
  public static final AccessRefused ADDRESS_NOT_ALLOWED =
      new AccessRefused(Reason.ADDRESS_NOT_ALLOWED);
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
