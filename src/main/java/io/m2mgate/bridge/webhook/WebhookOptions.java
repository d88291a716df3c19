package io.m2mgate.bridge.webhook;

import io.m2mgate.bridge.Webhooks;
import java.util.Optional;

/** Bounds of webhooks, of which most are settings. Immutable. */
public record WebhookOptions(
    String node,
    Webhooks.Limits limits,
    AddressRule rule,
    Requests requests,
    Window window,
    Retry retry,
    long commitMillis,
    long drainMillis) {

  /** @param caFile certificates to trust in the place of Java's */
  public record Requests(
      int perApplication,
      int resolvers,
      int connectMillis,
      int responseMillis,
      int idleSeconds,
      Optional<String> caFile) {}

  /** What of the log is in memory for one webhook, and how much is read at once. */
  public record Window(int events, int bytes, int pageEvents, int pageBytes) {}

  /** @param disableAfterMillis without any success; 0 = never */
  public record Retry(long firstMillis, long maxMillis, long disableAfterMillis) {}
}
