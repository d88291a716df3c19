package io.m2mgate.bridge.http;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.m2mgate.bridge.Later;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.Page;
import io.m2mgate.store.TerminalStore;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import io.m2mgate.store.TerminalStore.TerminalRow;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;

/**
 * Owns one download of terminals: page after page by key, the next one when the client has taken enough of the last. On the
 * event loop of its request. It has exactly what an import takes, but for the secrets.
 */
final class TerminalExport {

  private static final int PAGE = 500;
  private static final String[] COLUMNS = {
    "serial", "imei", "imsi", "app", "profile", "msisdn", "enabled"
  };

  /** The forms of a download. */
  enum Format {
    NDJSON("application/x-ndjson"),
    CSV("text/csv");

    private final String mediaType;

    Format(String mediaType) {
      this.mediaType = mediaType;
    }

    String mediaType() {
      return mediaType;
    }
  }

  private final TerminalStore store;
  private final Context context;
  private final Exchange exchange;
  private final HttpServerResponse response;
  private final TerminalFilter filter;
  private final Format format;
  private Optional<String> waiting =
      Optional.empty(); // the page to read once the client took the last
  private boolean closed;

  TerminalExport(
      TerminalStore store,
      Context context,
      Exchange exchange,
      TerminalFilter filter,
      Format format) {
    this.store = store;
    this.context = context;
    this.exchange = exchange;
    this.response = exchange.routing().response();
    this.filter = filter;
    this.format = format;
  }

  void begin() {
    response.closeHandler(gone -> closed = true);
    response.exceptionHandler(failure -> closed = true);
    response.drainHandler(drained -> {
      var next = waiting;
      waiting = Optional.empty();
      next.ifPresent(cursor -> read(Optional.of(cursor)));
    });
    read(Optional.empty());
  }

  private void read(Optional<String> cursor) {
    Later.on(context, store.list(filter, cursor, PAGE))
        .onComplete(
            page -> write(page, cursor.isEmpty()),
            // What was begun is cut off without its end, which tells the client.
            failure -> ProblemAnswers.answer(exchange.routing(), failure));
  }

  private void write(Page<TerminalRow> page, boolean first) {
    if (closed) {
      return;
    }
    if (first) {
      response
          .setChunked(true)
          .putHeader("Content-Type", format.mediaType())
          .putHeader("Cache-Control", "no-store")
          .putHeader(
              "Content-Disposition",
              "attachment; filename=\"terminals." + format.name().toLowerCase(java.util.Locale.ROOT)
                  + "\"");
    }
    if (exchange.routing().request().method().name().equals("HEAD")) {
      response.end();
      return;
    }
    response.write(format == Format.CSV ? csv(page.items(), first) : ndjson(page.items()));
    if (page.next().isEmpty()) {
      response.end();
    } else if (response.writeQueueFull()) {
      waiting = page.next();
    } else {
      read(page.next());
    }
  }

  private static String ndjson(List<TerminalRow> rows) {
    var text = new StringBuilder();
    for (var row : rows) {
      var terminal = row.terminal();
      var json = new JsonObject();
      for (int i = 0; i < COLUMNS.length - 1; i++) {
        var cell = cell(terminal, i);
        if (!cell.isEmpty()) {
          json.put(COLUMNS[i], cell);
        }
      }
      text.append(json.put("enabled", terminal.enabled()).encode()).append('\n');
    }
    return text.toString();
  }

  private static String csv(List<TerminalRow> rows, boolean header) {
    var text = new StringWriter();
    var writer = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(text);
    if (header) {
      writer.writeRecord(COLUMNS);
    }
    for (var row : rows) {
      var cells = new String[COLUMNS.length];
      for (int i = 0; i < cells.length; i++) {
        cells[i] = cell(row.terminal(), i);
      }
      writer.writeRecord(cells);
    }
    try {
      writer.close();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return text.toString();
  }

  private static String cell(TerminalRecord terminal, int column) {
    return switch (COLUMNS[column]) {
      case "serial" -> terminal.serial();
      case "imei" -> terminal.imei();
      case "imsi" -> terminal.imsi().orElse("");
      case "app" -> terminal.app();
      case "profile" -> terminal.profile();
      case "msisdn" -> terminal.msisdn().orElse("");
      default -> Boolean.toString(terminal.enabled());
    };
  }
}
