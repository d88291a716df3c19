package io.m2mgate.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class LanesTest {
  private record Landing(String kind, int lane, Thread thread) {}

  private final Collection<Landing> landings = new ConcurrentLinkedQueue<>();

  private final class Probe extends LaneVerticle {
    private final String kind;

    Probe(String kind) {
      this.kind = kind;
    }

    @Override
    protected Future<?> open() {
      lane().assertOnLoop();
      landings.add(new Landing(kind, lane().index(), Thread.currentThread()));
      return Future.succeededFuture();
    }
  }

  // Verifies that every lane has every kind once, all of them on the lane's one thread, however
  // many
  // loops there are.
  @Test
  void placesEachKindOnEachLane() {
    for (int loops = 3; loops <= 5; loops++) {
      landings.clear();
      try (LaneFixture fixture = new LaneFixture(3, loops, batch -> {})) {
        for (String kind : Set.of("a", "b", "c", "d")) {
          LaneFixture.await(fixture.lanes().deploy(kind, () -> new Probe(kind)));
        }
      }

      Map<Integer, Thread> threads = new ConcurrentHashMap<>();
      landings.forEach(landing -> threads.put(landing.lane(), landing.thread()));
      assertThat(landings).hasSize(12).doesNotHaveDuplicates();
      assertThat(threads.values()).doesNotHaveDuplicates().hasSize(3);
      assertThat(landings).allMatch(landing -> threads.get(landing.lane()) == landing.thread());
    }
  }

  // Verifies that the deployment fails, and does not hang, when there are more lanes than loops.
  @Test
  void failsWhenItCannotPlace() {
    try (LaneFixture fixture = new LaneFixture(2, 1, batch -> {})) {
      assertThatThrownBy(() -> LaneFixture.await(fixture.lanes().deploy("a", () -> new Probe("a"))))
          .hasStackTraceContaining("cannot place a on every lane");
    }
  }

  // Verifies that a verticle that does not start fails the deployment with its own reason.
  @Test
  void failsWithTheVerticle() {
    LaneVerticle broken = new LaneVerticle() {
      @Override
      protected Future<?> open() {
        return Future.failedFuture("port taken");
      }
    };
    try (LaneFixture fixture = new LaneFixture(1, 1, batch -> {})) {
      assertThatThrownBy(() -> LaneFixture.await(fixture.lanes().deploy("broken", () -> broken)))
          .hasStackTraceContaining("port taken");
    }
  }

  // Verifies that a lane refuses to be used from another thread.
  @Test
  void assertsItsThread() {
    try (LaneFixture fixture = new LaneFixture(1, 1, batch -> {})) {
      Lane lane = fixture.single().its();

      assertThatThrownBy(lane::assertOnLoop)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("lane 0");
    }
  }

  // Verifies that addresses carry the lane's number.
  @Test
  void namesAddressesByLane() {
    assertThat(Arrays.asList(
            Addresses.inbound(3),
            Addresses.replies(3),
            Addresses.outbound(3, "tcp"),
            Addresses.committed(3),
            Addresses.completed(3)))
        .allMatch(address -> address.startsWith("lane.3."))
        .doesNotHaveDuplicates();
  }
}
