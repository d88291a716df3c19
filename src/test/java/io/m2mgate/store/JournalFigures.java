package io.m2mgate.store;

import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.sql.SqlStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Measures the journal: two producers, each with a bounded number of batches on their way. Arguments: store URL, seconds,
 * batches in flight per producer, units a batch, terminals, rows a group, delay in milliseconds.
 */
public final class JournalFigures {
  private JournalFigures() {}

  public static void main(String[] args) throws Exception {
    String url = args[0].equals("postgres") ? PostgresServer.freshUrl() : args[0];
    int seconds = Integer.parseInt(args[1]);
    int inFlight = Integer.parseInt(args[2]);
    int units = Integer.parseInt(args[3]);
    int terminals = Integer.parseInt(args[4]);
    SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    Vertx vertx = Vertx.vertx();
    StoreOptions options = StoreOptions.of(url, metrics)
        .withCommit(Integer.parseInt(args[5]), Integer.parseInt(args[6]));
    long started = System.nanoTime();
    Store store = StoreBench.await(SqlStore.open(vertx, options));
    System.out.printf("open %d ms%n", (System.nanoTime() - started) / 1_000_000);
    StoreBench.application(store, "app");
    provision(store, terminals);
    run(store, 3, inFlight, units, terminals); // warm
    double commits = commits(metrics);
    long[] result = run(store, seconds, inFlight, units, terminals);
    commits = commits(metrics) - commits;
    System.out.printf(
        "%d units/s, %.0f commits/s, %.0f units a commit%n",
        result[0] / seconds, commits / seconds, result[0] / commits);
    StoreBench.await(store.close());
    StoreBench.await(vertx.close());
    System.exit(0);
  }

  private static double commits(SimpleMeterRegistry metrics) {
    return metrics.get("m2mgate.store.commit").timer().count();
  }

  private static void provision(Store store, int terminals) {
    long started = System.nanoTime();
    List<io.vertx.core.Future<?>> open = new ArrayList<>();
    for (int i = 0; i < terminals; i++) {
      open.add(store.terminals().create(StoreBench.terminal(i, "app"), SealedSecrets.NONE));
      if (open.size() == 200) {
        open.forEach(StoreBench::await);
        open.clear();
      }
    }
    open.forEach(StoreBench::await);
    System.out.printf(
        "provisioned %d/s%n", terminals * 1_000_000_000L / (System.nanoTime() - started));
  }

  private static long[] run(Store store, int seconds, int inFlight, int units, int terminals)
      throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    long[] counts = new long[2];
    CountDownLatch done = new CountDownLatch(2);
    for (int p = 0; p < 2; p++) {
      int producer = p;
      new Thread(() -> {
            counts[producer] = produce(store, until, inFlight, units, terminals, producer);
            done.countDown();
          })
          .start();
    }
    done.await();
    return new long[] {counts[0] + counts[1]};
  }

  private static long produce(
      Store store, long until, int inFlight, int units, int terminals, int producer) {
    Semaphore credits = new Semaphore(inFlight);
    String data = "{\"payload\":\"" + "x".repeat(150) + "\"}";
    long count = 0;
    int terminal = producer;
    while (System.nanoTime() < until) {
      credits.acquireUninterruptibly();
      List<CommitUnit> batch = new ArrayList<>(units);
      for (int i = 0; i < units; i++) {
        terminal = (int) ((terminal * 31L + 17) % terminals);
        UplinkMark mark = new UplinkMark(1, i, count, 0, 1_000);
        batch.add(StoreBench.unit(new Change.AppendEvent(
            "app", StoreBench.serial(terminal), "m2m.data.up", 1_000, data, mark)));
      }
      count += units;
      store.journal().append(new CommitBatch(batch, all -> {
        if (all.units().get(0).outcome() != CommitUnit.Outcome.COMMITTED) {
          System.out.println(all.units().get(0).outcome());
        }
        credits.release();
      }));
    }
    credits.acquireUninterruptibly(inFlight);
    return count;
  }
}
