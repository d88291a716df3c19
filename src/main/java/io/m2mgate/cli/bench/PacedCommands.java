package io.m2mgate.cli.bench;

import io.m2mgate.cli.simulate.FleetOptions.Target;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Asks for data commands at a fixed rate, terminal by terminal, and takes the time of each from when it was due. {@link #run} may be
 * called by any thread, one run at a time; the rest belongs to an event loop of its own.
 */
final class PacedCommands {
  private static final int CONNECTIONS = 256;
  private static final int WAITING = 5_000;
  private static final int WAIT_SECONDS = 15;
  private static final int OK = 200;
  private static final long PACE_MILLIS = 1;
  private static final Buffer PAYLOAD = Buffer.buffer("a command of the bench");

  private final Vertx vertx;
  private final Context context;
  private final Target target;
  private final HttpClient client;
  private final List<String> serials;
  private final int ratePerSecond;
  private Histogram micros = new Histogram(3);
  private Promise<Result> done = Promise.promise();
  private long beganNanos;
  private long due;
  private long sent;
  private long answered;
  private long failed;

  /**
   * What a run showed.
   *
   * @param rate answers with a result in a second
   * @param failed requests without one
   */
  record Result(double medianMillis, double p99Millis, double rate, long failed) {}

  PacedCommands(Vertx vertx, Target target, List<String> serials, int ratePerSecond) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.target = target;
    this.serials = serials;
    this.ratePerSecond = ratePerSecond;
    this.client = vertx.createHttpClient(
        new HttpClientOptions()
            .setDefaultHost(target.http().getHost())
            .setDefaultPort(target.http().getPort())
            .setSsl("https".equals(target.http().getScheme())),
        new PoolOptions().setHttp1MaxSize(CONNECTIONS).setMaxWaitQueueSize(WAITING));
  }

  Future<Result> run(Duration time) {
    Promise<Result> ended = Promise.promise();
    context.runOnContext(begin -> {
      done = ended;
      micros = new Histogram(3);
      sent = 0;
      answered = 0;
      failed = 0;
      due = time.toSeconds() * ratePerSecond;
      beganNanos = System.nanoTime();
      vertx.setPeriodic(PACE_MILLIS, this::pace);
    });
    return ended.future();
  }

  private void pace(long timer) {
    while (sent < due && System.nanoTime() - dueNanos(sent) >= 0) {
      ask(dueNanos(sent), serials.get((int) (sent++ % serials.size())));
    }
    if (sent == due) {
      vertx.cancelTimer(timer);
    }
  }

  private long dueNanos(long number) {
    return beganNanos + number * TimeUnit.SECONDS.toNanos(1) / ratePerSecond;
  }

  private void ask(long dueNanos, String serial) {
    client
        .request(new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setURI("/v1/terminals/" + serial + "/data")
            .setTimeout(TimeUnit.SECONDS.toMillis(2 * WAIT_SECONDS))
            .putHeader("Authorization", "Bearer " + target.adminKey())
            .putHeader("Content-Type", "application/octet-stream")
            .putHeader("Prefer", "wait=" + WAIT_SECONDS))
        .compose(request -> request.send(PAYLOAD))
        .compose(response -> response
            .body()
            .map(body -> response.statusCode() == OK
                && "succeeded".equals(new JsonObject(body).getString("state"))))
        .otherwise(false)
        .onSuccess(good -> took(dueNanos, good));
  }

  private void took(long dueNanos, boolean good) {
    if (good) {
      answered++;
      micros.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - dueNanos));
    } else {
      failed++;
    }
    if (answered + failed == due) {
      double seconds = (System.nanoTime() - beganNanos) / 1e9;
      done.complete(new Result(
          micros.getValueAtPercentile(50) / 1e3,
          micros.getValueAtPercentile(99) / 1e3,
          answered / seconds,
          failed));
    }
  }
}
