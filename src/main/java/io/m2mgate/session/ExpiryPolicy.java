package io.m2mgate.session;

/** What a LOGIN with an expired password gets (5.3.10). */
public enum ExpiryPolicy {
  /** It is let in, with an event and a rotation at once. */
  WARN("warn"),
  /** It has to register again. */
  ENFORCE("enforce");

  private final String text;

  ExpiryPolicy(String text) {
    this.text = text;
  }

  /** As profiles have it. */
  public String text() {
    return text;
  }
}
