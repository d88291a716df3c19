package io.m2mgate.config;

/** How long and how much is kept; immutable, shared by all threads. */
public record RetentionSettings(Bound events, Bound audit, Bound traces, Alarms alarms) {

  /** What exceeds either bound is cut, oldest first. */
  public record Bound(int days, long bytes) {}

  /**
   * @param days since it was cleared
   * @param cleared of one terminal
   * @param open of one terminal
   */
  public record Alarms(int days, int cleared, int open) {}
}
