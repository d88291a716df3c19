package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Audits;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.store.Provision;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns one upload of terminals from its first byte to its summary. On the event loop of its request, which is paused while
 * one batch is with the store and the next one is full, or while the client does not read the answer: in memory are two
 * batches, one piece of the body and the answer's queue, however long the upload is.
 */
final class TerminalImport {

  /** Clients that read only once they have sent everything may have so much waiting for them. */
  private static final int ANSWER_QUEUE_BYTES = 1024 * 1024;

  /** What still comes after a refusal is read for so long, because closing at once would take the answer away. */
  private static final long LINGER_MILLIS = 2_000;

  private static final Logger LOG = LoggerFactory.getLogger(TerminalImport.class);

  private final BridgeParts parts;
  private final Context context;
  private final Exchange exchange;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final TerminalLines lines;
  private final ImportMode mode;
  private final ImportTally tally;
  private final Audits audits;
  private final HttpOptions.Uploads bounds;
  private final LineSplitter splitter;
  private List<ImportRow> rows = new ArrayList<>();
  private Set<String> profiles = Set.of();
  private long doneLine; // everything up to here is decided and, if accepted, durable
  private boolean storing;
  private boolean paused;
  private boolean received; // the whole body
  private boolean over;

  TerminalImport(
      BridgeParts parts,
      Context context,
      Exchange exchange,
      HttpOptions.Uploads bounds,
      TerminalLines lines,
      ImportMode mode,
      ImportTally tally) {
    this.parts = parts;
    this.context = context;
    this.exchange = exchange;
    this.request = exchange.routing().request();
    this.response = exchange.routing().response();
    this.bounds = bounds;
    this.splitter = new LineSplitter(bounds.maxLineBytes());
    this.lines = lines;
    this.mode = mode;
    this.tally = tally;
    this.audits = new Audits(parts.store().audit());
  }

