package io.m2mgate.bridge.http;

import io.m2mgate.api.Event;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.EventCursor;
import io.m2mgate.bridge.Taps;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns one open event stream: its cursor and its end. Lives on the event loop of its connection. What waits for a slow client is the
 * socket's queue, up to its bound, and one page of the cursor; one that is cut off resumes by {@code Last-Event-ID}.
 */
final class EventStream implements EventCursor.Sink, SseResponse.Listener {

  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
  private static final int PAGE_EVENTS = 200;
  private static final int PAGE_BYTES = 128 * 1024;

  private final Vertx vertx;
  private final Context context;
  private final BridgeParts parts;
  private final Exchange exchange;
  private final EventRequest request;
  private final SseResponse response;
  private EventCursor cursor;
  private Taps.Tap tap;

  EventStream(
      Vertx vertx,
      BridgeParts parts,
      HttpOptions options,
      Exchange exchange,
      EventRequest request) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.parts = parts;
    this.exchange = exchange;
    this.request = request;
    this.response = new SseResponse(vertx, options, exchange.routing(), this);
  }

  void open(long after) {
    var query = new EventCursor.Query(
        request.app(), after, PAGE_EVENTS, PAGE_BYTES, request.types(), request.serials());
    cursor = new EventCursor(vertx, parts.taps(), query, this);
    tap = parts
        .taps()
        .open(
            Taps.Kind.SSE,
            exchange.caller(),
            request.app(),
            cursor::lag,
            () -> context.runOnContext(now -> response.cut("key revoked")));
    response.open("from " + after);
    cursor.start();
  }

  @Override
  public EventCursor.Taken take(Event event) {
    boolean more = response.write("id: " + event.offset() + "\nevent: " + event.type() + "\ndata: "
        + event.toJson(parts.node()) + "\n\n");
    tap.delivered(1);
    return more ? EventCursor.Taken.MORE : EventCursor.Taken.FULL;
  }

  /** The client hears of it when it resumes: its offset is answered by cursor-too-old. */
  @Override
  public void gap(long after, long oldest) {
    response.cut("events between " + after + " and " + oldest + " are past retention");
  }

  @Override
  public void ended() {
    response.cut("application deleted");
  }

  @Override
  public void drained() {
    cursor.resume();
  }

  @Override
  public void closed(String reason) {
    LOG.debug("stream of {} closed at {}: {}", request.app(), cursor.position(), reason);
    cursor.close();
    tap.close();
  }
}
