package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.AdminClient.Answer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The application that uploads a package, has terminals told of it, and follows them to the end. Owned by its event loop, but for
 * {@link #run}; what it found may be read by any thread once that is done.
 */
final class Rollout extends VerticleBase {
  private static final long LOOK_MILLIS = 250;
  private static final int ERRORS_IN_A_ROW = 240;
  private static final int MINOR_VERSIONS = 0xFFFF;
  private static final int CREATED = 201;
  private static final int ACCEPTED = 202;
  private static final int OK = 200;
  private static final Set<String> ENDS = Set.of("finished", "cancelled", "paused");

  private final FleetOptions options;
  private final Roster roster;
  private final int run;
  private final Promise<Void> done = Promise.promise();
  private AdminClient client;
  private boolean stopped;
  private int errors;
  private long beganNanos;
  private long endedNanos;
  private volatile String state = "not begun";
  private volatile String problem = "";
  private volatile Map<String, Integer> counts = Map.of();

  Rollout(FleetOptions options, Roster roster, int run) {
    this.options = options;
    this.roster = roster;
    this.run = run;
  }

  @Override
  public Future<?> start() {
    client = new AdminClient(vertx, options.target());
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    done.tryComplete();
    return client.close();
  }

  /** Terminals that are told. */
  int told() {
    return options.rollout().told(options.terminals());
  }

  String state() {
    return state;
  }

  String problem() {
    return problem;
  }

  Map<String, Integer> counts() {
    return counts;
  }

  double seconds() {
    return (endedNanos - beganNanos) / 1e9;
  }

  /**
   * Done when every terminal has come to an end, or should have. Any thread.
   *
   * @param begins called when terminals are about to be told
   */
  Future<Void> run(Runnable begins) {
    context.runOnContext(go -> vertx.setTimer(
        Math.max(1, options.rollout().lead().toMillis()),
        timer -> upload()
            .compose(id -> {
              begins.run();
              beganNanos = System.nanoTime();
              endedNanos = beganNanos;
              return tell(id);
            })
            .onSuccess(this::look)
            .onFailure(this::end)));
    return done.future();
  }

  private Future<String> upload() {
    byte[] content = new byte[options.rollout().bytes()];
    new Random(run).nextBytes(content);
    String version = "2." + (run & MINOR_VERSIONS);
    String name = "sim-" + Integer.toHexString(run);
    return client
        .upload(
            "/v1/packages?app=" + options.app() + "&name=" + name + "&version=" + version,
            Buffer.buffer(content))
        .compose(answer -> id(answer, CREATED));
  }

  private Future<String> tell(String file) {
    var serials = new JsonArray();
    for (int i = 0; i < told(); i++) {
      serials.add(new String(roster.keys(i).serial(), StandardCharsets.US_ASCII));
    }
    var request = new JsonObject()
        .put("package", file)
        .put("terminals", serials)
        .put("concurrency", told())
        .put("retries", 0)
        .put("successThreshold", 0)
        .put("errorThreshold", 100)
        .put("offerFor", options.rollout().within().toString());
    return client.post("/v1/upgrades", request).compose(answer -> id(answer, ACCEPTED));
  }

  private static Future<String> id(Answer answer, int expected) {
    return answer.status() == expected
        ? Future.succeededFuture(new JsonObject(answer.body()).getString("id"))
        : Future.failedFuture(answer.text());
  }

  private void look(String id) {
    if (stopped) {
      return;
    }
    read("/v1/upgrades/" + id + "?limit=1", shown -> {
          state = shown.getString("state");
          counts = counted(shown.getJsonObject("counts"));
          endedNanos = System.nanoTime();
          return ENDS.contains(state);
        })
        .onComplete(
            ended -> {
              errors = 0;
              boolean late =
                  endedNanos - beganNanos >= options.rollout().within().toNanos();
              if (ended || late) {
                explain(id);
              } else {
                vertx.setTimer(LOOK_MILLIS, again -> look(id));
              }
            },
            failure -> {
              if (++errors >= ERRORS_IN_A_ROW) {
                end(failure);
              } else if (!stopped) {
                vertx.setTimer(LOOK_MILLIS, again -> look(id));
              }
            });
  }

  private <T> Future<T> read(String path, Function<JsonObject, T> of) {
    return client
        .get(path, 0)
        .compose(answer -> answer.status() == OK
            ? Future.succeededFuture(of.apply(new JsonObject(answer.body())))
            : Future.failedFuture(answer.text()));
  }

  private static Map<String, Integer> counted(JsonObject counts) {
    Map<String, Integer> all = new TreeMap<>();
    counts.forEach(entry -> all.put(entry.getKey(), (Integer) entry.getValue()));
    return all;
  }

  /** What became of the first one that has not the version. */
  private void explain(String id) {
    boolean all = counts.getOrDefault("succeeded", 0) == told();
    if (all) {
      done.tryComplete();
      return;
    }
    read("/v1/upgrades/" + id + "?limit=1000", shown -> {
          String why = shown.getString("reason", "");
          JsonArray terminals = shown.getJsonArray("terminals");
          for (int i = 0; i < terminals.size() && why.isEmpty(); i++) {
            JsonObject terminal = terminals.getJsonObject(i);
            if (!"succeeded".equals(terminal.getString("state"))) {
              why = terminal.getString("serial") + ": " + terminal.getString("why", "");
            }
          }
          return why;
        })
        .onSuccess(why -> problem = why)
        .onComplete(said -> done.tryComplete());
  }

  private void end(Throwable failure) {
    problem = String.valueOf(failure.getMessage());
    done.tryComplete();
  }
}
