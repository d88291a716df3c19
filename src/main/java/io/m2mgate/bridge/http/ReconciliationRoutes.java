package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Audits;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.bridge.Reconciliations;
import io.m2mgate.bridge.Reconciliations.Wish;
import io.m2mgate.store.Reconciliation;
import io.m2mgate.store.Reconciliation.Ask;
import io.m2mgate.store.Reconciliation.Item;
import io.m2mgate.store.Reconciliation.Stage;
import io.m2mgate.store.ReconciliationStore;
import io.m2mgate.store.TerminalState;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * {@code /admin/reconciliations}: many terminals get what is desired of their parameters. Stateless but for its parts; on the
 * bridge's event loop.
 */
final class ReconciliationRoutes {

  private static final String BASE = "/v1/admin/reconciliations";
  private static final String STAGES =
      Arrays.stream(Stage.values()).map(Stage::text).collect(Collectors.joining(", "));

  private final BridgeParts parts;
  private final ReconciliationStore store;
  private final Audits audits;

  ReconciliationRoutes(BridgeParts parts) {
    this.parts = parts;
    this.store = parts.store().reconciliations();
    this.audits = new Audits(parts.store().audit());
  }

  void add(Endpoints endpoints) {
    endpoints.on("startReconciliation", this::start);
    endpoints.on("listReconciliations", this::list);
    endpoints.on("readReconciliation", this::read);
    endpoints.on("cancelReconciliation", this::cancel);
  }

  private Future<Answer> start(Exchange exchange) {
    var wish = wish(exchange);
    if (!parts.applications().exists(wish.app())) {
      return Problem.failed(ProblemType.APPLICATION_UNKNOWN, "no application of this code");
    }
    return parts.reconciliations().start(wish).compose(started -> {
      if (started.isEmpty()) {
        return Future.failedFuture(
            Problem.of(ProblemType.QUOTA_EXCEEDED, "too many reconciliations are at work")
                .with("Retry-After", "60"));
      }
      var one = started.get();
      var detail = asked(one.ask());
      return audits
          .append(exchange.caller(), "reconciliation.start", one.id(), detail)
          .map(Answer.json(202, shape(one)).with("Location", BASE + "/" + one.id()));
    });
  }

  private Wish wish(Exchange exchange) {
    var limits = parts.reconciliations().limits();
    var body = exchange.body("filter", "ratePerSecond", "cap", "dryRun", "overrideAttempts");
    if (!body.has("filter")) {
      body.fault("filter", "missing", "{\"app\":\"EC01\"}");
    }
    var filter = body.object("filter", "app", "profile", "state", "q", "serials");
    var app = filter
        .map(it -> it.required("app", Forms.APP_CODE, Forms.APP_CODE_VALID))
        .orElse("");
    var wish = new Wish(
        exchange.caller().actor(),
        app,
        new TerminalFilter(
            Optional.of(app),
            filter.flatMap(ReconciliationRoutes::state),
            Optional.empty(),
            filter.flatMap(this::profile),
            filter
                .flatMap(it -> it.text("q", Forms.TITLE, Forms.TITLE_VALID))
                .filter(text -> !text.isEmpty())),
        filter.map(it -> serials(it, limits)).orElse(List.of()),
        number(body, "ratePerSecond", limits.ratePerSecond(), limits.maxRatePerSecond()),
        number(body, "cap", limits.cap(), limits.maxCap()),
        body.flag("dryRun").orElse(false),
        body.flag("overrideAttempts").orElse(false));
    body.check();
    return wish;
  }

  private static Optional<TerminalState> state(Fields filter) {
    var valid =
        Arrays.stream(TerminalState.values()).map(TerminalState::text).collect(Collectors.toSet());
    var text = filter.text("state", Forms.NAME, String.join(", ", new TreeSet<>(valid)));
    var state = text.flatMap(TerminalState::parse);
    if (text.isPresent() && state.isEmpty()) {
      filter.fault("state", "no such state", String.join(", ", new TreeSet<>(valid)));
    }
    return state;
  }

  /** A misspelt one must not pass for a filter that nothing fits. */
  private Optional<String> profile(Fields filter) {
    var name = filter.text("profile", Forms.NAME, Forms.NAME_VALID);
    var names = new TreeSet<>(parts.profiles().names());
    if (name.isPresent() && !names.contains(name.get())) {
      filter.fault("profile", "no such profile", String.join(", ", names));
    }
    return name;
  }

