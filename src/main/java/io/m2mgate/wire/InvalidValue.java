package io.m2mgate.wire;

/** A value that somebody gave us to send cannot be sent; the message says what, where, and what would be valid. */
public final class InvalidValue extends IllegalArgumentException {
  private final String what;
  private final String valid;

  public InvalidValue(String what, String problem, String valid) {
    super(what + ": " + problem + "; valid: " + valid);
    this.what = what;
    this.valid = valid;
  }

  /** The field or tag it is about. */
  public String what() {
    return what;
  }

  /** What would have been valid. */
  public String valid() {
    return valid;
  }
}
