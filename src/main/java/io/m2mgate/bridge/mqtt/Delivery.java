package io.m2mgate.bridge.mqtt;

import io.m2mgate.api.Event;
import io.m2mgate.bridge.EventCursor;
import io.m2mgate.bridge.Topics;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttEndpoint;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Owns what is on its way to one subscriber: the in-flight window, the packet ids, and up to where everything is
 * confirmed. Lives on the connection's event loop.
 *
 * <p>A packet id is made of the event's offset, so that a message is sent again under the id that it had (MQTT 3.1.1,
 * 4.4) without the ids being stored.
 */
final class Delivery implements EventCursor.Sink {

  private static final int IDS = 65_535;

  private final MqttEndpoint endpoint;
  private final Target target;
  private final Limits limits;
  private final ArrayDeque<InFlight> unconfirmed = new ArrayDeque<>();
  private final Map<Integer, InFlight> byId = new HashMap<>();
  private Optional<Event> deferred = Optional.empty();
  private long handled;
  private long sent;
  private int unsentBytes;
  private boolean full;
  private EventCursor cursor;

  /** Whom it serves. */
  interface Target {
    /** The QoS of the subscriptions that match, with the topic's kind. */
    Optional<MqttQoS> match(String serial, String kind);

    String payload(Event event);

    void delivered(boolean repeated);

    void oversized(Event event);

    void gap(long after, long oldest);

    void ended();
  }

  /**
   * @param packetBytes the greatest packet that the client takes
   * @param sentBefore events up to here may have been sent in an earlier connection
   */
  record Limits(int window, int unsentBytes, long packetBytes, long sentBefore) {}

  private static final class InFlight {
    private final long offset;
    private boolean acknowledged;

    private InFlight(long offset) {
      this.offset = offset;
    }
  }

  Delivery(MqttEndpoint endpoint, Target target, Limits limits, long after) {
    this.endpoint = endpoint;
    this.target = target;
    this.limits = limits;
    this.handled = after;
    this.sent = Math.max(after, limits.sentBefore());
  }

  /** The cursor that feeds it, which it resumes when there is room. */
  void feed(EventCursor source) {
    cursor = source;
    cursor.start();
  }

  @Override
  public EventCursor.Taken take(Event event) {
    var kind = Topics.kind(event.type());
    var qos = kind.flatMap(known -> target.match(event.serial(), known));
    if (qos.isEmpty()) {
      handled = event.offset();
    } else if (qos.get() == MqttQoS.AT_LEAST_ONCE && byId.containsKey(packetId(event.offset()))) {
      deferred = Optional.of(event);
    } else {
      send(event, kind.orElseThrow(), qos.get());
    }
    full = !room();
    return full ? EventCursor.Taken.FULL : EventCursor.Taken.MORE;
  }

  @Override
  public void gap(long after, long oldest) {
    target.gap(after, oldest);
  }

  @Override
  public void ended() {
    target.ended();
  }

  /** A PUBACK came; one for an id that is not in flight means nothing. */
  void acknowledged(int id) {
    var done = byId.remove(id);
    if (done == null) {
      return;
    }
    done.acknowledged = true;
    while (!unconfirmed.isEmpty() && unconfirmed.peekFirst().acknowledged) {
      unconfirmed.removeFirst();
    }
    deferred.filter(event -> packetId(event.offset()) == id).ifPresent(event -> {
      deferred = Optional.empty();
      take(event);
      // The cursor still waits, whatever the window says now.
      full = true;
    });
    goOn();
  }

  /** Everything up to this offset needs no sending any more. */
  long confirmed() {
    return unconfirmed.isEmpty() ? handled : unconfirmed.peekFirst().offset - 1;
  }

  /** The greatest offset ever sent in this session. */
  long sent() {
    return sent;
  }

  int inFlight() {
    return unconfirmed.size();
  }

  long lag() {
    return cursor == null ? 0 : cursor.lag();
  }

  void close() {
    if (cursor != null) {
      cursor.close();
    }
  }

  private void send(Event event, String kind, MqttQoS qos) {
    var topic = Topics.event(event.app(), event.serial(), kind);
    var payload = Buffer.buffer(target.payload(event));
    handled = event.offset();
    if (payload.length() + topic.length() + 16L > limits.packetBytes()) {
      target.oversized(event);
      return;
    }
    boolean repeated = qos == MqttQoS.AT_LEAST_ONCE && event.offset() <= limits.sentBefore();
    int id = 0;
    if (qos == MqttQoS.AT_LEAST_ONCE) {
      id = packetId(event.offset());
      var inFlight = new InFlight(event.offset());
      unconfirmed.addLast(inFlight);
      byId.put(id, inFlight);
    }
    write(topic, payload, qos, repeated, id);
    sent = Math.max(sent, event.offset());
    target.delivered(repeated);
  }

  /** vertx-mqtt does not say when the socket is full; its futures say when a message has left. */
  private void write(String topic, Buffer payload, MqttQoS qos, boolean repeated, int id) {
    int size = payload.length();
    unsentBytes += size;
    published(topic, payload, qos, repeated, Math.max(id, 1)).onComplete(left -> {
      unsentBytes -= size;
      if (left.succeeded()) {
        goOn();
      }
    });
  }

  private Future<Integer> published(
      String topic, Buffer payload, MqttQoS qos, boolean repeated, int id) {
    try {
      return endpoint.publish(
          topic, payload, qos, repeated, false, id, MqttProperties.NO_PROPERTIES);
    } catch (IllegalArgumentException | IllegalStateException goneMeanwhile) {
      return Future.failedFuture(goneMeanwhile);
    }
  }

  private void goOn() {
    if (full && room()) {
      full = false;
      cursor.resume();
    }
  }

  private boolean room() {
    return deferred.isEmpty()
        && unconfirmed.size() < limits.window()
        && unsentBytes < limits.unsentBytes();
  }

  static int packetId(long offset) {
    return (int) (offset % IDS) + 1;
  }
}
