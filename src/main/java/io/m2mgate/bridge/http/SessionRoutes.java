package io.m2mgate.bridge.http;

import com.github.f4b6a3.ulid.Ulid;
import io.m2mgate.bridge.Audits;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Caller;
import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.bridge.Problems;
import io.m2mgate.bridge.Scope;
import io.m2mgate.bridge.Sessions.Opened;
import io.m2mgate.bridge.Sessions.Shown;
import io.m2mgate.bridge.Sessions.Wish;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * {@code /sessions}: login, logout and link check of an application (clauses 6.1.2, 6.1.3, 6.1.9). Stateless but for its parts; on the
 * bridge's event loop.
 */
final class SessionRoutes {

  private static final String BASE = "/v1/sessions";
  private static final Pattern ANY = Pattern.compile(".{1,200}", Pattern.DOTALL);
  private static final String UNKNOWN = "no open session of this id";

  private final BridgeParts parts;
  private final HttpAccess access;
  private final Audits audits;

  SessionRoutes(BridgeParts parts) {
    this.parts = parts;
    this.access = new HttpAccess(parts.admission());
    this.audits = new Audits(parts.store().audit());
  }

  void add(Endpoints endpoints) {
    endpoints.on("openSession", this::create);
    endpoints.on("listSessions", this::list);
    endpoints.on("readSession", this::read);
    endpoints.on("endSession", this::end);
    endpoints.on("heartbeat", this::heartbeat);
  }

  private Future<Answer> create(Exchange exchange) {
    var request = exchange.routing().request();
    var body = exchange.body("clientId", "clientSecret", "consumer", "scopes", "heartbeatSeconds");
    var client = client(request, body);
    var wish = wish(body);
    body.check();
    return client
        .map(known -> access.admit(request, known))
        .orElseGet(() -> access.admit(request))
        .compose(caller -> open(caller, wish));
  }

  private Future<Answer> open(Caller caller, Wish wish) {
    if (caller.isAdministrator()) {
      throw InvalidRequest.at(
          "Authorization",
          "the administrator key belongs to no application",
          "a key of an application");
    }
    if (!caller.hasKey()) {
      return Problem.failed(ProblemType.UNAUTHENTICATED, "a session is opened with a key");
    }
    return parts.admission().sessions().open(caller, wish).compose(opened -> {
      var session = opened.session();
      return audits
          .append(
              caller,
              "session.create",
              session.app(),
              new JsonObject().put("id", session.id()).put("keyId", caller.keyId()))
          .map(Answer.created(BASE + "/" + session.id(), shape(opened)));
    });
  }

  /** By Basic or in the body, not both; empty for a key by Bearer. */
  private static Optional<HttpAccess.Client> client(HttpServerRequest request, Fields body) {
    var id = body.text("clientId", ANY, Forms.APP_CODE_VALID);
    var secret = body.text("clientSecret", ANY, "a key of the application");
    if (id.isEmpty() && secret.isEmpty()) {
      return HttpAccess.basic(request);
    }
    if (id.isEmpty() || secret.isEmpty()) {
      body.fault(id.isEmpty() ? "clientId" : "clientSecret", "missing", "both or none");
    } else if (HttpAccess.hasCredentials(request)) {
      body.fault("clientSecret", "credentials in the header, too", "one of the two");
    }
    return Optional.of(new HttpAccess.Client(id.orElse(""), secret.orElse("")));
  }

  private Wish wish(Fields body) {
    int most = parts.admission().settings().maxHeartbeatSeconds();
    return new Wish(
        body.text("consumer", Forms.NAME, Forms.NAME_VALID),
        body.texts("scopes", Scope.texts()).map(Scope::known),
        body.number("heartbeatSeconds", 1, most).map(Long::intValue));
  }

  private Future<Answer> list(Exchange exchange) {
    var app = EventRequest.app(parts, exchange);
    int limit = exchange.limit();
    var after = exchange.query("cursor").orElse("");
    if (!after.isEmpty() && !Ulid.isValid(after)) {
      throw Problems.badCursor();
    }
    List<Shown> more = parts.admission().sessions().of(app).stream()
        .filter(session -> session.id().compareTo(after) > 0)
        .limit(limit + 1L)
        .toList();
    var page = more.stream().limit(limit).toList();
    return Future.succeededFuture(Answer.page(
        page.stream().map(SessionRoutes::shape).toList(),
        more.size() > limit ? Optional.of(page.get(limit - 1).id()) : Optional.empty()));
  }

  private Future<Answer> read(Exchange exchange) {
    return parts
        .admission()
        .sessions()
        .find(app(exchange), exchange.path("id"))
        .map(session -> Future.succeededFuture(Answer.ok(shape(session))))
        .orElseGet(SessionRoutes::unknown);
  }

  private Future<Answer> heartbeat(Exchange exchange) {
    exchange.body().check();
    return parts
        .admission()
        .sessions()
        .heartbeat(app(exchange), exchange.path("id"))
        .map(session -> Future.succeededFuture(
            Answer.ok(shape(session).put("time", Shapes.time(System.currentTimeMillis())))))
        .orElseGet(SessionRoutes::unknown);
  }

  private Future<Answer> end(Exchange exchange) {
    var app = app(exchange);
    var id = exchange.path("id");
    return parts
        .admission()
        .sessions()
        .end(app, id)
        .compose(ended -> ended
            ? audits
                .append(exchange.caller(), "session.delete", app, new JsonObject().put("id", id))
                .map(Answer.NO_CONTENT)
            : unknown());
  }

  private String app(Exchange exchange) {
    return EventRequest.app(parts, exchange);
  }

  private static Future<Answer> unknown() {
    return Problem.failed(ProblemType.SESSION_UNKNOWN, UNKNOWN);
  }

  private static JsonObject shape(Opened opened) {
    return shape(opened.session()).put("token", opened.token()).put("offset", opened.offset());
  }

  private static JsonObject shape(Shown session) {
    return new JsonObject()
        .put("id", session.id())
        .put("app", session.app())
        .put("scopes", new JsonArray(List.copyOf(new TreeSet<>(session.scopes()))))
        .put("consumer", session.consumer().orElse(null))
        .put("heartbeatSeconds", session.heartbeatSeconds())
        .put("created", Shapes.time(session.createdMillis()))
        .put("lastSeen", Shapes.time(session.seenMillis()))
        .put("expires", Shapes.time(session.expiresMillis()));
  }
}
