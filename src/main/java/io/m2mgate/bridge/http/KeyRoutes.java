package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Audits;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.store.ApplicationStore;
import io.m2mgate.store.ApplicationStore.ApiKeyHash;
import io.m2mgate.store.ApplicationStore.Application;
import io.m2mgate.store.ApplicationStore.KeyTerms;
import io.m2mgate.store.StoreFault;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** {@code /admin/applications/{appCode}/keys}. Stateless but for its parts; on the bridge's event loop. */
final class KeyRoutes {

  private static final String BASE = "/v1/admin/applications/:appCode/keys";
  private static final Pattern ANY = Pattern.compile(".{1,40}");
  private static final Duration MOST = Duration.ofDays(3650);
  private static final Duration OVERLAP = Duration.ofHours(24);

  private final BridgeParts parts;
  private final ApplicationStore store;
  private final Audits audits;

  KeyRoutes(BridgeParts parts) {
    this.parts = parts;
    this.store = parts.store().applications();
    this.audits = new Audits(parts.store().audit());
  }

  void add(Endpoints endpoints) {
    endpoints.on("createKey", this::create);
    endpoints.on("listKeys", this::list);
    endpoints.on("deleteKey", this::delete);
    endpoints.on("rotateKey", this::rotate);
  }

  private Future<Answer> create(Exchange exchange) {
    return existing(exchange).compose(application -> {
      var appCode = application.appCode();
      var body = exchange.body("name", "expiresIn", "scopes");
      var name = body.text("name", Forms.TITLE, Forms.TITLE_VALID).orElse("");
      var life = duration(body, "expiresIn", Duration.ofSeconds(1));
      var scopes = body.texts("scopes", application.scopes().stream().sorted().toList());
      body.check();
      long now = System.currentTimeMillis();
      var terms = new KeyTerms(name, life.map(it -> now + it.toMillis()).orElse(0L), scopes, 0);
      return parts
          .access()
          .create(now, terms)
          .compose(key -> store
              .addKey(appCode, key.stored(), parts.admission().settings().keys())
              .compose(added -> added
                  ? given(exchange, "key.create", new JsonObject(), key.presented(), key.stored())
                  : Future.failedFuture(full())));
    });
  }

  /** The answer to a key that came into being; the one time that it is shown. */
  private Future<Answer> given(
      Exchange exchange, String action, JsonObject detail, String presented, ApiKeyHash key) {
    var appCode = exchange.path("appCode");
    if (key.terms().expiresMillis() > 0) {
      parts.admission().keyEnds(appCode, key.keyId(), key.terms().expiresMillis());
    }
    return audits
        .append(exchange.caller(), action, appCode, detail.mergeIn(shape(key)))
        .map(Answer.created(
            "/v1/admin/applications/" + appCode + "/keys/" + key.keyId(),
            shape(key).put("apiKey", presented)));
  }

  private Problem full() {
    return Problem.of(
        ProblemType.QUOTA_EXCEEDED,
        "the application has " + parts.admission().settings().keys()
            + " keys (applications.keys): delete one");
  }

  /** A key that ends by then already was rotated, or needs no overlap. */
  private Future<Answer> rotate(Exchange exchange) {
    var appCode = exchange.path("appCode");
    var keyId = exchange.path("keyId");
    var body = exchange.body("overlap");
    var overlap = duration(body, "overlap", Duration.ZERO).orElse(OVERLAP);
    body.check();
    long now = System.currentTimeMillis();
    long ends = now + overlap.toMillis();
    return parts
        .access()
        .create(now, KeyTerms.PLAIN)
        .compose(key -> store
            .rotateKey(
                appCode, keyId, key.stored(), ends, parts.admission().settings().keys())
            .recover(KeyRoutes::ending)
            .compose(kept -> {
              if (kept.isEmpty()) {
                return Future.failedFuture(full());
              }
              parts.admission().keyEnds(appCode, keyId, ends);
              var detail =
                  new JsonObject().put("rotated", keyId).put("rotatedExpires", Shapes.time(ends));
              return given(exchange, "key.rotate", detail, key.presented(), kept.get());
            }));
  }

  private static <T> Future<T> ending(Throwable cause) {
    return cause instanceof StoreFault fault && fault.kind() == StoreFault.Kind.STALE
        ? Problem.failed(
            ProblemType.KEY_ENDING, "it was rotated or expires by then: make a new one")
        : Future.failedFuture(cause);
  }

  private Future<Answer> list(Exchange exchange) {
    return existing(exchange)
        .compose(application -> store.keys(application.appCode()))
        .map(keys -> Answer.page(keys.stream().map(KeyRoutes::shape).toList(), Optional.empty()));
  }

  private Future<Answer> delete(Exchange exchange) {
    var appCode = exchange.path("appCode");
    var keyId = exchange.path("keyId");
    return store.removeKey(appCode, keyId).compose(removed -> {
      if (!removed) {
        return Problem.failed(ProblemType.KEY_UNKNOWN, "no key of this id");
      }
      parts.admission().keyRemoved(appCode, keyId);
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

  private static Optional<Duration> duration(Fields body, String name, Duration least) {
    var valid = "a duration from " + least + " to " + MOST + ", such as PT24H or P90D";
    return body.text(name, ANY, valid).flatMap(text -> {
      try {
        var duration = Duration.parse(text);
        if (duration.compareTo(least) >= 0 && duration.compareTo(MOST) <= 0) {
          return Optional.of(duration);
        }
      } catch (DateTimeException e) {
        body.fault(name, "not a duration", valid);
        return Optional.empty();
      }
      body.fault(name, "out of range", valid);
      return Optional.empty();
    });
  }

  private static JsonObject shape(ApiKeyHash key) {
    var terms = key.terms();
    return new JsonObject()
        .put("keyId", key.keyId())
        .put("name", terms.name())
        .put("scopes", terms.scopes().map(KeyRoutes::sorted).orElse(null))
        .put("created", Shapes.time(key.createdMillis()))
        .put("expires", timeOrNull(terms.expiresMillis()))
        .put("lastUsed", timeOrNull(terms.usedMillis()));
  }

  private static JsonArray sorted(Set<String> scopes) {
    return new JsonArray(List.copyOf(new TreeSet<>(scopes)));
  }

  private static String timeOrNull(long millis) {
    return millis == 0 ? null : Shapes.time(millis);
  }
}
