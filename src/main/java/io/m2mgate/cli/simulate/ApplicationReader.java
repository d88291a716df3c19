package io.m2mgate.cli.simulate;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * The application's side: pulls the event log from its end on, page by page, over restarts of the gateway, and enters every
 * reading of this run into the ledger. Owned by its event loop, but for {@link #published}.
 */
final class ApplicationReader extends VerticleBase {
  private static final int PAGE = 2_000;
  private static final int WAIT_SECONDS = 1;
  private static final long RETRY_MILLIS = 100;
  private static final int OK = 200;

  private final FleetOptions options;
  private final Ledger ledger;
  private final int run;
  private final Histogram endToEndMicros = new Histogram(Shard.LONGEST_MICROS, 3);
  private final Promise<Void> settled = Promise.promise();
  private volatile long published;
  private volatile String problem = "";

  private AdminClient client;
  private EventLog log;
  private long after;
  private boolean settling;
  private boolean atEnd;
  private boolean stopped;
  private long deadlineNanos;

  ApplicationReader(FleetOptions options, Ledger ledger, int run) {
    this.options = options;
    this.ledger = ledger;
    this.run = run;
  }

  /** Done when the log's end is found: what this run appends is behind it. */
  @Override
  public Future<?> start() {
    client = new AdminClient(vertx, options.target());
    log = new EventLog(client, options.app(), "m2m.data.up");
    return log.end().onSuccess(end -> {
      after = end;
      read();
    });
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    return client.close();
  }

  /** Readings delivered so far. Any thread. */
  long published() {
    return published;
  }

  /** Why it cannot read just now, or nothing. Any thread. */
  String problem() {
    return problem;
  }

  Histogram endToEndMicros() {
    return endToEndMicros;
  }

  /**
   * Done when all that was acknowledged is delivered and the log is read to its end, where a duplicate may stand still; or
   * when nothing new came for the patience.
   */
  Future<Void> settle() {
    context.runOnContext(go -> {
      settling = true;
      deadlineNanos = System.nanoTime() + options.finish().patience().toNanos();
      checkSettled();
    });
    return settled.future();
  }

  private void read() {
    if (stopped || settled.future().isComplete()) {
      return;
    }
    boolean last = settling;
    log.pull(after, PAGE, last ? 0 : WAIT_SECONDS)
        .onComplete(
            answer -> {
              if (answer.status() == OK) {
                accept(answer.body(), last);
              } else {
                retry(answer.text());
              }
            },
            failed -> retry(String.valueOf(failed.getMessage())));
  }

  private void retry(String why) {
    problem = why;
    checkSettled();
    if (!stopped) {
      vertx.setTimer(RETRY_MILLIS, again -> read());
    }
  }

  private void accept(Buffer page, boolean last) {
    try {
      long before = after;
      after = EventPageParser.parse(page.getBytes(), this::enter);
      atEnd = last && after == before;
      problem = "";
      published = ledger.delivered();
      checkSettled();
      read();
    } catch (IOException e) {
      retry(String.valueOf(e.getMessage()));
    }
  }

  private void enter(long offset, boolean suspectedDuplicate, byte[] payload) {
    if (!Reading.isOne(payload)) {
      return;
    }
    Reading reading = Reading.decode(payload);
    boolean ours = reading.run() == run && reading.terminal() < options.terminals();
    if (ours && ledger.deliver(reading.terminal(), reading.counter(), offset, suspectedDuplicate)) {
      long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - reading.madeNanos());
      endToEndMicros.recordValue(Math.max(0, Math.min(micros, Shard.LONGEST_MICROS)));
      if (settling) {
        deadlineNanos = System.nanoTime() + options.finish().patience().toNanos();
      }
    }
  }

  private void checkSettled() {
    boolean complete = atEnd && ledger.missing() == 0;
    if (settling && (complete || System.nanoTime() - deadlineNanos >= 0)) {
      settled.tryComplete();
    }
  }
}