  private static List<String> serials(Fields filter, Reconciliations.Limits limits) {
    var valid = "1.." + limits.maxSerials() + " serials, " + Forms.SERIAL_VALID;
    var serials = filter.listed("serials", valid);
    if (serials.isEmpty()) {
      return List.of();
    }
    boolean wrong =
        serials.get().stream().anyMatch(serial -> !Forms.SERIAL.matcher(serial).matches());
    if (serials.get().isEmpty() || wrong || serials.get().size() > limits.maxSerials()) {
      filter.fault("serials", wrong ? "not all of the form" : "none or too many", valid);
    }
    return List.copyOf(new TreeSet<>(serials.get()));
  }

  private static int number(Fields body, String name, int absent, int most) {
    long number = body.number(name, 1).orElse((long) absent);
    if (number > most) {
      body.fault(name, "too large", "1.." + most);
    }
    return (int) Math.min(number, most);
  }

  private Future<Answer> list(Exchange exchange) {
    return store
        .list(exchange.query("cursor"), exchange.limit())
        .map(page -> Answer.page(
            page.items().stream().map(ReconciliationRoutes::shape).toList(), page.next()));
  }

  private Future<Answer> read(Exchange exchange) {
    var stage = exchange
        .query("state")
        .map(text -> Stage.parse(text)
            .orElseThrow(() -> InvalidRequest.at("?state", "no such state", STAGES)));
    return one(exchange)
        .compose(one -> store
            .items(one.id(), stage, exchange.query("cursor"), exchange.limit())
            .map(page -> Answer.ok(shape(one)
                .put(
                    "terminals",
                    new JsonArray(
                        page.items().stream().map(ReconciliationRoutes::shape).toList()))
                .put("next", page.next().orElse(null)))));
  }

  private Future<Answer> cancel(Exchange exchange) {
    exchange.body().check();
    return one(exchange)
        .compose(one -> parts.reconciliations().cancel(one.id()).compose(done -> {
          if (!done) {
            return Problem.failed(ProblemType.RECONCILIATION_ENDED, "it has ended before");
          }
          return audits
              .append(exchange.caller(), "reconciliation.cancel", one.id(), new JsonObject())
              .compose(audited -> one(exchange))
              .map(now -> Answer.ok(shape(now)));
        }));
  }

  private Future<Reconciliation> one(Exchange exchange) {
    return store
        .read(exchange.path("id"))
        .map(found -> found.orElseThrow(
            () -> Problem.of(ProblemType.RECONCILIATION_UNKNOWN, "no reconciliation of this id")));
  }

  private static JsonObject asked(Ask ask) {
    var filter = new JsonObject().put("app", ask.app());
    ask.filter().profile().ifPresent(profile -> filter.put("profile", profile));
    ask.filter().state().ifPresent(state -> filter.put("state", state.text()));
    ask.filter().query().ifPresent(query -> filter.put("q", query));
    if (!ask.serials().isEmpty()) {
      filter.put("serials", new JsonArray(ask.serials()));
    }
    return new JsonObject()
        .put("filter", filter)
        .put("ratePerSecond", ask.ratePerSecond())
        .put("cap", ask.cap())
        .put("dryRun", ask.dryRun())
        .put("overrideAttempts", ask.overrideAttempts());
  }

  private static JsonObject shape(Reconciliation one) {
    var progress = one.progress();
    var counts = new JsonObject();
    for (Stage stage : Stage.values()) {
      counts.put(stage.text(), progress.count(stage));
    }
    return new JsonObject()
        .put("id", one.id())
        .put("by", one.ask().by())
        .mergeIn(asked(one.ask()))
        .put("state", progress.state().text())
        .put("reason", progress.reason().isEmpty() ? null : progress.reason())
        .put("examined", progress.examined())
        .put("capped", progress.capped())
        .put("counts", counts)
        .put(
            "times",
            new JsonObject()
                .put("created", Shapes.time(one.ask().createdMillis()))
                .put("updated", Shapes.time(progress.updatedMillis()))
                .put("ends", Shapes.time(one.ask().endsMillis()))
                .put("finished", one.isOpen() ? null : Shapes.time(progress.finishedMillis())));
  }

  private static JsonObject shape(Item item) {
    return new JsonObject()
        .put("serial", item.serial())
        .put("state", item.stage().text())
        .put("reason", item.reason().isEmpty() ? null : item.reason())
        .put("parameters", new JsonArray(item.parameters()))
        .put("command", item.command().isEmpty() ? null : item.command())
        .put("updated", Shapes.time(item.updatedMillis()));
  }
}
