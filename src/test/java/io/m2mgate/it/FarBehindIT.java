package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.HttpLine;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.MqttFollower;
import io.m2mgate.peer.PullUnderTest;
import io.m2mgate.peer.SocketUnderTest;
import io.m2mgate.peer.SseUnderTest;
import io.m2mgate.peer.TapUnderTest;
import io.m2mgate.store.CommitUnit;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoreBench;
import io.m2mgate.store.StoreOptions;
import io.m2mgate.store.sql.SqlStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Consumers that are far behind a long log hold nothing of it in memory, whether they read or stand still, and get all of it. */
@Tag("alone")
class FarBehindIT {
  private static final String APP = "EC01";
  private static final int HEAP_MEGABYTES = 96;
  private static final double MOST = 0.8;
  private static final int STALLED = 10;
  private static final int GROUP = 1_000;
  private static final int WINDOW = 400;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String DATA = "{\"payload\":\"" + "QUJD".repeat(40)
      + "\",\"to\":{\"app\":\"EC01\"},\"bearer\":\"tcp\",\"seq\":1,\"profile\":\"wmmp-3\",\"dialect\":\"wmmp-3\","
      + "\"suspectedDuplicate\":false}";

  // Verifies that a hundred thousand events reach one reader of every tap beside ten that read
  // nothing, within a small heap.
  @Test
  void readsALongLog() throws Exception {
    readsAll(100_000);
  }

  // Verifies the same of a million.
  @Test
  @Tag("long")
  void readsAVeryLongLog() throws Exception {
    readsAll(1_000_000);
  }

  private static void readsAll(int events) throws Exception {
    Path home = Files.createTempDirectory("m2mgate-behind");
    GatewayProcess first = GatewayProcess.startIn(home);
    Api app = first.api().createApplication(APP);
    Identity who = first.api().createTerminal(Identity.fresh(), APP);
    app.call("PUT", "/v1/consumers/c", Api.JSON.createObjectNode().put("from", 0));
    app.call("PUT", "/v1/consumers/d", Api.JSON.createObjectNode().put("from", 0));
    new MqttFollower(first.endpoint("mqtt"), APP, app.key(), "m", events).leaveSubscribed(APP);
    assertThat(first.terminate()).isZero();
    append(first.dataDir(), who.serial(), events);
    List<HttpLine> stalled = new ArrayList<>();
    ExecutorService threads = Executors.newCachedThreadPool();
    try (GatewayProcess gateway = first.restartWithin(HEAP_MEGABYTES);
        var subscriber =
            new MqttFollower(gateway.endpoint("mqtt"), APP, app.key(), "m", events).connect()) {
      for (int i = 0; i < STALLED; i++) {
        stalled.add(new HttpLine(app, "/v1/events/stream?after=0"));
      }
      List<Future<Long>> readers = new ArrayList<>();
      for (TapUnderTest tap : List.of(
          new PullUnderTest(app, "c", GROUP),
          new SseUnderTest(app, Optional.empty()),
          new SocketUnderTest(app, "?consumer=d").withWindow(WINDOW))) {
        readers.add(threads.submit(reading(tap, events)));
      }
      readers.add(subscriber.whole());
      for (Future<Long> reader : readers) {
        assertThat(reader.get(10, TimeUnit.MINUTES)).isEqualTo(events);
      }
      gateway.collectGarbage();
      double heap = gateway.api().metric("jvm_memory_used_bytes", "area=\"heap\"") / 1024 / 1024;
      System.out.printf(
          "%,d events to 4 taps beside %d that stand still: heap %.0f of %d MB, resident %d MB%n",
          events, STALLED, heap, HEAP_MEGABYTES, gateway.residentMegabytes());
      assertThat(heap).isLessThan(HEAP_MEGABYTES * MOST);
      assertThat(gateway.alive()).isTrue();
    } finally {
      threads.shutdownNow();
      for (HttpLine line : stalled) {
        line.close();
      }
    }
  }

  /** Gives the number of events that came, each one behind the other. */
  private static Callable<Long> reading(TapUnderTest tap, int events) {
    return () -> {
      try (tap) {
        tap.connect();
        long last = 0;
        while (last < events) {
          JsonNode event = tap.next(PATIENCE).orElseThrow();
          assertThat(event.path("offset").asLong()).isEqualTo(last + 1);
          last++;
          if (last % GROUP == 0) {
            tap.confirm(event);
          }
        }
        return last;
      }
    };
  }

  private static void append(Path data, String serial, int events) throws Exception {
    Path file;
    try (Stream<Path> files = Files.list(data)) {
      file = files.filter(path -> path.toString().endsWith(".db")).findFirst().orElseThrow();
    }
    Vertx vertx = Vertx.vertx();
    Store store = StoreBench.await(
        SqlStore.open(vertx, StoreOptions.of("sqlite:" + file, new SimpleMeterRegistry())));
    try {
      for (int from = 0; from < events; from += GROUP) {
        assertThat(StoreBench.outcomes(StoreBench.append(
                store,
                IntStream.range(0, GROUP)
                    .mapToObj(i -> StoreBench.unit(StoreBench.event(APP, serial, DATA)))
                    .toArray(CommitUnit[]::new))))
            .containsOnly(CommitUnit.Outcome.COMMITTED);
      }
    } finally {
      StoreBench.await(store.close());
      StoreBench.await(vertx.close());
    }
  }
}
