package io.m2mgate.store;

import java.util.Optional;
import java.util.Set;

/**
 * Where events of an application are posted, and what was sealed for it. Immutable; the store sees no secret in clear.
 *
 * @param id ULID; what is sealed is bound to it
 * @param types full type names; empty = all
 * @param serials of terminals; empty = all
 * @param inFlight how many requests may be under way at once
 */
public record StoredWebhook(
    String id,
    String app,
    String name,
    String url,
    Set<String> types,
    Set<String> serials,
    Optional<Batch> batch,
    int inFlight,
    Headers headers,
    Secrets secrets,
    Standing standing,
    long createdMillis,
    long updatedMillis) {

  /** Of the consumer that holds what is confirmed of a webhook. */
  public static final String CONSUMER_KIND = "webhook";

  public StoredWebhook {
    types = Set.copyOf(types);
    serials = Set.copyOf(serials);
  }

  /** When a request with several events leaves: at so many events or bytes, or so long after its first event came. */
  public record Batch(int maxEvents, int maxBytes, int maxDelayMillis) {}

  /** @param sealed a JSON object of the values, or nothing */
  public record Headers(Set<String> names, byte[] sealed) {
    public static final Headers NONE = new Headers(Set.of(), new byte[0]);

    public Headers {
      names = Set.copyOf(names);
    }
  }

  /** @param oldUntilMillis until when requests are signed with the old one too; 0 where there is none */
  public record Secrets(byte[] sealed, byte[] oldSealed, long oldUntilMillis) {}

  /**
   * @param reason why it is disabled, for people; empty while it is not
   * @param failingSinceMillis since when no request was answered well, or 0
   */
  public record Standing(boolean enabled, String reason, long failingSinceMillis) {
    public static final Standing ENABLED = new Standing(true, "", 0);
  }

  /** The name of its consumer. */
  public String consumer() {
    return consumer(name);
  }

  public static String consumer(String name) {
    return CONSUMER_KIND + ":" + name;
  }

  @Override
  public String toString() {
    return "webhook " + app + "/" + name;
  }
}
