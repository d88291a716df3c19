package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.Context;
import java.util.List;
import java.util.Map;

/** {@code /admin/terminals/import} and {@code …/export}: many terminals in one request. On the bridge's event loop. */
final class TerminalBulkRoutes {

  private static final String NDJSON = TerminalExport.Format.NDJSON.mediaType();
  private static final String CSV = TerminalExport.Format.CSV.mediaType();

  private final BridgeParts parts;
  private final HttpOptions.Uploads bounds;
  private final Context context;
  private final Map<ImportTally.End, Counter> figures;

  TerminalBulkRoutes(BridgeParts parts, HttpOptions.Uploads bounds, Context context) {
    this.bounds = bounds;
    this.parts = parts;
    this.context = context;
    this.figures = ImportTally.figures(parts.meters());
  }

  void add(Endpoints endpoints) {
    endpoints.stream("importTerminals", this::upload);
    endpoints.stream("exportTerminals", this::download);
  }

  private void upload(Exchange exchange) {
    var mode = ImportMode.of(exchange);
    var lines = lines(Negotiation.sent(exchange.routing()));
    new TerminalImport(parts, context, exchange, bounds, lines, mode, new ImportTally(figures))
        .begin();
  }

  private static TerminalLines lines(String mediaType) {
    if (mediaType.equals(CSV)) {
      return new TerminalLines.Csv();
    }
    if (mediaType.equals(NDJSON)) {
      return new TerminalLines.Json();
    }
    throw Problem.of(
        ProblemType.UNSUPPORTED_MEDIA_TYPE,
        "send the body with Content-Type: " + NDJSON + " or " + CSV);
  }

  private void download(Exchange exchange) {
    new TerminalExport(
            parts.store().terminals(),
            context,
            exchange,
            TerminalList.filter(exchange, exchange.query("app")),
            format(exchange))
        .begin();
  }

  /** What {@code format} says; without it what the client accepts. */
  private static TerminalExport.Format format(Exchange exchange) {
    var asked = exchange.query("format");
    if (asked.isEmpty()) {
      return Negotiation.accepts(exchange.routing(), List.of(NDJSON))
          ? TerminalExport.Format.NDJSON
          : TerminalExport.Format.CSV;
    }
    return switch (asked.get()) {
      case "ndjson" -> TerminalExport.Format.NDJSON;
      case "csv" -> TerminalExport.Format.CSV;
      default -> throw InvalidRequest.at("?format", "no such format", "ndjson, csv");
    };
  }
}
