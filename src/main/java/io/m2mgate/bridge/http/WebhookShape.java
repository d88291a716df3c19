package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Webhooks.Standing;
import io.m2mgate.store.EventLog.Extent;
import io.m2mgate.store.StoredReplay;
import io.m2mgate.store.StoredWebhook;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.Collection;
import java.util.Locale;
import java.util.TreeSet;

/** How webhooks look in JSON: neither their secret nor the value of a header is in it. Stateless. */
final class WebhookShape {

  private static final String MASK = "****";

  private WebhookShape() {}

  static JsonObject of(StoredWebhook webhook, Standing standing, long offset, Extent extent) {
    boolean failing = webhook.standing().enabled()
        && (standing.retrying() > 0 || webhook.standing().failingSinceMillis() > 0);
    var state = !webhook.standing().enabled() ? "disabled" : failing ? "failing" : "enabled";
    var reason = webhook.standing().enabled()
        ? failing ? standing.lastReason() : ""
        : webhook.standing().reason();
    return settings(webhook)
        .put("state", state)
        .put("reason", reason.isEmpty() ? null : reason)
        .put("offset", offset)
        .put("oldest", extent.oldest())
        .put("lag", Math.max(0, extent.last() - Math.max(offset, extent.oldest() - 1)))
        .put("consecutiveFailures", standing.failures())
        .put("retrying", standing.retrying())
        .put("failingSince", time(webhook.standing().failingSinceMillis()))
        .put("lastStatus", standing.lastStatus() == 0 ? null : standing.lastStatus())
        .put("lastAttempt", time(standing.lastAttemptMillis()))
        .put("nextAttempt", time(standing.nextAttemptMillis()))
        .put("secretOverlapUntil", time(webhook.secrets().oldUntilMillis()))
        .put("created", Shapes.time(webhook.createdMillis()))
        .put("updated", Shapes.time(webhook.updatedMillis()));
  }

  private static JsonObject settings(StoredWebhook webhook) {
    var headers = new JsonObject();
    new TreeSet<>(webhook.headers().names()).forEach(name -> headers.put(name, MASK));
    return new JsonObject()
        .put("name", webhook.name())
        .put("url", webhook.url())
        .put("types", sorted(webhook.types()))
        .put("serials", sorted(webhook.serials()))
        .put(
            "batch",
            webhook
                .batch()
                .map(batch -> new JsonObject()
                    .put("maxEvents", batch.maxEvents())
                    .put("maxBytes", batch.maxBytes())
                    .put("maxDelayMillis", batch.maxDelayMillis()))
                .orElse(null))
        .put("inFlight", webhook.inFlight())
        .put("headers", headers);
  }

  static JsonObject of(StoredReplay replay) {
    return new JsonObject()
        .put("id", replay.id())
        .put("state", replay.state().name().toLowerCase(Locale.ROOT))
        .put("from", replay.from())
        .put("until", replay.until())
        .put("offset", replay.offset())
        .put("types", sorted(replay.types()))
        .put("serials", sorted(replay.serials()))
        .put("created", Shapes.time(replay.createdMillis()))
        .put("updated", Shapes.time(replay.updatedMillis()));
  }

  /** What the audit keeps: path and query of the URL may hold what is not for it. */
  static JsonObject audited(StoredWebhook webhook) {
    var uri = URI.create(webhook.url());
    return new JsonObject()
        .put("url", uri.getScheme() + "://" + uri.getAuthority())
        .put("enabled", webhook.standing().enabled());
  }

  private static JsonArray sorted(Collection<String> texts) {
    return new JsonArray(new TreeSet<>(texts).stream().toList());
  }

  private static String time(long millis) {
    return millis == 0 ? null : Shapes.time(millis);
  }
}
