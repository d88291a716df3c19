package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Audits;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.bridge.Scope;
import io.m2mgate.store.ApplicationStore;
import io.m2mgate.store.ApplicationStore.ApiKeyHash;
import io.m2mgate.store.ApplicationStore.Application;
import io.m2mgate.store.ApplicationStore.ApplicationPatch;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** {@code /admin/applications} and their keys. Stateless but for its parts; on the bridge's event loop. */
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
    endpoints.on("createKey", this::createKey);
    endpoints.on("listKeys", this::listKeys);
    endpoints.on("deleteKey", this::deleteKey);
  }

  private Future<Answer> create(Exchange exchange) {
    var body = exchange.body("appCode", "name", "scopes", RelayBody.MEMBER);
    var appCode = body.required("appCode", Forms.APP_CODE, Forms.APP_CODE_VALID);
    var name = body.text("name", Forms.TITLE, Forms.TITLE_VALID).orElse(appCode);
    var scopes = body.texts("scopes", Scope.texts()).orElse(Scope.defaults());
    var relay = RelayBody.read(body);
    body.check();
    long now = System.currentTimeMillis();
    return parts.access().create(now).compose(key -> {
      var application = new Application(appCode, name, scopes, true, relay, now);
      return store.create(application, key.stored()).compose(created -> {
        parts.applications().put(created);
        var detail = new JsonObject()
            .put("name", name)
            .put("scopes", new JsonArray(scopes.stream().sorted().toList()))
            .put(RelayBody.MEMBER, Shapes.relay(relay));
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
    return existing(exchange).map(application -> Answer.ok(Shapes.application(application)));
  }

  private Future<Answer> patch(Exchange exchange) {
    var appCode = exchange.path("appCode");
    var body = exchange.body("name", "scopes", "enabled", RelayBody.MEMBER);
    var name = body.isNull("name")
        ? Optional.of(appCode)
        : body.text("name", Forms.TITLE, Forms.TITLE_VALID);
    var scopes =
        body.isNull("scopes") ? Optional.of(Scope.defaults()) : body.texts("scopes", Scope.texts());
    var enabled = body.isNull("enabled") ? Optional.of(true) : body.flag("enabled");
    var relay = RelayBody.patch(body);
    body.check();
    return store
        .update(appCode, new ApplicationPatch(name, scopes, enabled, relay))
        .compose(updated -> {
          parts.applications().put(updated);
          // Narrowed scopes end open taps too: they were opened under the old ones.
          if (!updated.enabled() || scopes.isPresent()) {
            parts.access().revoke(appCode, Optional.empty());
          }
          return audits
              .append(
                  exchange.caller(),
                  "application.update",
                  appCode,
                  Fields.raw(RequestBody.of(exchange.routing())))
              .map(Answer.ok(Shapes.application(updated)));
        });
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

  private Future<Answer> createKey(Exchange exchange) {
    exchange.body().check();
    var appCode = exchange.path("appCode");
    return parts
        .access()
        .create(System.currentTimeMillis())
        .compose(key -> store
            .addKey(appCode, key.stored())
            .compose(added -> audits.append(
                exchange.caller(),
                "key.create",
                appCode,
                new JsonObject().put("keyId", key.stored().keyId())))
            .map(done -> Answer.created(
                BASE + "/" + appCode + "/keys/" + key.stored().keyId(),
                shape(key.stored()).put("apiKey", key.presented()))));
  }

  private Future<Answer> listKeys(Exchange exchange) {
    return existing(exchange)
        .compose(application -> store.keys(application.appCode()))
        .map(keys ->
            Answer.page(keys.stream().map(ApplicationRoutes::shape).toList(), Optional.empty()));
  }

  private Future<Answer> deleteKey(Exchange exchange) {
    var appCode = exchange.path("appCode");
    var keyId = exchange.path("keyId");
    return store.removeKey(appCode, keyId).compose(removed -> {
      if (!removed) {
        return Problem.failed(ProblemType.KEY_UNKNOWN, "no key of this id");
      }
      parts.access().revoke(appCode, Optional.of(keyId));
      return audits
          .append(exchange.caller(), "key.delete", appCode, new JsonObject().put("keyId", keyId))
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

  private static JsonObject shape(ApiKeyHash key) {
    return new JsonObject()
        .put("keyId", key.keyId())
        .put("created", Shapes.time(key.createdMillis()));
  }
}
