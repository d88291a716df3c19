package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Audits;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.bridge.Scope;
import io.m2mgate.store.ApplicationStore;
import io.m2mgate.store.ApplicationStore.Application;
import io.m2mgate.store.ApplicationStore.ApplicationPatch;
import io.m2mgate.store.ApplicationStore.KeyTerms;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** {@code /admin/applications}. Stateless but for its parts; on the bridge's event loop. */
final class ApplicationRoutes {

  private static final String BASE = "/v1/admin/applications";

  private final BridgeParts parts;
  private final ApplicationStore store;
  private final Audits audits;

  ApplicationRoutes(BridgeParts parts) {
    this.parts = parts;
    this.store = parts.store().applications();
    this.audits = new Audits(parts.store().audit());
  }

  void add(Endpoints endpoints) {
    endpoints.on("createApplication", this::create);
    endpoints.on("listApplications", this::list);
    endpoints.on("readApplication", this::read);
    endpoints.on("patchApplication", this::patch);
    endpoints.on("deleteApplication", this::delete);
  }

  private Future<Answer> create(Exchange exchange) {
    var body = exchange.body(
        "appCode", "name", "scopes", RelayBody.MEMBER, LimitsBody.RATE, LimitsBody.ALLOW_FROM);
    var appCode = body.required("appCode", Forms.APP_CODE, Forms.APP_CODE_VALID);
    var name = body.text("name", Forms.TITLE, Forms.TITLE_VALID).orElse(appCode);
    var scopes = body.texts("scopes", Scope.texts()).orElse(Scope.defaults());
    var relay = RelayBody.read(body);
    var limits = LimitsBody.read(body);
    body.check();
    long now = System.currentTimeMillis();
    return parts.access().create(now, KeyTerms.PLAIN).compose(key -> {
      var application = new Application(appCode, name, scopes, true, relay, limits, now);
      return store.create(application, key.stored()).compose(created -> {
        parts.applications().put(created);
        var detail = new JsonObject()
            .put("name", name)
            .put("scopes", new JsonArray(scopes.stream().sorted().toList()))
            .put(RelayBody.MEMBER, Shapes.relay(relay));
        LimitsBody.put(detail, limits);
        var answer = Shapes.application(created)
            .put("keyId", key.stored().keyId())
            .put("apiKey", key.presented());
        return audits
            .append(exchange.caller(), "application.create", appCode, detail)
            .map(Answer.created(BASE + "/" + appCode, answer));
      });
    });
  }

  private Future<Answer> list(Exchange exchange) {
    return store
        .list(exchange.query("cursor"), exchange.limit())
        .map(page ->
            Answer.page(page.items().stream().map(Shapes::application).toList(), page.next()));
  }

  private Future<Answer> read(Exchange exchange) {
    return existing(exchange)
        .compose(application -> PresenceShape.of(parts, application.appCode())
            .map(presence -> Answer.ok(Shapes.application(application).put("presence", presence))));
  }

  private Future<Answer> patch(Exchange exchange) {
    var appCode = exchange.path("appCode");
    var body = exchange.body(
        "name", "scopes", "enabled", RelayBody.MEMBER, LimitsBody.RATE, LimitsBody.ALLOW_FROM);
    var name = body.isNull("name")
        ? Optional.of(appCode)
        : body.text("name", Forms.TITLE, Forms.TITLE_VALID);
    var scopes =
        body.isNull("scopes") ? Optional.of(Scope.defaults()) : body.texts("scopes", Scope.texts());
    var enabled = body.isNull("enabled") ? Optional.of(true) : body.flag("enabled");
    var relay = RelayBody.patch(body);
    var limits = LimitsBody.patch(body);
    body.check();
    var before = parts.applications().find(appCode);
    return store
        .update(appCode, new ApplicationPatch(name, scopes, enabled, relay, limits))
        .compose(updated -> {
          parts.applications().put(updated);
          return ended(before, updated, scopes.isPresent()).map(updated);
        })
        .compose(updated -> audits
            .append(
                exchange.caller(),
                "application.update",
                appCode,
                Fields.raw(RequestBody.of(exchange.routing())))
            .map(Answer.ok(Shapes.application(updated))));
  }

  /** Changed scopes end open taps: they were opened under the old ones. Tokens and sessions end where there is less to have. */
  private Future<Void> ended(Optional<Application> before, Application after, boolean scopes) {
    var appCode = after.appCode();
    if (after.enabled() && !scopes) {
      return Future.succeededFuture();
    }
    boolean less = !after.enabled()
        || before.filter(it -> !after.scopes().containsAll(it.scopes())).isPresent();
    var done = less ? parts.admission().endGrants(appCode) : Future.<Void>succeededFuture();
    parts.access().revoke(appCode, Optional.empty());
    return done;
  }

  private Future<Answer> delete(Exchange exchange) {
    var appCode = exchange.path("appCode");
    return store.delete(appCode).compose(deleted -> {
      if (!deleted) {
        return Problem.failed(ProblemType.APPLICATION_UNKNOWN, "no application of this code");
      }
      parts.applications().remove(appCode);
      parts.access().revoke(appCode, Optional.empty());
      return audits
          .append(exchange.caller(), "application.delete", appCode, new JsonObject())
          .map(Answer.NO_CONTENT);
    });
  }

  private Future<Application> existing(Exchange exchange) {
    return store
        .read(exchange.path("appCode"))
        .compose(found -> found
            .map(Future::succeededFuture)
            .orElseGet(() ->
                Problem.failed(ProblemType.APPLICATION_UNKNOWN, "no application of this code")));
  }
}
