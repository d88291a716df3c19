package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Audits;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.bridge.Problems;
import io.m2mgate.store.StoreFault;
import io.m2mgate.store.TerminalState;
import io.m2mgate.store.TerminalStore;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code /admin/terminals}. Stateless but for its parts; on the bridge's event loop. */
final class TerminalAdminRoutes {

  private static final String BASE = "/v1/admin/terminals";
  private static final Pattern STRONG_TAG = Pattern.compile("\"([0-9]{1,18})\"");

  /** How often commands that are asked during a deletion are ended before it is given up. */
  private static final int DELETIONS = 5;

  private final BridgeParts parts;
  private final TerminalStore store;
  private final Audits audits;

  TerminalAdminRoutes(BridgeParts parts) {
    this.parts = parts;
    this.store = parts.store().terminals();
    this.audits = new Audits(parts.store().audit());
  }

  void add(Endpoints endpoints) {
    endpoints.on("createTerminal", this::create);
    endpoints.on("listTerminalRecords", this::list);
    endpoints.on("readTerminalRecord", this::read);
    endpoints.on("patchTerminal", this::patch);
    endpoints.on("deleteTerminal", this::delete);
    endpoints.on("unlockTerminal", this::unlock);
  }

  private Future<Answer> create(Exchange exchange) {
    var body = new TerminalBody(exchange.body(TerminalBody.ALL_MEMBERS), parts);
    var asked = body.create(System.currentTimeMillis());
    var serial = asked.terminal().serial();
    return store
        .create(asked.terminal(), asked.secrets(), asked.expiries())
        .recover(TerminalAdminRoutes::applicationGone)
        .compose(created -> changed(exchange, "terminal.create", serial, body)
            .map(Answer.created(BASE + "/" + serial, Shapes.record(created))
                .with("ETag", Shapes.etag(created))));
  }

  private Future<Answer> list(Exchange exchange) {
    return TerminalList.read(
        store,
        exchange,
        exchange.query("app"),
        row -> Shapes.record(row.terminal()).put("state", TerminalState.of(row).text()));
  }

  private Future<Answer> read(Exchange exchange) {
    return store.read(exchange.path("serial"), Optional.empty()).map(found -> {
      var row = found.orElseThrow(Problems::unknownTerminal);
      var json =
          Shapes.record(row.terminal()).put("state", TerminalState.of(row).text());
      return Answer.ok(json).with("ETag", Shapes.etag(row.terminal()));
    });
  }

  private Future<Answer> patch(Exchange exchange) {
    var serial = exchange.path("serial");
    var body = new TerminalBody(exchange.body(TerminalBody.ALL_MEMBERS), parts);
    var patch = body.patch(serial, System.currentTimeMillis());
    return store
        .update(serial, patch, revision(exchange))
        .recover(TerminalAdminRoutes::applicationGone)
        .compose(updated -> changed(exchange, "terminal.update", serial, body)
            .compose(told -> patch.app().isEmpty()
                ? Future.succeededFuture()
                : parts.commands().endOfOthers(serial, updated.app()))
            .map(Answer.ok(Shapes.record(updated)).with("ETag", Shapes.etag(updated))));
  }

  private Future<Answer> delete(Exchange exchange) {
    var serial = exchange.path("serial");
    return delete(serial, DELETIONS)
        .compose(deleted -> deleted
            ? parts
                .changes()
                .changed(serial)
                .compose(told ->
                    audits.append(exchange.caller(), "terminal.delete", serial, new JsonObject()))
                .map(Answer.NO_CONTENT)
            : Future.failedFuture(Problems.unknownTerminal()));
  }

  /** Its commands end first, so that their applications hear of it; one that was asked meanwhile, too. */
  private Future<Boolean> delete(String serial, int times) {
    return parts
        .commands()
        .endAll(serial)
        .compose(ended -> store.delete(serial))
        .recover(failure -> times > 1
                && failure instanceof StoreFault fault
                && fault.kind() == StoreFault.Kind.IN_USE
            ? delete(serial, times - 1)
            : Future.failedFuture(failure));
  }

  private Future<Answer> unlock(Exchange exchange) {
    var serial = exchange.path("serial");
    return store.read(serial, Optional.empty()).compose(found -> {
      if (found.isEmpty()) {
        return Future.failedFuture(Problems.unknownTerminal());
      }
      parts.changes().unlock(serial);
      return audits
          .append(exchange.caller(), "terminal.unlock", serial, new JsonObject())
          .map(Answer.NO_CONTENT);
    });
  }

  private Future<Void> changed(Exchange exchange, String action, String serial, TerminalBody body) {
    var detail = body.audited(Fields.raw(RequestBody.of(exchange.routing())));
    return parts
        .changes()
        .changed(serial)
        .compose(told -> audits.append(exchange.caller(), action, serial, detail));
  }

  /** The revision that If-Match asks for; {@code *} and no header ask for none (RFC 9110, 13.1.1). */
  private static Optional<Long> revision(Exchange exchange) {
    var header = exchange.header("If-Match").filter(tag -> !tag.strip().equals("*"));
    if (header.isEmpty()) {
      return Optional.empty();
    }
    var matcher = STRONG_TAG.matcher(header.get().strip());
    if (!matcher.matches()) {
      throw Problem.of(
          ProblemType.PRECONDITION_FAILED, "If-Match is not an ETag that this resource had");
    }
    return Optional.of(Long.parseLong(matcher.group(1)));
  }

  /** Its application went between the check and the write: still the body's fault, not the path's. */
  private static <T> Future<T> applicationGone(Throwable failure) {
    boolean gone = failure instanceof StoreFault fault
        && fault.kind() == StoreFault.Kind.NOT_FOUND
        && fault.subject().equals("application");
    return Future.failedFuture(
        gone
            ? InvalidRequest.at("/app", "no application of this code", "an existing appCode")
            : failure);
  }
}
