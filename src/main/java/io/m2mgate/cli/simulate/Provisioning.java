package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.AdminClient.Answer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.function.IntFunction;

/** Makes a fleet known to the gateway, a few at a time, or takes it away again. Owned by the event loop of its client. */
final class Provisioning {
  private static final int AT_ONCE = 2 * AdminClient.CONNECTIONS;
  private static final int CREATED = 201;
  private static final int OK = 200;
  private static final int ACCEPTED = 202;
  private static final int EXISTS = 409;

  /** So many are sent in one request, where they are not to be corrected one by one. */
  private static final int MANY = 500;

  private static final String MODEL = "wmmp-3";

  private final AdminClient client;
  private final FleetOptions options;
  private final Roster roster;

  Provisioning(AdminClient client, FleetOptions options, Roster roster) {
    this.client = client;
    this.options = options;
    this.roster = roster;
  }

  /**
   * The application and its terminals. A terminal that exists is used as it is, unless the run needs its record otherwise and does not
   * know its secrets.
   */
  Future<Void> create() {
    return client
        .post("/v1/admin/applications", new JsonObject().put("appCode", options.app()))
        .compose(answer -> expect(answer, Set.of(CREATED, EXISTS)))
        .compose(done -> createProfile())
        .compose(
            done -> options.security().strangers() ? Future.succeededFuture() : createTerminals());
  }

  private Future<Void> createTerminals() {
    return options.terminals() < MANY || options.bare() || options.security().touchesRecords()
        ? all(this::createTerminal)
        : client.records(
            "/v1/admin/terminals/import?mode=create",
            new RecordImport(this::record, options.terminals()));
  }

  /** The default one but for cipher and digest. */
  private Future<Void> createProfile() {
    SecurityOptions security = options.security();
    if (security.profile().isEmpty()) {
      return Future.succeededFuture();
    }
    return client
        .get("/v1/admin/profiles/" + MODEL, 0)
        .compose(model -> expect(model, Set.of(OK)).map(model))
        .compose(model -> client.put(
            "/v1/admin/profiles/" + security.profile(),
            new JsonObject(model.body())
                .put("cipher", security.cipher().text())
                .put("mac", security.mac().text())))
        .compose(answer -> expect(answer, Set.of(OK, CREATED)));
  }

  Future<Void> delete() {
    return all(index -> client
        .delete("/v1/admin/terminals/" + serial(index))
        .compose(answer -> expect(answer, Set.of(OK, ACCEPTED, 204, 404))));
  }

  /** Has the gateway give all of them other secrets. */
  Future<Void> rotate() {
    return all(index -> client
        .post("/v1/terminals/" + serial(index) + "/rotations", new JsonObject())
        .compose(answer -> expect(answer, Set.of(ACCEPTED))));
  }

  private Future<Void> createTerminal(int index) {
    JsonObject record = record(index);
    return client.post("/v1/admin/terminals", record).compose(answer -> {
      boolean corrects =
          answer.status() == EXISTS && options.security().touchesRecords() && !roster.isKept(index);
      if (corrects || answer.status() == EXISTS && options.bare()) {
        JsonObject right =
            corrects ? record : new JsonObject().put("msisdn", record.getString("msisdn"));
        return client
            .patch("/v1/admin/terminals/" + record.getString("serial"), right)
            .compose(patched -> expect(patched, Set.of(OK)));
      }
      return expect(answer, Set.of(CREATED, EXISTS));
    });
  }

  private JsonObject record(int index) {
    SimulatedIdentity who = roster.identity(index);
    Keys keys = roster.keys(index);
    JsonObject record = new JsonObject()
        .put("serial", who.serial())
        .put("imei", who.imei())
        .put("imsi", text(keys.imsi()))
        .put("app", options.app())
        .put("uplinkPassword", text(keys.uplink()))
        .put("downlinkPassword", text(keys.downlink()));
    if (!options.security().profile().isEmpty()) {
      record.put("profile", options.security().profile());
    }
    if (options.bare()) {
      record.put("msisdn", who.number());
    }
    return options.security().touchesRecords()
        ? record.put("baseKey", text(HexFormat.of().formatHex(keys.baseKey())))
        : record;
  }

  /** Null where there is none: that is how the gateway is told. */
  private static String text(byte[] ascii) {
    return text(new String(ascii, StandardCharsets.US_ASCII));
  }

  private static String text(String value) {
    return value.isEmpty() ? null : value;
  }

  /** The one that it registered under; who never did has that of its identity. */
  private String serial(int index) {
    byte[] serial = roster.keys(index).serial();
    return Arrays.equals(serial, SimulatedIdentity.PLACEHOLDER)
        ? roster.identity(index).serial()
        : new String(serial, StandardCharsets.US_ASCII);
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
