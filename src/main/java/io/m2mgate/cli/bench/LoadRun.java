package io.m2mgate.cli.bench;

import io.m2mgate.cli.simulate.Fleet;
import io.m2mgate.cli.simulate.Fleet.Phase;
import io.m2mgate.cli.simulate.FleetOptions;
import io.m2mgate.cli.simulate.FleetReport;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * One round of load on a subject, measured between two looks while everybody sends: what comes before and after is not counted,
 * but for losses. The caller's thread.
 */
final class LoadRun {
  private static final long LOOK_MILLIS = 20;
  private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final FleetOptions options;
  private final Subject subject;

  /**
   * What a round showed.
   *
   * @param cpuMicros processor time of the subject for one exchange; 0 where it cannot be seen
   * @param allocatedBytes of the subject for one exchange; 0 where it cannot be seen
   */
  record Result(
      double acknowledgedPerSecond,
      double deliveredPerSecond,
      double cpuMicros,
      double allocatedBytes,
      FleetReport report) {}

  private record Look(
      long nanos, long acknowledged, long delivered, double cpuSeconds, long allocatedBytes) {}

  private LoadRun(FleetOptions options, Subject subject) {
    this.options = options;
    this.subject = subject;
  }

  static Result run(FleetOptions options, Subject subject, int loops) throws IOException {
    // What is deployed from a loop lands on the others: one more, for the course of the run.
    Vertx vertx = Vertx.vertx(
        new VertxOptions().setEventLoopPoolSize(loops + 1).setPreferNativeTransport(true));
    try {
      Fleet fleet = Fleet.start(vertx, options, loops);
      return new LoadRun(options, subject).measure(fleet);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private Result measure(Fleet fleet) throws IOException {
    CompletableFuture<FleetReport> ended = fleet.report().toCompletionStage().toCompletableFuture();
    while (fleet.progress().phase().compareTo(Phase.SENDING) < 0 && !ended.isDone()) {
      pause(LOOK_MILLIS);
    }
    long began = System.nanoTime();
    pause(TimeUnit.NANOSECONDS.toMillis(LEAD_NANOS));
    Look first = look(fleet);
    long last = began + options.load().duration().toNanos() - LEAD_NANOS / 5;
    while (System.nanoTime() - last < 0 && !ended.isDone()) {
      pause(LOOK_MILLIS);
    }
    Look second = look(fleet);
    FleetReport report = report(ended);
    double seconds = (second.nanos() - first.nanos()) / 1e9;
    double count = Math.max(1, second.acknowledged() - first.acknowledged());
    return new Result(
        count / seconds,
        (second.delivered() - first.delivered()) / seconds,
        (second.cpuSeconds() - first.cpuSeconds()) * 1e6 / count,
        (second.allocatedBytes() - first.allocatedBytes()) / count,
        report);
  }

  private Look look(Fleet fleet) throws IOException {
    long allocated = 0;
    double cpu = 0;
    if (subject.child().isPresent()) {
      allocated = subject.child().get().memory(false).allocatedBytes();
      cpu = subject.child().get().cpuSeconds();
    }
    Fleet.Progress progress = fleet.progress();
    return new Look(
        System.nanoTime(), progress.acknowledged(), progress.delivered(), cpu, allocated);
  }

  static FleetReport report(CompletableFuture<FleetReport> ended) throws IOException {
    try {
      return ended.get();
    } catch (ExecutionException e) {
      throw new IOException("the load failed: " + e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }
}
