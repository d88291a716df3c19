package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Audits;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.store.PackageStore;
import io.m2mgate.store.StoreFault;
import io.m2mgate.store.StoredPackage;
import io.m2mgate.upgrade.Packages;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** {@code /packages}: files that terminals are told to fetch (6.1.8). Stateless but for its parts; on the bridge's event loop. */
final class PackageRoutes {

  private static final String BASE = "/v1/packages";

  private final BridgeParts parts;
  private final PackageStore store;
  private final Packages packages;
  private final Audits audits;
  private final Context context;

  PackageRoutes(BridgeParts parts, Context context) {
    this.parts = parts;
    this.store = parts.store().packages();
    this.packages = parts.packages();
    this.audits = new Audits(parts.store().audit());
    this.context = context;
  }

  void add(Endpoints endpoints) {
    endpoints.stream("createPackage", this::create);
    endpoints.on("listPackages", this::list);
    endpoints.on("readPackage", this::read);
    endpoints.on("patchPackage", this::describe);
    endpoints.on("deletePackage", this::delete);
    endpoints.stream("downloadPackage", this::download);
  }

  private void create(Exchange exchange) {
    var form = PackageForm.of(exchange, EventRequest.app(parts, exchange));
    String by = exchange.caller().actor();
    Future<StoredPackage> fresh = form.url().isPresent()
        ? Future.succeededFuture(form.elsewhere(by, System.currentTimeMillis()))
        : new PackageUpload(exchange, context, packages, form.sha256())
            .take()
            .map(content -> form.here(by, System.currentTimeMillis(), content));
    Later.on(context, fresh.compose(store::create).compose(stored -> created(exchange, stored)))
        .onComplete(
            answer -> answer.send(exchange.routing()),
            failure -> ProblemAnswers.answer(exchange.routing(), taken(failure, form)));
  }

  private Future<Answer> created(Exchange exchange, StoredPackage stored) {
    var shape = PackageForm.shape(stored);
    return audits
        .append(exchange.caller(), "package.create", stored.id(), shape.copy())
        .map(Answer.created(BASE + "/" + stored.id(), shape));
  }

  private static Throwable taken(Throwable failure, PackageForm form) {
    boolean conflict =
        failure instanceof StoreFault fault && fault.kind() == StoreFault.Kind.CONFLICT;
    return conflict
        ? Problem.of(
            ProblemType.ALREADY_EXISTS,
            "the application has version " + form.version() + " of " + form.name()
                + "; a version's content does not change")
        : failure;
  }

  private Future<Answer> list(Exchange exchange) {
    var app = exchange.query("app").isPresent()
        ? Optional.of(EventRequest.app(parts, exchange))
        : exchange.caller().app();
    return store
        .list(app, exchange.query("name"), exchange.query("cursor"), exchange.limit())
        .map(page ->
            Answer.page(page.items().stream().map(PackageForm::shape).toList(), page.next()));
  }

  private Future<Answer> read(Exchange exchange) {
    return found(exchange).map(stored -> Answer.ok(PackageForm.shape(stored)));
  }

  private Future<StoredPackage> found(Exchange exchange) {
    return store
        .read(exchange.path("id"), exchange.caller().app())
        .map(found -> found.orElseThrow(PackageRoutes::unknown));
  }

  private Future<Answer> describe(Exchange exchange) {
    var body = exchange.body("model", "notes");
    var model = body.text("model", PackageForm.MODEL, PackageForm.MODEL_VALID);
    var notes = body.text("notes", Forms.NOTE, Forms.NOTE_VALID);
    body.check();
    return store
        .describe(exchange.path("id"), exchange.caller().app(), model, notes)
        .map(found -> found.orElseThrow(PackageRoutes::unknown))
        .compose(stored -> {
          var shape = PackageForm.shape(stored);
          return audits
              .append(exchange.caller(), "package.describe", stored.id(), shape.copy())
              .map(Answer.ok(shape));
        });
  }

  private Future<Answer> delete(Exchange exchange) {
    String id = exchange.path("id");
    return store.delete(id, exchange.caller().app()).compose(removed -> {
      if (!removed) {
        return Future.failedFuture(unknown());
      }
      return audits
          .append(exchange.caller(), "package.delete", id, new JsonObject())
          .map(Answer.NO_CONTENT);
    });
  }

  private void download(Exchange exchange) {
    Later.on(context, found(exchange))
        .compose(stored -> {
          if (stored.isElsewhere()) {
            return Future.failedFuture(
                InvalidRequest.at("/id", "its file lies elsewhere", stored.url()));
          }
          return exchange
              .routing()
              .response()
              .putHeader("Content-Type", "application/octet-stream")
              .putHeader("Content-Disposition", "attachment")
              .putHeader("X-Content-Type-Options", "nosniff")
              .sendFile(packages.file(stored).toString());
        })
        .onFailure(failure -> {
          if (!exchange.routing().response().headWritten()) {
            ProblemAnswers.answer(exchange.routing(), failure);
          }
        });
  }

  private static Problem unknown() {
    return Problem.of(ProblemType.PACKAGE_UNKNOWN, "no package of this id is known to the caller");
  }
}
