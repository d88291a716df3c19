package io.m2mgate.bridge.http;

import io.m2mgate.bridge.AccessRefused;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Caller;
import io.m2mgate.bridge.Consumers;
import io.m2mgate.bridge.EventCursor;
import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.Gap;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.bridge.Problems;
import io.m2mgate.bridge.SharedEvent;
import io.m2mgate.bridge.Taps;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns one open WebSocket of events: its cursor, what its client says, and its end. Lives on the event loop of its connection. What waits
 * for a slow client is the socket's queue, up to its bound, and one page of the cursor. What ends it is told as a problem, and its status
 * is in the close code.
 */
final class EventSocket implements EventCursor.Sink, SocketLine.Listener {

  static final long MOST_CREDIT = 1_000_000;

  private static final Logger LOG = LoggerFactory.getLogger(EventSocket.class);
  private static final int NORMAL = 1000;
  private static final int PROBLEM = 4000;
  private static final int SILENT = 4408;
  private static final String COMMIT = "commit";
  private static final String CREDIT = "credit";

  private final Context context;
  private final BridgeParts parts;
  private final Reading reading;
  private final SocketLine line;
  private final EventCursor cursor;
  private final Taps.Tap tap;
  private final Optional<SocketCommits> commits;
  private Optional<Consumers.Attachment> attachment = Optional.empty();
  private OptionalLong credit = OptionalLong.empty();
  private OptionalLong unconfirmed = OptionalLong.empty();

  EventSocket(Vertx vertx, BridgeParts parts, Caller caller, Reading reading, SocketLine line) {
    this.context = vertx.getOrCreateContext();
    this.parts = parts;
    this.reading = reading;
    this.line = line;
    this.cursor = new EventCursor(vertx, parts.taps(), reading.query(), this);
    this.commits = reading
        .consumer()
        .map(named -> new SocketCommits(
            context,
            parts.store().consumers(),
            reading.app(),
            named.name(),
            this::committed,
            this::fail));
    this.tap = parts
        .taps()
        .open(
            Taps.Kind.WEBSOCKET,
            caller,
            reading.app(),
            cursor::lag,
            () -> context.runOnContext(now -> fail(AccessRefused.UNAUTHENTICATED)));
  }

  /** @param first events that may be sent before more are granted; absent = as many as the client reads */
  void open(OptionalLong first) {
    line.open(this);
    attachment = reading
        .consumer()
        .map(named -> parts
            .consumers()
            .attach(reading.app(), named, why -> context.runOnContext(now -> fail(why))));
    reading.gap().ifPresent(this::tell);
    credit = first;
    if (isSpent()) {
      cursor.hold();
    }
    cursor.start();
  }

  @Override
  public EventCursor.Taken take(SharedEvent event) {
    boolean more = line.write(event.json(parts.node()));
    tap.delivered(1);
    if (credit.isPresent()) {
      credit = OptionalLong.of(credit.getAsLong() - 1);
    }
    return more && !isSpent() ? EventCursor.Taken.MORE : EventCursor.Taken.FULL;
  }

  private boolean isSpent() {
    return credit.isPresent() && credit.getAsLong() <= 0;
  }

  @Override
  public void gap(long after, long oldest) {
    tell(new Gap(reading.app(), after, oldest));
  }

  private void tell(Gap gap) {
    line.write(gap.event(System.currentTimeMillis()).toJson(parts.node()));
  }

  @Override
  public void ended() {
    fail(Problem.of(ProblemType.APPLICATION_UNKNOWN, "the application was deleted"));
  }

  @Override
  public void reached() {
    line.close(NORMAL, "until " + cursor.position());
  }

  @Override
  public void message(String text) {
    try {
      var message = Fields.parse(Buffer.buffer(text), COMMIT, CREDIT);
      var offset = message.number(COMMIT, 0);
      var more = message.number(CREDIT, 0, MOST_CREDIT);
      message.check();
      if (offset.isEmpty() && more.isEmpty()) {
        throw InvalidRequest.at("", "says nothing", "{\"commit\":offset} or {\"credit\":events}");
      }
      offset.ifPresent(this::commit);
      more.ifPresent(this::grant);
    } catch (Problem | InvalidRequest refused) {
      fail(refused);
    }
  }

  @Override
  public void binary() {
    fail(InvalidRequest.at("", "not a text", "a JSON object as text"));
  }

  private void commit(long offset) {
    var mine = commits.orElseThrow(
        () -> InvalidRequest.at("/commit", "the socket reads by no consumer", "?consumer=name"));
    if (offset > cursor.position()) {
      throw InvalidRequest.at("/commit", "not sent yet", "0.." + cursor.position());
    }
    mine.commit(offset);
  }

  private void grant(long events) {
    credit = OptionalLong.of(
        events == 0 ? 0 : Math.min(MOST_CREDIT, Math.max(0, credit.orElse(0)) + events));
    if (isSpent()) {
      cursor.hold();
    } else {
      drained();
    }
  }

  private void committed(long offset) {
    unconfirmed = OptionalLong.of(offset);
    confirm();
  }

  /** The last one says it all. */
  private void confirm() {
    if (unconfirmed.isPresent() && !line.full()) {
      line.write("{\"committed\":" + unconfirmed.getAsLong() + "}");
      unconfirmed = OptionalLong.empty();
    }
  }

  @Override
  public void drained() {
    confirm();
    if (!line.full() && !isSpent()) {
      cursor.resume();
    }
  }

  @Override
  public void silent() {
    line.close(SILENT, "no pong");
  }

  private void fail(Throwable cause) {
    if (line.isClosed()) {
      return;
    }
    var problem = Problems.known(cause).orElseGet(() -> {
      LOG.error("socket of {} failed", reading.app(), cause);
      return Problem.of(ProblemType.INTERNAL_ERROR, "see the gateway's log");
    });
    line.write(new JsonObject().put("problem", problem.toJson()).encode());
    line.close(PROBLEM + problem.type().status(), problem.type().title());
  }

  @Override
  public void closed(String reason) {
    LOG.debug("socket of {} closed at {}: {}", reading.app(), cursor.position(), reason);
    cursor.close();
    tap.close();
    attachment.ifPresent(Consumers.Attachment::close);
  }
}
