package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Caller;
import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.bridge.Scope;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the table of endpoints (template, method, scope, handler) and what is the same for all of them: who asks, what
 * the body may be, HEAD, OPTIONS, 405, figures. Built and used on one event loop.
 */
final class Endpoints {

  private static final Logger LOG = LoggerFactory.getLogger(Endpoints.class);

  private final BridgeParts parts;
  private final HttpAccess access;
  private final Context context;
  private final int maxBodyBytes;
  private final Map<String, Map<HttpMethod, Endpoint>> table = new LinkedHashMap<>();

  /** What an endpoint does; what it throws or fails with becomes the answer. */
  @FunctionalInterface
  interface Action {
    Future<Answer> handle(Exchange exchange);
  }

  /** @param scopes one of which is needed; empty where no key is */
  private record Endpoint(
      String template, Set<Scope> scopes, String produces, Consumer<Exchange> work) {}

  Endpoints(BridgeParts parts, Context context, int maxBodyBytes) {
    this.parts = parts;
    this.access = new HttpAccess(parts.admission());
    this.context = context;
    this.maxBodyBytes = maxBodyBytes;
  }

  /** An endpoint that answers JSON once. */
  void add(HttpMethod method, String template, Scope scope, Action action) {
    add(method, template, Set.of(scope), action);
  }

  /** One whose scope depends on what is asked: one of these is needed, the action checks the rest. */
  void add(HttpMethod method, String template, Set<Scope> scopes, Action action) {
    boolean body =
        method == HttpMethod.POST || method == HttpMethod.PUT || method == HttpMethod.PATCH;
    put(method, new Endpoint(template, scopes, "application/json", exchange -> {
      var work = body
          ? RequestBody.read(exchange.routing(), maxBodyBytes)
              .compose(ignored -> action.handle(exchange))
          : action.handle(exchange);
      conclude(exchange, work);
    }));
  }

  /** One that answers JSON once, to bytes that may be of any media type. */
  void binary(String template, Scope scope, Action action) {
    put(
        HttpMethod.POST,
        new Endpoint(
            template,
            Set.of(scope),
            "application/json",
            exchange -> conclude(
                exchange,
                RequestBody.readBytes(exchange.routing(), maxBodyBytes)
                    .compose(ignored -> action.handle(exchange)))));
  }

  /** One that needs no key. */
  void open(HttpMethod method, String template, String produces, Action action) {
    put(
        method,
        new Endpoint(
            template, Set.of(), produces, exchange -> conclude(exchange, action.handle(exchange))));
  }

  /** One that writes its answer itself, in its own time. */
  void stream(String template, Scope scope, String produces, Consumer<Exchange> work) {
    put(HttpMethod.GET, new Endpoint(template, Set.of(scope), produces, work));
  }

  /** One that reads a body of any length and writes its answer itself. */
  void upload(String template, Scope scope, String produces, Consumer<Exchange> work) {
    put(HttpMethod.POST, new Endpoint(template, Set.of(scope), produces, work));
  }

  void mount(Router router) {
    table.forEach((template, methods) ->
        router.route(template).handler(rc -> dispatch(rc, template, methods)));
    // What the router refuses by itself (a path that cannot be decoded or does not begin with a
    // slash)
    // never reached a route, and would be logged as a fault of ours.
    for (int status = 400; status < 500; status++) {
      router.errorHandler(status, rc -> ProblemAnswers.answer(rc, new HttpException(400)));
    }
    router.errorHandler(500, rc -> ProblemAnswers.answer(rc, rc.failure()));
    router.route().handler(rc -> {
      measure(rc, "unknown");
      ProblemAnswers.answer(
          rc, Problem.of(ProblemType.NOT_FOUND, "no resource at " + rc.normalizedPath()));
    });
  }

  Context context() {
    return context;
  }

  private void put(HttpMethod method, Endpoint endpoint) {
    table.computeIfAbsent(endpoint.template(), path -> new LinkedHashMap<>()).put(method, endpoint);
  }

  private void dispatch(RoutingContext rc, String template, Map<HttpMethod, Endpoint> methods) {
    measure(rc, template);
    var method = rc.request().method();
    var endpoint = methods.get(method == HttpMethod.HEAD ? HttpMethod.GET : method);
    if (method == HttpMethod.OPTIONS) {
      rc.response().setStatusCode(204).putHeader("Allow", allow(methods)).end();
    } else if (endpoint == null) {
      var problem = Problem.of(ProblemType.METHOD_NOT_ALLOWED, method + " is not possible here");
      ProblemAnswers.answer(rc, problem.with("Allow", allow(methods)));
    } else if (!Negotiation.accepts(rc, endpoint.produces())) {
      var problem =
          Problem.of(ProblemType.NOT_ACCEPTABLE, "only " + endpoint.produces() + " can be given");
      ProblemAnswers.answer(rc, problem);
    } else {
      admit(rc, endpoint);
    }
  }

  private void admit(RoutingContext rc, Endpoint endpoint) {
    if (endpoint.scopes().isEmpty()) {
      run(new Exchange(rc, Caller.ADMIN), endpoint);
      return;
    }
    rc.request().pause();
    Later.on(context, authenticate(rc))
        .onComplete(
            caller -> {
              rc.request().resume();
              if (endpoint.scopes().stream().anyMatch(caller::may)) {
                run(new Exchange(rc, caller), endpoint);
              } else {
                var names = endpoint.scopes().stream().map(Scope::text).sorted().toList();
                var detail = "the key needs the scope " + String.join(" or ", names);
                ProblemAnswers.answer(rc, Problem.of(ProblemType.SCOPE_MISSING, detail));
              }
            },
            refused -> {
              rc.request().resume();
              ProblemAnswers.answer(rc, refused);
            });
  }

  Future<Caller> authenticate(RoutingContext rc) {
    return access.admit(rc.request());
  }

  private static void run(Exchange exchange, Endpoint endpoint) {
    try {
      endpoint.work().accept(exchange);
    } catch (RuntimeException e) {
      ProblemAnswers.answer(exchange.routing(), e);
    }
  }

  private void conclude(Exchange exchange, Future<Answer> work) {
    Later.on(context, work)
        .onComplete(
            answer -> answer.send(exchange.routing()),
            failure -> ProblemAnswers.answer(exchange.routing(), failure));
  }

  private void measure(RoutingContext rc, String template) {
    var route = template.replaceAll(":(\\w+)", "{$1}");
    long started = System.nanoTime();
    rc.addEndHandler(done -> {
      int status = rc.response().getStatusCode();
      long nanos = System.nanoTime() - started;
      Timer.builder("m2mgate_http_requests")
          .tag("route", route)
          .tag("method", known(rc.request().method()))
          .tag("status", status / 100 + "xx")
          .register(parts.meters())
          .record(nanos, TimeUnit.NANOSECONDS);
      LOG.debug(
          "{} {} {} {} µs",
          rc.request().method(),
          rc.normalizedPath(),
          status,
          TimeUnit.NANOSECONDS.toMicros(nanos));
    });
  }

  /** A client must not make label values up. */
  private static String known(HttpMethod method) {
    return HttpMethod.values().contains(method) ? method.name() : "other";
  }

  private static String allow(Map<HttpMethod, Endpoint> methods) {
    var names = methods.keySet().stream()
        .map(HttpMethod::name)
        .collect(Collectors.toCollection(TreeSet::new));
    if (names.contains("GET")) {
      names.add("HEAD");
    }
    names.add("OPTIONS");
    return String.join(", ", names);
  }
}
