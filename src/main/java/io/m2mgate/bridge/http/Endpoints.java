package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Caller;
import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.bridge.Scope;
import io.m2mgate.bridge.http.ApiDocument.Operation;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the table of endpoints, which is the document's: a handler is registered by operationId, and method, path, scopes, parameters and
 * media types are the operation's. Owns what is the same for all: who asks, what the body may be, HEAD, OPTIONS, 405, figures. Built and
 * used on one event loop.
 */
final class Endpoints {

  private static final Logger LOG = LoggerFactory.getLogger(Endpoints.class);
  private static final Set<HttpMethod> WITH_BODY =
      Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH);

  private final BridgeParts parts;
  private final Context context;
  private final int maxBodyBytes;
  private final ApiDocument document;
  private final Map<String, Consumer<Exchange>> handlers = new LinkedHashMap<>();

  /** What an endpoint does; what it throws or fails with becomes the answer. */
  @FunctionalInterface
  interface Action {
    Future<Answer> handle(Exchange exchange);
  }

  private record Endpoint(Operation operation, Consumer<Exchange> work) {}

  Endpoints(BridgeParts parts, Context context, int maxBodyBytes) {
    this(parts, context, maxBodyBytes, ApiDocument.packaged());
  }

  Endpoints(BridgeParts parts, Context context, int maxBodyBytes, ApiDocument document) {
    this.parts = parts;
    this.context = context;
    this.maxBodyBytes = maxBodyBytes;
    this.document = document;
  }

  /** An operation that answers once, when its body, if it may have one, was read. */
  void on(String operationId, Action action) {
    stream(
        operationId,
        exchange -> conclude(exchange, body(exchange).compose(read -> action.handle(exchange))));
  }

  /** One that answers once and reads its body itself: what is wrong with it is not told by a problem. */
  void onUnread(String operationId, Action action) {
    stream(operationId, exchange -> conclude(exchange, action.handle(exchange)));
  }

  /** One that reads its body and writes its answer itself, in its own time. */
  void stream(String operationId, Consumer<Exchange> work) {
    if (handlers.put(operationId, work) != null) {
      throw new IllegalStateException("two handlers for the operation " + operationId);
    }
  }

  /** Fails where an operation of the document has no handler, or a handler no operation. */
  void mount(Router router) {
    check();
    table()
        .forEach((path, methods) ->
            router.route(route(path)).handler(rc -> dispatch(rc, path, methods)));
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

  private void check() {
    var operations = document.operations().stream().map(Operation::id).toList();
    var unhandled = new TreeSet<>(operations);
    unhandled.removeAll(handlers.keySet());
    var undescribed = new TreeSet<>(handlers.keySet());
    undescribed.removeAll(operations);
    if (!unhandled.isEmpty() || !undescribed.isEmpty() || operations.size() != handlers.size()) {
      throw new IllegalStateException("openapi.yaml: operations without a handler " + unhandled
          + ", handlers without an operation " + undescribed);
    }
  }

  /** What is named goes before what a parameter stands for. */
  private Map<String, Map<HttpMethod, Endpoint>> table() {
    var table = new TreeMap<String, Map<HttpMethod, Endpoint>>(
        Comparator.comparing((String path) -> path.replace('{', '\uffff')));
    document
        .operations()
        .forEach(operation -> table
            .computeIfAbsent(operation.path(), path -> new LinkedHashMap<>())
            .put(operation.method(), new Endpoint(operation, handlers.get(operation.id()))));
    return table;
  }

  private static String route(String path) {
    return path.replace('{', ':').replace("}", "");
  }

  private Future<?> body(Exchange exchange) {
    var operation = exchange.operation();
    if (!WITH_BODY.contains(operation.method())) {
      return Future.succeededFuture();
    }
    if (!operation.consumesBytes()) {
      return RequestBody.read(exchange.routing(), maxBodyBytes);
    }
    if (!Negotiation.sends(exchange.routing(), operation.consumes())) {
      return Problem.failed(
          ProblemType.UNSUPPORTED_MEDIA_TYPE,
          "send the body with Content-Type: " + String.join(" or ", operation.consumes()));
    }
    return RequestBody.readBytes(exchange.routing(), maxBodyBytes);
  }

  private void dispatch(RoutingContext rc, String path, Map<HttpMethod, Endpoint> methods) {
    measure(rc, path);
    var method = rc.request().method();
    var endpoint = methods.get(method == HttpMethod.HEAD ? HttpMethod.GET : method);
    if (method == HttpMethod.OPTIONS) {
      rc.response().setStatusCode(204).putHeader("Allow", allow(methods)).end();
    } else if (endpoint == null) {
      var problem = Problem.of(ProblemType.METHOD_NOT_ALLOWED, method + " is not possible here");
      ProblemAnswers.answer(rc, problem.with("Allow", allow(methods)));
    } else if (!Negotiation.accepts(rc, endpoint.operation().produces())) {
      var produces = String.join(", ", endpoint.operation().produces());
      var problem = Problem.of(ProblemType.NOT_ACCEPTABLE, "only " + produces + " can be given");
      ProblemAnswers.answer(rc, problem);
    } else {
      admit(rc, endpoint);
    }
  }

  private void admit(RoutingContext rc, Endpoint endpoint) {
    var scopes = endpoint.operation().scopes();
    if (scopes.isEmpty()) {
      run(new Exchange(rc, Caller.ADMIN, endpoint.operation()), endpoint);
      return;
    }
    rc.request().pause();
    Later.on(context, authenticate(rc))
        .onComplete(
            caller -> {
              rc.request().resume();
              if (scopes.stream().anyMatch(caller::may)) {
                run(new Exchange(rc, caller, endpoint.operation()), endpoint);
              } else {
                var names = scopes.stream().map(Scope::text).sorted().toList();
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
    return new HttpAccess(parts.admission()).admit(rc.request());
  }

  private static void run(Exchange exchange, Endpoint endpoint) {
    try {
      exchange.checkQuery();
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

  private void measure(RoutingContext rc, String route) {
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
