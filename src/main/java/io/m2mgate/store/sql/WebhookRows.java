package io.m2mgate.store.sql;

import io.m2mgate.store.StoredReplay;
import io.m2mgate.store.StoredWebhook;
import io.m2mgate.store.StoredWebhook.Batch;
import io.m2mgate.store.StoredWebhook.Headers;
import io.m2mgate.store.StoredWebhook.Secrets;
import io.m2mgate.store.StoredWebhook.Standing;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** How webhooks and their replays stand in rows. Stateless. */
final class WebhookRows {
  static final String SELECT =
      "SELECT w.id, a.code, w.name, w.url, w.types, w.serials, w.batch_events, w.batch_bytes, w.batch_millis,"
          + " w.in_flight, w.header_names, w.headers, w.secret, w.old_secret, w.old_until, w.enabled, w.reason,"
          + " w.failing_since, w.created, w.updated FROM webhook w JOIN application a ON a.id = w.app_id WHERE a.removed = 0";
  static final String REPLAY_OF =
      "SELECT id, webhook_id, log_from, log_until, log_offset, types, serials, state, created, updated"
          + " FROM webhook_replay WHERE webhook_id = ";
  static final String REPLAY = REPLAY_OF + "$1";

  private WebhookRows() {}

  static Object[] values(StoredWebhook webhook, long appId) {
    return new Object[] {
      webhook.id(),
      appId,
      webhook.name(),
      webhook.url(),
      joined(webhook.types()),
      joined(webhook.serials()),
      events(webhook),
      bytes(webhook),
      millis(webhook),
      (long) webhook.inFlight(),
      joined(webhook.headers().names()),
      webhook.headers().sealed(),
      webhook.secrets().sealed(),
      webhook.secrets().oldSealed(),
      webhook.secrets().oldUntilMillis(),
      webhook.standing().enabled() ? 1L : 0L,
      webhook.standing().reason(),
      webhook.standing().failingSinceMillis(),
      webhook.createdMillis(),
      webhook.updatedMillis()
    };
  }

  static Object[] changes(StoredWebhook webhook) {
    return new Object[] {
      webhook.id(),
      webhook.url(),
      joined(webhook.types()),
      joined(webhook.serials()),
      events(webhook),
      bytes(webhook),
      millis(webhook),
      (long) webhook.inFlight(),
      joined(webhook.headers().names()),
      webhook.headers().sealed(),
      webhook.standing().enabled() ? 1L : 0L,
      webhook.standing().reason(),
      webhook.standing().failingSinceMillis(),
      webhook.updatedMillis()
    };
  }

  private static long events(StoredWebhook webhook) {
    return webhook.batch().map(Batch::maxEvents).orElse(0);
  }

  private static long bytes(StoredWebhook webhook) {
    return webhook.batch().map(Batch::maxBytes).orElse(0);
  }

  private static long millis(StoredWebhook webhook) {
    return webhook.batch().map(Batch::maxDelayMillis).orElse(0);
  }

  static StoredWebhook stored(SqlRow row) {
    int events = (int) row.number(6);
    return new StoredWebhook(
        row.text(0),
        row.text(1),
        row.text(2),
        row.text(3),
        split(row.text(4)),
        split(row.text(5)),
        events == 0
            ? Optional.empty()
            : Optional.of(new Batch(events, (int) row.number(7), (int) row.number(8))),
        (int) row.number(9),
        new Headers(split(row.text(10)), row.bytes(11)),
        new Secrets(row.bytes(12), row.bytes(13), row.number(14)),
        new Standing(row.flag(15), row.text(16), row.number(17)),
        row.number(18),
        row.number(19));
  }

  static Object[] values(StoredReplay replay) {
    return new Object[] {
      replay.id(),
      replay.webhook(),
      replay.from(),
      replay.until(),
      replay.offset(),
      joined(replay.types()),
      joined(replay.serials()),
      replay.state().name().toLowerCase(Locale.ROOT),
      replay.createdMillis(),
      replay.updatedMillis()
    };
  }

  static StoredReplay replay(SqlRow row) {
    return new StoredReplay(
        row.text(0),
        row.text(1),
        row.number(2),
        row.number(3),
        row.number(4),
        split(row.text(5)),
        split(row.text(6)),
        StoredReplay.State.valueOf(row.text(7).toUpperCase(Locale.ROOT)),
        row.number(8),
        row.number(9));
  }

  private static Set<String> split(String words) {
    return words.isEmpty() ? Set.of() : Arrays.stream(words.split(" ")).collect(Collectors.toSet());
  }

  private static String joined(Set<String> words) {
    return String.join(" ", new TreeSet<>(words));
  }
}
