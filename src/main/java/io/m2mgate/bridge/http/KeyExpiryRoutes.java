package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.store.ExpiryStore.Expiry;
import io.m2mgate.store.ExpiryStore.Query;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** {@code GET /keys}: whose secrets expire when (6.1.14), and never a secret. Stateless but for its parts; on the bridge's event loop. */
final class KeyExpiryRoutes {

  private static final Duration WITHIN = Duration.ofDays(30);
  private static final Duration WITHIN_MAX = Duration.ofDays(36_500);
  private static final String WITHIN_VALID = "a duration as P30D, at most P36500D";
  private static final String EXPIRING = "expiring";
  private static final String EXPIRED = "expired";

  private final BridgeParts parts;

  KeyExpiryRoutes(BridgeParts parts) {
    this.parts = parts;
  }

  void add(Endpoints endpoints) {
    endpoints.on("listExpiringKeys", this::list);
  }

  private Future<Answer> list(Exchange exchange) {
    var state = exchange.query("state");
    state.filter(text -> !text.equals(EXPIRING) && !text.equals(EXPIRED)).ifPresent(text -> {
      throw InvalidRequest.at("?state", "no such state", EXPIRING + ", " + EXPIRED);
    });
    long now = Instant.now().getEpochSecond();
    long end = now
        + exchange.query("within").map(KeyExpiryRoutes::within).orElse(WITHIN).toSeconds();
    var query = new Query(
        EventRequest.app(parts, exchange),
        exchange.query("serial"),
        state.equals(Optional.of(EXPIRING)) ? now + 1 : 0,
        state.equals(Optional.of(EXPIRED)) ? now + 1 : end);
    return parts
        .store()
        .expiries()
        .list(query, exchange.query("cursor"), exchange.limit())
        .map(page -> Answer.page(
            page.items().stream().map(expiry -> shape(expiry, now)).toList(), page.next()));
  }

  private static Duration within(String text) {
    try {
      var within = Duration.parse(text);
      if (!within.isNegative() && within.compareTo(WITHIN_MAX) <= 0) {
        return within;
      }
    } catch (DateTimeException | ArithmeticException e) {
      throw InvalidRequest.at("?within", "not a duration", WITHIN_VALID);
    }
    throw InvalidRequest.at("?within", "out of range", WITHIN_VALID);
  }

  private static JsonObject shape(Expiry expiry, long now) {
    return new JsonObject()
        .put("serial", expiry.serial())
        .put("secret", expiry.secret())
        .put("state", expiry.second() <= now ? EXPIRED : EXPIRING)
        .put("expires", Instant.ofEpochSecond(expiry.second()).toString());
  }
}
