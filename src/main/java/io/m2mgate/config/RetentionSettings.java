package io.m2mgate.config;

/** How long and how much is kept; immutable, shared by all threads. */
public record RetentionSettings(Bound events, Bound audit, Bound traces) {

  /** What exceeds either bound is cut, oldest first. */
  public record Bound(int days, long bytes) {}
}
