package io.m2mgate.bridge;

import io.m2mgate.api.Event;
import io.vertx.core.buffer.Buffer;

/**
 * Owns one event that was read for several readers, and its JSON, which is made once for all of them and lives as long as the event's page.
 * Safe for any thread; two that ask first at the same time may both make it.
 */
public final class SharedEvent {

  private final Event event;
  private volatile String text;
  private volatile Buffer bytes;

  public SharedEvent(Event event) {
    this.event = event;
  }

  public Event event() {
    return event;
  }

  public long offset() {
    return event.offset();
  }

  /** @param node name of the node, the same for all that ask */
  public String json(String node) {
    var made = text;
    if (made == null) {
      made = event.toJson(node);
      text = made;
    }
    return made;
  }

  /**
   * The same in UTF-8, to be read only.
   *
   * @param node name of the node, the same for all that ask
   */
  public Buffer bytes(String node) {
    var made = bytes;
    if (made == null) {
      made = Buffer.buffer(json(node));
      bytes = made;
    }
    return made;
  }
}
