package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Consumers;
import io.m2mgate.bridge.EventCursor;
import io.m2mgate.bridge.Gap;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.SharedEvent;
import io.m2mgate.bridge.Taps;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns one open event stream: its cursor and its end. Lives on the event loop of its connection. What waits for a slow client is the
 * socket's queue, up to its bound, and one page of the cursor; one that is cut off resumes by {@code Last-Event-ID}.
 */
final class EventStream implements EventCursor.Sink, SseResponse.Listener {

  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

  private final Context context;
  private final BridgeParts parts;
  private final Exchange exchange;
  private final Reading reading;
  private final SseResponse response;
  private final EventCursor cursor;
  private final Taps.Tap tap;
  private Optional<Consumers.Attachment> attachment = Optional.empty();

  EventStream(
      Vertx vertx, BridgeParts parts, HttpOptions options, Exchange exchange, Reading reading) {
    this.context = vertx.getOrCreateContext();
    this.parts = parts;
    this.exchange = exchange;
    this.reading = reading;
    this.response = new SseResponse(vertx, options, exchange.routing(), this);
    this.cursor = new EventCursor(vertx, parts.taps(), reading.query(), this);
    this.tap = parts
        .taps()
        .open(
            Taps.Kind.SSE,
            exchange.caller(),
            reading.app(),
            cursor::lag,
            () -> context.runOnContext(now -> response.cut("key revoked")));
  }

  void open() {
    response.open("from " + reading.after());
    attachment = reading
        .consumer()
        .map(named -> parts
            .consumers()
            .attach(reading.app(), named, why -> context.runOnContext(now -> end(why))));
    reading.gap().ifPresent(this::tell);
    cursor.start();
  }

  @Override
  public EventCursor.Taken take(SharedEvent event) {
    boolean more = gather(event);
    tap.delivered(1);
    return taken(more);
  }

  @Override
  public EventCursor.Taken passed() {
    return taken(response.send());
  }

  private static EventCursor.Taken taken(boolean more) {
    return more ? EventCursor.Taken.MORE : EventCursor.Taken.FULL;
  }

  private boolean gather(SharedEvent event) {
    return response.gather(
        "id: " + event.offset() + "\nevent: " + event.event().type() + "\ndata: ",
        event.bytes(parts.node()));
  }

  @Override
  public void gap(long after, long oldest) {
    tell(new Gap(reading.app(), after, oldest));
  }

  private void tell(Gap gap) {
    gather(new SharedEvent(gap.event(System.currentTimeMillis())));
    response.send();
  }

  @Override
  public void ended() {
    response.cut("application deleted");
  }

  @Override
  public void reached() {
    response.end(
        last(new JsonObject().put("offset", cursor.position())), "everything was delivered");
  }

  private void end(Problem why) {
    response.end(last(new JsonObject().put("problem", why.toJson())), why.getMessage());
  }

  private static String last(JsonObject data) {
    return "event: end\ndata: " + data.encode() + "\n\n";
  }

  @Override
  public void drained() {
    cursor.resume();
  }

  @Override
  public void closed(String reason) {
    LOG.debug("stream of {} closed at {}: {}", reading.app(), cursor.position(), reason);
    cursor.close();
    tap.close();
    attachment.ifPresent(Consumers.Attachment::close);
  }
}
