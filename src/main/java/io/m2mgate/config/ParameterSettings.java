package io.m2mgate.config;

/** How often the platform sends what is desired of parameters by itself, and to how many at once; immutable, shared by all threads. */
public record ParameterSettings(
    int sends, int windowSeconds, int looksPerSecond, Reconcile reconcile) {

  /** Bounds of what is asked for many terminals at once. */
  public record Reconcile(
      int ratePerSecond,
      int maxRatePerSecond,
      int cap,
      int maxCap,
      int maxSerials,
      int maxOpen,
      int looks,
      int endSeconds) {}
}
