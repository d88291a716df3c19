package io.m2mgate.bridge.http;

import io.m2mgate.bridge.ApplicationPresence.Presence;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.store.ApplicationStore.ApiKeyHash;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/** An application's presence (clause 6.1.9) as both sides see it. Stateless. */
final class PresenceShape {

  private PresenceShape() {}

  /** What was before the gateway's start is known of the keys: about, within an hour. */
  static Future<JsonObject> of(BridgeParts parts, String app) {
    var presence = parts.admission().presence().of(app);
    return parts
        .store()
        .applications()
        .keys(app)
        .map(keys -> shape(
            presence,
            keys.stream()
                .map(ApiKeyHash::terms)
                .mapToLong(terms -> terms.usedMillis())
                .max()
                .orElse(0)));
  }

  private static JsonObject shape(Presence presence, long usedMillis) {
    var taps = new JsonObject();
    presence.taps().forEach((kind, open) -> taps.put(kind.name().toLowerCase(Locale.ROOT), open));
    long seen = Math.max(presence.seenMillis(), usedMillis);
    return new JsonObject()
        .put("online", presence.online())
        .put("since", presence.sinceMillis() == 0 ? null : Shapes.time(presence.sinceMillis()))
        .put("lastSeen", seen == 0 ? null : Shapes.time(seen))
        .put("sessions", presence.sessions())
        .put("taps", taps);
  }
}
