package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.sms.CentreStatus;
import io.m2mgate.sms.MessageCentre;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** {@code GET /v1/admin/sms}: the way to the short message centre as its operator sees it. On the bridge's event loop. */
final class MessageRoutes {

  private static final double TENTHS = 10.0;

  private final BridgeParts parts;

  MessageRoutes(BridgeParts parts) {
    this.parts = parts;
  }

  void add(Endpoints endpoints) {
    endpoints.on("readShortMessages", exchange -> Future.succeededFuture(Answer.ok(read())));
  }

  private JsonObject read() {
    return parts
        .messages()
        .map(MessageCentre::status)
        .map(MessageRoutes::shape)
        .orElseGet(() -> new JsonObject().put("enabled", false));
  }

  private static JsonObject shape(CentreStatus status) {
    var shape = new JsonObject()
        .put("enabled", true)
        .put("link", status.link())
        .put("up", status.state().up())
        .put("since", Shapes.time(status.state().sinceMillis()));
    if (!status.state().up()) {
      shape.put("reason", status.state().reason());
    }
    shape
        .put("queued", status.queued())
        .put("underWay", status.underWay())
        .put("queueLimit", status.limits().queue())
        .put("window", status.limits().window())
        .put("perSecond", Math.round(status.ratePerSecond() * TENTHS) / TENTHS)
        .put("perSecondLimit", status.limits().perSecond())
        .put("sent", status.sent())
        .put("repeats", status.repeats())
        .put("failed", counts(status.failed()))
        .put("taken", status.received())
        .put("left", status.left())
        .put("receipts", counts(status.receipts()));
    status
        .lastFault()
        .ifPresent(fault -> shape.put(
            "lastFault",
            new JsonObject().put("at", Shapes.time(fault.atMillis())).put("text", fault.text())));
    return shape;
  }

  /** {@code UNDER_WAY} is {@code underWay}. */
  private static JsonObject counts(Map<? extends Enum<?>, Long> by) {
    var shape = new JsonObject();
    new TreeMap<Enum<?>, Long>(by).forEach((one, count) -> shape.put(name(one), count));
    return shape;
  }

  private static String name(Enum<?> one) {
    String[] words = one.name().toLowerCase(Locale.ROOT).split("_");
    return words.length == 1
        ? words[0]
        : words[0] + words[1].substring(0, 1).toUpperCase(Locale.ROOT) + words[1].substring(1);
  }
}