  void begin() {
    response.setWriteQueueMaxSize(ANSWER_QUEUE_BYTES);
    response.closeHandler(closed -> gone());
    response.exceptionHandler(failure -> gone());
    response.drainHandler(drained -> pump());
    request.exceptionHandler(failure -> gone());
    request.handler(piece -> {
      splitter.feed(piece.getBytes());
      pump();
    });
    request.endHandler(end -> {
      received = true;
      pump();
    });
    if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
      response.writeContinue();
    }
  }

  /** Goes on as far as it can; called whenever something that it waited for has happened. */
  private void pump() {
    while (!over) {
      if (rows.size() >= bounds.batchRows()) {
        if (storing) {
          pause();
          return;
        }
        store();
      } else if (response.writeQueueFull()) {
        pause();
        return;
      } else {
        var line = splitter.next();
        if (line.isEmpty() && received) {
          line = splitter.last();
        }
        if (line.isEmpty()) {
          exhausted();
          return;
        }
        take(line.get());
      }
    }
  }

  private void exhausted() {
    if (!received) {
      resume();
    } else if (!storing && rows.isEmpty()) {
      finish();
    } else if (!storing) {
      store();
    }
  }

  private void pause() {
    if (!paused && !received) {
      paused = true;
      request.pause();
    }
  }

  private void resume() {
    if (paused) {
      paused = false;
      request.resume();
    }
  }

  private void take(LineSplitter.Line line) {
    if (line.blank()) {
      return;
    }
    if (rows.isEmpty()) {
      profiles = parts.profiles().names();
    }
    if (lines.wantsHeader()) {
      header(line);
    } else {
      rows.add(row(line));
    }
  }

  private void header(LineSplitter.Line line) {
    try {
      lines.header(line.bytes());
    } catch (InvalidRequest bad) {
      refuse(bad);
    }
  }

  private ImportRow row(LineSplitter.Line line) {
    if (line.tooLong()) {
      return ImportRow.failed(
          line.number(),
          Optional.empty(),
          Problem.of(
              ProblemType.PAYLOAD_TOO_LARGE, "longer than " + bounds.maxLineBytes() + " bytes"));
    }
    return ImportRow.of(
        line,
        lines,
        fields ->
            new TerminalBody(fields, parts, profiles).provision(System.currentTimeMillis(), mode));
  }

  private void store() {
    var batch = rows;
    rows = new ArrayList<>();
    storing = true;
    var asked = batch.stream().flatMap(row -> row.asked().stream()).toList();
    Future<List<Provision.Result>> stored = asked.isEmpty()
        ? Future.succeededFuture(List.of())
        : parts
            .store()
            .terminals()
            .provision(asked)
            .compose(results -> told(asked, results).map(results));
    Later.on(context, stored)
        .onComplete(
            results -> {
              storing = false;
              settle(batch, results);
              pump();
            },
            failure -> {
              storing = false;
              refuse(failure);
            });
  }

  /**
   * The lanes learn of what is there now before the answer says so. An update that is repeated, because they could not be
   * told the first time, is told again.
   */
  private Future<Void> told(List<Provision> asked, List<Provision.Result> results) {
    var serials = new ArrayList<String>();
    for (int i = 0; i < asked.size(); i++) {
      var outcome = results.get(i).outcome();
      boolean repeated = mode.update() && outcome == Provision.Outcome.UNCHANGED;
      if (repeated
          || outcome == Provision.Outcome.CREATED
          || outcome == Provision.Outcome.UPDATED) {
        serials.add(asked.get(i).terminal().serial());
      }
    }
    return serials.isEmpty() ? Future.succeededFuture() : parts.changes().changed(serials);
  }

  private void settle(List<ImportRow> batch, List<Provision.Result> results) {
    var failures = new StringBuilder();
    int next = 0;
    for (var row : batch) {
      var ended = row;
      if (row.asked().isPresent()) {
        var result = results.get(next++);
        ended = row.ended(result);
        tally.count(result);
      } else {
        tally.failed();
      }
      if (ended.problem().isPresent()) {
        failures.append(ended.toJson().encode()).append('\n');
      }
    }
    doneLine = batch.get(batch.size() - 1).line();
    if (failures.length() > 0) {
      write(failures.toString());
    }
    if (over) {
      record(false);
    }
  }

  private void write(String text) {
    if (!over) {
      head();
      response.write(text);
    }
  }

  private void head() {
    if (!response.headWritten()) {
      response
          .setChunked(true)
          .putHeader("Content-Type", "application/x-ndjson")
          .putHeader("Cache-Control", "no-store")
          .putHeader("X-Accel-Buffering", "no");
    }
  }

  private void finish() {
    over = true;
    record(true).onComplete(recorded -> end(tally.toJson().put("complete", true)));
  }

  private void end(JsonObject summary) {
    if (!response.closed() && !response.ended()) {
      head();
      response.end(summary.encode() + "\n");
    }
  }

  /** It cannot go on. When nothing has been taken yet that is a problem like any other, else a summary that is not complete. */
  private void refuse(Throwable cause) {
    boolean gone = over;
    over = true;
    if (doneLine == 0 && !response.headWritten()) {
      if (!gone) {
        ProblemAnswers.answer(exchange.routing(), cause);
      }
    } else {
      LOG.warn("import of terminals cannot go on behind line {}: {}", doneLine, cause.getMessage());
      var summary = tally
          .toJson()
          .put("complete", false)
          .put("next", doneLine + 1)
          .put("type", ProblemType.STORE_UNAVAILABLE.uri());
      record(false).onComplete(recorded -> end(summary));
    }
    if (!received && !gone) {
      linger();
    }
  }

  private void linger() {
    long timer =
        context.owner().setTimer(LINGER_MILLIS, late -> request.connection().close());
    request.handler(ignored -> {});
    request.endHandler(end -> context.owner().cancelTimer(timer));
    resume();
  }

  private void gone() {
    if (!over) {
      over = true;
      if (!storing) {
        record(false);
      }
    }
  }

  private Future<Void> record(boolean complete) {
    var counts = tally.toJson().put("complete", complete).put("lastLine", doneLine);
    LOG.info("import of terminals by {}: {}", exchange.caller().actor(), counts.encode());
    counts.put("mode", mode.text()).put("overwriteSecrets", mode.overwriteSecrets());
    return Later.on(
        context, audits.append(exchange.caller(), "terminal.import", "terminals", counts));
  }
}
