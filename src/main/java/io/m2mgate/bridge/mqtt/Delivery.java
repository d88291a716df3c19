package io.m2mgate.bridge.mqtt;

import io.m2mgate.api.Event;
import io.m2mgate.bridge.EventCursor;
import io.m2mgate.bridge.Gap;
import io.m2mgate.bridge.SharedEvent;
import io.m2mgate.bridge.Topics;
import io.m2mgate.bridge.mqtt.Outflow.Message;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Owns the way of one session's own events to its client: what is in flight and up to where everything is confirmed. Lives on the
 * connection's event loop.
 *
 * <p>A packet id is made of the event's offset, so that a message is sent again under the id that it had (MQTT 3.1.1,
 * 4.4) without the ids being stored. The ids above are those of shared subscriptions.
 */
final class Delivery implements EventCursor.Sink {

  /** Ids from 1 to here are made of offsets. */
  static final int IDS = 32_767;

  private final Outflow outflow;
  private final Target target;
  private final String app;
  private final Past past;
  private final ArrayDeque<InFlight> unconfirmed = new ArrayDeque<>();
  private final Map<Integer, InFlight> byId = new HashMap<>();
  /** What a page brought when there was no room: a gap, and the event behind it, at most. */
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  private long handled;
  private long sent;
  private boolean full;
  private EventCursor cursor;

  /** Whom it serves. */
  interface Target {
    Optional<Subscriptions.Match> match(Topics.Place place);

    Buffer payload(SharedEvent event);

    void delivered(boolean repeated);

    void oversized(Event event);

    void gap(Gap gap);

    void ended();
  }

  /** @param before up to here everything is confirmed as long as this is the first unconfirmed one */
  private record Waiting(SharedEvent shared, long before) {
    private Event event() {
      return shared.event();
    }
  }

  /**
   * What was before this connection.
   *
   * @param after up to here everything is confirmed
   * @param sent events up to here may have been sent
   * @param acknowledged events behind {@code after} that were acknowledged, at most a window
   */
  record Past(long after, long sent, Set<Long> acknowledged) {
    static Past from(long after) {
      return new Past(after, 0, Set.of());
    }
  }

  private static final class InFlight {
    private final long offset;
    private final long before;
    private boolean acknowledged;

    private InFlight(long offset, long before) {
      this.offset = offset;
      this.before = before;
    }
  }

  Delivery(Outflow outflow, Target target, String app, Past past) {
    this.outflow = outflow;
    this.target = target;
    this.app = app;
    this.past = past;
    this.handled = past.after();
    this.sent = Math.max(past.after(), past.sent());
  }

  /** The cursor that feeds it, which it resumes when there is room. */
  void feed(EventCursor source) {
    cursor = source;
    cursor.start();
  }

  @Override
  public EventCursor.Taken take(SharedEvent event) {
    // To the cursor 0 is "from the oldest, whatever that is"; a session that began with an empty
    // log missed something.
    if (handled == 0 && waiting.isEmpty() && event.offset() > 1) {
      gap(0, event.offset());
    }
    waiting.addLast(new Waiting(event, event.offset() - 1));
    drain();
    full = !room();
    return full ? EventCursor.Taken.FULL : EventCursor.Taken.MORE;
  }

  /** The gap is an event of its own in its place, to be acknowledged like any other. */
  @Override
  public void gap(long after, long oldest) {
    var gap = new Gap(app, after, oldest);
    target.gap(gap);
    waiting.addLast(new Waiting(new SharedEvent(gap.event(System.currentTimeMillis())), after));
    drain();
  }

  @Override
  public void ended() {
    target.ended();
  }

  /** A PUBACK came for an id of its range. */
  void acknowledged(int id) {
    var done = byId.remove(id);
    if (done == null) {
      return;
    }
    done.acknowledged = true;
    while (!unconfirmed.isEmpty() && unconfirmed.peekFirst().acknowledged) {
      unconfirmed.removeFirst();
    }
  }

  /** There may be room again. */
  void goOn() {
    drain();
    if (full && room()) {
      full = false;
      cursor.resume();
    }
  }

  /** Everything up to this offset needs no sending any more. */
  long confirmed() {
    if (!unconfirmed.isEmpty()) {
      return unconfirmed.peekFirst().before;
    }
    return waiting.isEmpty() ? handled : waiting.peekFirst().before();
  }

  /** For the next connection; what this one did not come to again is as it was. */
  Past past() {
    long confirmed = confirmed();
    var acknowledged = Stream.concat(
            past.acknowledged().stream(),
            unconfirmed.stream().filter(it -> it.acknowledged).map(it -> it.offset))
        .filter(offset -> offset > confirmed)
        .collect(Collectors.toSet());
    return new Past(confirmed, sent, acknowledged);
  }

  long lag() {
    return cursor == null ? 0 : cursor.lag();
  }

  void close() {
    if (cursor != null) {
      cursor.close();
    }
  }

  private void drain() {
    while (!waiting.isEmpty() && roomToSend()) {
      // What leaves at once comes back here: it must not find this one waiting still.
      var next = waiting.removeFirst();
      if (!sent(next)) {
        waiting.addFirst(next);
        return;
      }
    }
  }

  /** False when it has to wait for its packet id. */
  private boolean sent(Waiting next) {
    var event = next.event();
    var place = Topics.place(event);
    var match = past.acknowledged().contains(event.offset())
        ? Optional.<Subscriptions.Match>empty()
        : place.flatMap(target::match);
    if (match.isPresent()) {
      boolean asked = match.get().qos() == MqttQoS.AT_LEAST_ONCE;
      int id = asked ? packetId(event.offset()) : 0;
      if (asked && outflow.uses(id)) {
        return false;
      }
      var topic = Topics.event(app, place.get());
      send(next, Message.of(topic, target.payload(next.shared()), match.get(), id));
    }
    handled = event.offset();
    return true;
  }

  private void send(Waiting next, Message message) {
    var event = next.event();
    if (!outflow.fits(message)) {
      target.oversized(event);
      return;
    }
    boolean repeated = message.id() > 0 && event.offset() <= past.sent();
    if (message.id() > 0) {
      var inFlight = new InFlight(event.offset(), next.before());
      unconfirmed.addLast(inFlight);
      byId.put(message.id(), inFlight);
    }
    sent = Math.max(sent, event.offset());
    outflow.send(message.again(repeated));
    target.delivered(repeated);
  }

  private boolean room() {
    return waiting.isEmpty() && roomToSend();
  }

  /** What was acknowledged behind something that was not is kept in mind, and counts. */
  private boolean roomToSend() {
    return outflow.room() && unconfirmed.size() < outflow.window();
  }

  static int packetId(long offset) {
    return (int) (offset % IDS) + 1;
  }
}
