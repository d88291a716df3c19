package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.AdminClient.Answer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.function.IntFunction;

/** Makes a fleet known to the gateway, a few at a time, or takes it away again. Owned by the event loop of its client. */
final class Provisioning {
  private static final int AT_ONCE = 2 * AdminClient.CONNECTIONS;
  private static final int CREATED = 201;
  private static final int EXISTS = 409;

  private final AdminClient client;
  private final FleetOptions options;

  Provisioning(AdminClient client, FleetOptions options) {
    this.client = client;
    this.options = options;
  }

  /** The application and its terminals; what exists already is used as it is. */
  Future<Void> create() {
    return client
        .post("/v1/admin/applications", new JsonObject().put("appCode", options.app()))
        .compose(answer -> expect(answer, Set.of(CREATED, EXISTS)))
        .compose(done -> all(this::createTerminal));
  }

  Future<Void> delete() {
    return all(index -> client
        .delete("/v1/admin/terminals/" + identity(index).serial())
        .compose(answer -> expect(answer, Set.of(200, 202, 204, 404))));
  }

  private Future<Void> createTerminal(int index) {
    SimulatedIdentity who = identity(index);
    JsonObject terminal = new JsonObject()
        .put("serial", who.serial())
        .put("imei", who.imei())
        .put("imsi", who.imsi())
        .put("app", options.app())
        .put("uplinkPassword", who.uplinkPassword())
        .put("downlinkPassword", who.downlinkPassword());
    return client
        .post("/v1/admin/terminals", terminal)
        .compose(answer -> expect(answer, Set.of(CREATED, EXISTS)));
  }

  private SimulatedIdentity identity(int index) {
    return SimulatedIdentity.of(options.seed(), options.app(), index);
  }

  private static Future<Void> expect(Answer answer, Set<Integer> statuses) {
    return statuses.contains(answer.status())
        ? Future.succeededFuture()
        : Future.failedFuture("the gateway answered " + answer.text());
  }

  private Future<Void> all(IntFunction<Future<Void>> step) {
    var round = new Round(step, options.terminals());
    for (int i = 0; i < AT_ONCE; i++) {
      round.next();
    }
    return round.done.future();
  }

  /** One step for each terminal, a bounded number at once. */
  private static final class Round {
    private final IntFunction<Future<Void>> step;
    private final int count;
    private final Promise<Void> done = Promise.promise();
    private int begun;
    private int ended;

    Round(IntFunction<Future<Void>> step, int count) {
      this.step = step;
      this.count = count;
    }

    void next() {
      if (begun < count && !done.future().isComplete()) {
        step.apply(begun++).onComplete(ok -> one(), done::tryFail);
      }
    }

    private void one() {
      if (++ended == count) {
        done.tryComplete();
      } else {
        next();
      }
    }
  }
}
