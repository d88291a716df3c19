package io.m2mgate.bridge.webhook;

import java.util.LinkedHashMap;
import java.util.Map;

/** The headers of a request (Standard Webhooks). Stateless. */
final class Headers {

  private Headers() {}

  /** @param own what the webhook adds; it cannot name any of these */
  static Map<String, String> of(
      Map<String, String> own,
      Signature signature,
      Shipment shipment,
      long nowMillis,
      String body) {
    var headers = new LinkedHashMap<>(own);
    headers.put("Content-Type", shipment.contentType());
    headers.put("User-Agent", "m2mgate");
    headers.put("webhook-id", shipment.id());
    headers.put("webhook-timestamp", Long.toString(nowMillis / 1_000));
    headers.put("webhook-signature", signature.of(shipment.id(), nowMillis, body));
    return headers;
  }
}
