package io.m2mgate.bridge.http;

import io.m2mgate.bridge.AccessRefused;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** {@code /health/…} and {@code /metrics}: for those who run the gateway. On the bridge's event loop. */
final class HealthRoutes {

  private static final long PROBE_MILLIS = 2_000;

  private final Vertx vertx;
  private final BridgeParts parts;
  private final HttpOptions options;

  HealthRoutes(Vertx vertx, BridgeParts parts, HttpOptions options) {
    this.vertx = vertx;
    this.parts = parts;
    this.options = options;
  }

  void add(Endpoints endpoints) {
    endpoints.on(
        "readLiveness",
        exchange -> Future.succeededFuture(Answer.ok(new JsonObject().put("status", "up"))));
    endpoints.on("readReadiness", exchange -> ready());
    endpoints.on("readMetrics", exchange -> metrics(endpoints, exchange));
  }

  private Future<Answer> ready() {
    var asked = new ArrayList<ReadinessPart>(options.parts());
    asked.add(0, ReadinessPart.vital("store", parts.store()::probe));
    List<Future<Boolean>> verdicts = asked.stream().map(this::up).toList();
    return Future.all(verdicts).map(all -> {
      var states = new JsonObject();
      boolean up = true;
      for (int i = 0; i < asked.size(); i++) {
        states.put(asked.get(i).name(), verdicts.get(i).result() ? "up" : "down");
        up &= verdicts.get(i).result() || !asked.get(i).vital();
      }
      return Answer.json(
          up ? 200 : 503, new JsonObject().put("status", up ? "up" : "down").put("parts", states));
    });
  }

  /** A part that does not answer in time is down; asking must not hang. */
  private Future<Boolean> up(ReadinessPart part) {
    Promise<Void> answer = Promise.promise();
    long timer = vertx.setTimer(PROBE_MILLIS, late -> answer.tryFail(new TimeoutException()));
    part.probe().get().onComplete(done -> {
      vertx.cancelTimer(timer);
      if (done.succeeded()) {
        answer.tryComplete();
      } else {
        answer.tryFail(done.cause());
      }
    });
    return answer.future().map(true).otherwise(false);
  }

  private Future<Answer> metrics(Endpoints endpoints, Exchange exchange) {
    if (options.loopback()) {
      return scrape();
    }
    return endpoints
        .authenticate(exchange.routing())
        .compose(caller -> caller.isAdministrator()
            ? scrape()
            : Future.failedFuture(AccessRefused.UNAUTHENTICATED));
  }

  private Future<Answer> scrape() {
    if (parts.meters() instanceof PrometheusMeterRegistry prometheus) {
      return Future.succeededFuture(new Answer(
          200, "text/plain; version=0.0.4; charset=utf-8", prometheus.scrape(), Map.of()));
    }
    return Problem.failed(ProblemType.NOT_FOUND, "no figures are kept");
  }
}
