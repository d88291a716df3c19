package io.m2mgate.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Whom webhooks may call, and their bounds; immutable, shared by all threads.
 *
 * @param allow the ranges that may be called; empty = as {@code loopback} says
 * @param loopback whether the gateway itself is reached on a loopback address only
 */
public record WebhookSettings(
    List<Cidr> allow,
    boolean loopback,
    int max,
    Requests requests,
    Window window,
    Batch batch,
    Backoff backoff,
    int disableAfterDays,
    int commitMillis,
    int drainMillis,
    int replaysKept,
    int overlapSeconds,
    int overlapMaxSeconds) {

  /** One request, and how many there are. */
  public record Requests(
      int inFlight,
      int inFlightMax,
      int perApplication,
      int resolvers,
      int connectMillis,
      int responseMillis,
      int idleSeconds,
      Optional<Path> caFile) {}

  /** What of the log is in memory for one webhook. */
  public record Window(int events, int bytes) {}

  /** Bounds of what a webhook may ask for. */
  public record Batch(int maxEvents, int maxBytes, int maxDelayMillis) {}

  /** How long after a failure a request is sent again. */
  public record Backoff(int firstMillis, int maxSeconds) {}
}
