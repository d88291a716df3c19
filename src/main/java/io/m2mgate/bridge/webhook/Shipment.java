package io.m2mgate.bridge.webhook;

import io.m2mgate.api.Event;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** What goes in one request, the same at every try, and how its tries went. On its runner's event loop. */
final class Shipment {

  private static final int HASH_DIGITS = 16;

  private final List<Event> events;
  private final boolean batch;
  private final String id;
  int failures;
  long lastTryMillis;
  long notBeforeMillis;
  long streak;

  /** @param batch whether events travel in an array, one alone too */
  Shipment(List<Event> events, boolean batch) {
    this.events = List.copyOf(events);
    this.batch = batch;
    this.id = batch ? batchId(events) : events.get(0).id();
  }

  /**
   * {@code webhook-id}. Of a batch it is made of all its events: a receiver that goes by it must not take a batch for another one that
   * begins alike.
   */
  String id() {
    return id;
  }

  List<Event> events() {
    return events;
  }

  String contentType() {
    return batch ? "application/cloudevents-batch+json" : "application/cloudevents+json";
  }

  String body(String node) {
    if (!batch) {
      return events.get(0).toJson(node);
    }
    var text = new StringBuilder(2 + events.stream().mapToInt(Event::sizeHint).sum());
    for (var event : events) {
      text.append(text.isEmpty() ? '[' : ',');
      event.appendTo(text, node);
    }
    return text.append(']').toString();
  }

  private static String batchId(List<Event> events) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      events.forEach(event -> digest.update(event.id().getBytes(StandardCharsets.US_ASCII)));
      var hash = HexFormat.of().formatHex(digest.digest());
      return events.get(0).id() + "-" + hash.substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
