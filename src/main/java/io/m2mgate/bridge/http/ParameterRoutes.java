package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.CommandDesk;
import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.ParameterDesk;
import io.m2mgate.bridge.Parameters.View;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.bus.Standings.Kind;
import io.m2mgate.bus.Standings.Standing;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.StoredCommand;
import io.vertx.core.Future;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * {@code /terminals/{serial}/parameters}: what is desired of a terminal and what it reports (6.1.12). Stateless but for its parts;
 * on the bridge's event loop.
 */
final class ParameterRoutes {

  private static final String PREFIX = "/" + CommandBody.PARAMETERS;
  private static final Pattern STRONG_TAG = Pattern.compile("\"([0-9]{1,18})\"");

  private final ParameterDesk desk;
  private final int maxWaitSeconds;

  ParameterRoutes(BridgeParts parts, int maxWaitSeconds) {
    this.desk = parts.parameters();
    this.maxWaitSeconds = maxWaitSeconds;
  }

  void add(Endpoints endpoints) {
    endpoints.on("readParameters", this::read);
    endpoints.on("patchParameters", this::patch);
  }

  private Future<Answer> read(Exchange exchange) {
    return desk.view(exchange.caller(), exchange.path("serial"))
        .map(view -> Answer.ok(shape(view)).with("ETag", etag(view)));
  }

  private Future<Answer> patch(Exchange exchange) {
    int wait = exchange.wait(maxWaitSeconds);
    var wish = new ParameterDesk.Wish(
        exchange.path("serial"),
        Fields.object(RequestBody.of(exchange.routing())),
        exchange.query(CommandBody.CONFIRM),
        CommandDesk.key(exchange.header("Idempotency-Key"), "Idempotency-Key"));
    return desk.patch(exchange.caller(), wish, revision(exchange))
        .recover(refused -> Future.failedFuture(Places.renamed(refused, ParameterRoutes::place)))
        .compose(changed -> changed
            .command()
            .map(command -> desk.await(command, wait * 1_000L)
                .compose(after -> after.isOpen()
                    ? Future.succeededFuture(answer(changed.view(), after))
                    : desk.view(exchange.caller(), exchange.path("serial"))
                        .map(view -> answer(view, after))))
            .orElseGet(() -> Future.succeededFuture(answer(changed.view()))))
        .map(answer -> wait > 0 ? answer.with("Preference-Applied", "wait=" + wait) : answer);
  }

  /** The body has the values themselves, not a member that holds them, and what confirms them is in the query. */
  private static String place(String pointer) {
    if (pointer.startsWith(PREFIX)) {
      return pointer.substring(PREFIX.length());
    }
    return pointer.equals("/" + CommandBody.CONFIRM) ? "?" + CommandBody.CONFIRM : pointer;
  }

  private static Answer answer(View view) {
    return Answer.ok(shape(view).putNull("command")).with("ETag", etag(view));
  }

  private static Answer answer(View view, StoredCommand command) {
    return Answer.json(command.isOpen() ? 202 : 200, shape(view).put("command", command.id()))
        .with("ETag", etag(view))
        .with("Location", "/v1/commands/" + command.id());
  }

  /** Who changes what others may change too says what they know; {@code *} says that they do not care. */
  private static Optional<Long> revision(Exchange exchange) {
    String header = exchange
        .header("If-Match")
        .map(String::strip)
        .orElseThrow(() -> Problem.of(
            ProblemType.PRECONDITION_REQUIRED,
            "say If-Match with the ETag that GET gave, or * for whatever is there"));
    if (header.equals("*")) {
      return Optional.empty();
    }
    var matcher = STRONG_TAG.matcher(header);
    if (!matcher.matches()) {
      throw Problem.of(
          ProblemType.PRECONDITION_FAILED, "If-Match is not an ETag that this resource had");
    }
    return Optional.of(Long.parseLong(matcher.group(1)));
  }

  private static String etag(View view) {
    return "\"" + view.known().desired().revision() + "\"";
  }

  private static JsonObject shape(View view) {
    var desired = new JsonObject();
    var details = new JsonObject();
    view.standings().forEach(standing -> {
      desired.put(standing.desired().name(), Json.decodeValue(standing.desired().valueJson()));
      details.put(standing.desired().name(), detail(standing));
    });
    return new JsonObject()
        .put("desired", desired)
        .put("reported", Shapes.reported(view.known().reported()))
        .put("pending", names(view, Kind.PENDING))
        .put("drift", names(view, Kind.DRIFT))
        .put("details", details)
        .put("crc32", crc32(view));
  }

  private static JsonArray names(View view, Kind kind) {
    var names = new JsonArray();
    view.standings().stream()
        .filter(standing -> standing.kind() == kind)
        .forEach(standing -> names.add(standing.desired().name()));
    return names;
  }

  private static JsonObject detail(Standing standing) {
    var detail = new JsonObject()
        .put("state", standing.kind().name().toLowerCase(java.util.Locale.ROOT))
        .put("at", Shapes.time(standing.desired().atMillis()))
        .put("command", standing.desired().command());
    if (!standing.reason().isEmpty()) {
      detail.put("reason", standing.reason());
    }
    if (standing.sinceMillis() > 0) {
      detail.put("since", Shapes.time(standing.sinceMillis()));
    }
    return detail;
  }

  private static JsonObject crc32(View view) {
    OptionalInt desired = view.desiredCrc32();
    OptionalInt reported = view.reportedCrc32();
    boolean known = desired.isPresent() && reported.isPresent();
    return new JsonObject()
        .put("desired", hex(desired))
        .put("reported", hex(reported))
        .put("equal", known ? desired.equals(reported) : null);
  }

  private static String hex(OptionalInt crc32) {
    return crc32.isPresent() ? String.format("%08X", crc32.getAsInt()) : null;
  }
}
