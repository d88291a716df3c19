package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Taps;
import io.m2mgate.trace.Filter;
import io.m2mgate.trace.Seen;
import io.m2mgate.trace.Trace;
import io.m2mgate.trace.Traces;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Owns one open trace and writes what comes to its client, who is told what was lost. Lives on the event loop of its connection;
 * frames are explained and masked here, not on the lanes.
 */
final class TraceStream implements SseResponse.Listener {

  /** Frames that are explained before others on this loop have their turn. */
  private static final int SLICE = 20;

  private final Vertx vertx;
  private final Context context;
  private final BridgeParts parts;
  private final Exchange exchange;
  private final SseResponse response;
  private final Ended ended;
  private final long openedNanos = System.nanoTime();
  private Optional<Trace> trace = Optional.empty();
  private Optional<Taps.Tap> tap = Optional.empty();
  private long deadline = -1;
  private long shown;
  private long lost;

  /** Told once how a trace ended. */
  interface Ended {
    void told(String reason, long shown, long lost, long seconds);
  }

  TraceStream(Vertx vertx, BridgeParts parts, HttpOptions options, Exchange exchange, Ended ended) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.parts = parts;
    this.exchange = exchange;
    this.ended = ended;
    this.response = new SseResponse(vertx, options, exchange.routing(), this);
  }

  /** False while there are as many traces as there may be: nothing was written. */
  boolean open(Filter filter, String what) {
    Traces traces = parts.traces();
    trace = traces.open(filter, () -> context.runOnContext(more -> pump()));
    if (trace.isEmpty()) {
      return false;
    }
    Trace mine = trace.get();
    tap = Optional.of(parts
        .taps()
        .open(
            Taps.Kind.TRACE,
            exchange.caller(),
            "",
            mine::waiting,
            () -> context.runOnContext(now -> response.cut("key revoked"))));
    if (SseResponse.head(exchange.routing())) {
      deadline =
          vertx.setTimer(TimeUnit.SECONDS.toMillis(traces.limits().maxSeconds()), over -> over());
      response.open("frames of " + what);
    } else {
      closed("asked for the head only");
    }
    return true;
  }

  private void over() {
    String reason = "traces.maxSeconds is over";
    response.end(TraceJson.end(reason), reason);
  }

  @Override
  public void drained() {
    pump();
  }

  private void pump() {
    trace.ifPresent(Trace::reading);
    for (int i = 0; !response.isClosed() && !response.full(); i++) {
      if (i == SLICE) {
        context.runOnContext(more -> pump());
        return;
      }
      Optional<Trace.Entry> next = trace.flatMap(Trace::next);
      if (next.isEmpty()) {
        return;
      }
      show(next.get());
    }
  }

  private void show(Trace.Entry entry) {
    if (entry.lost() > 0) {
      lost += entry.lost();
      response.write(TraceJson.lost(entry.lost()));
    }
    if (entry.seen().isPresent()) {
      Seen seen = entry.seen().get();
      shown++;
      response.write(TraceJson.event(seen));
      tap.ifPresent(it -> it.delivered(1));
    }
  }

  @Override
  public void closed(String reason) {
    vertx.cancelTimer(deadline);
    trace.ifPresent(parts.traces()::close);
    tap.ifPresent(Taps.Tap::close);
    ended.told(
        reason, shown, lost, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - openedNanos));
  }
}
