package io.m2mgate.bridge.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.api.Event;
import io.m2mgate.store.StoredWebhook.Batch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What may leave, when, and what is confirmed. */
class WindowTest {
  private static final Optional<Batch> ALONE = Optional.empty();
  private static final OptionalLong AT_WILL = OptionalLong.empty();

  private final Pace pace = new Pace(new Backoff(1_000, 900_000, new Random(7)), 8, 0);

  private static Window window(int events, int inFlight, Optional<Batch> batch) {
    return new Window(new Window.Limits(events, 1 << 20, inFlight, batch));
  }

  private static Event event(long offset, String serial) {
    return new Event("id" + offset, "m2m.data.up", serial, 0, "app", offset, offset, "{}");
  }

  private static List<Long> offsets(Shipment shipment) {
    return shipment.events().stream().map(Event::offset).toList();
  }

  // Verifies that a terminal whose event fails holds back its own events and nobody else's, and
  // that
  // only what all before it allows is confirmed.
  @Test
  void holdsBackOneTerminalOnly() {
    Window window = window(10, 8, ALONE);
    window.add(event(1, "A"), 0);
    window.add(event(2, "B"), 0);
    window.add(event(3, "A"), 0);
    window.add(event(4, "B"), 0);
    Shipment first = window.next(0, pace).orElseThrow();
    Shipment second = window.next(0, pace).orElseThrow();
    assertThat(offsets(first)).containsExactly(1L);
    assertThat(offsets(second)).containsExactly(2L);
    assertThat(window.next(0, pace)).isEmpty();

    window.failed(first);
    pace.failed(first, 0, AT_WILL);
    window.done(second);
    Shipment third = window.next(0, pace).orElseThrow();
    assertThat(offsets(third)).containsExactly(4L);
    window.done(third);
    assertThat(window.confirmed(4)).isZero();
    assertThat(window.next(0, pace)).isEmpty();
    assertThat(window.wake(pace)).isEqualTo(first.notBeforeMillis);

    Shipment again = window.next(first.notBeforeMillis, pace).orElseThrow();
    assertThat(again).isSameAs(first);
    window.done(again);
    assertThat(window.confirmed(4)).isEqualTo(2);
    window.done(window.next(5_000, pace).orElseThrow());
    assertThat(window.confirmed(4)).isEqualTo(4);
    assertThat(window.isEmpty()).isTrue();
  }

  // Verifies that a batch leaves when it has its events or its time has come, the same at each try.
  @Test
  void gathersBatches() {
    Window window = window(10, 2, Optional.of(new Batch(3, 1 << 20, 50)));
    window.add(event(1, "A"), 0);
    window.add(event(2, "A"), 10);
    assertThat(window.next(49, pace)).isEmpty();
    assertThat(window.wake(pace)).isEqualTo(50);
    Shipment two = window.next(50, pace).orElseThrow();
    assertThat(offsets(two)).containsExactly(1L, 2L);
    window.add(event(3, "A"), 60);
    window.add(event(4, "B"), 60);
    window.add(event(5, "C"), 60);
    window.add(event(6, "B"), 60);
    Shipment three = window.next(60, pace).orElseThrow();
    assertThat(offsets(three)).containsExactly(4L, 5L, 6L);
    window.failed(two);
    pace.failed(two, 60, AT_WILL);
    window.done(three);
    Shipment again = window.next(two.notBeforeMillis, pace).orElseThrow();
    assertThat(offsets(again)).containsExactly(1L, 2L);
    assertThat(again.id()).isEqualTo(two.id()).startsWith("id1-");
    assertThat(again.body("n")).startsWith("[{").endsWith("}]");
    assertThat(new Shipment(List.of(event(1, "A")), true).id()).isNotEqualTo(two.id());
  }

  // Verifies that a gap goes alone, after what came before it and before what comes behind it.
  @Test
  void letsGapsGoAlone() {
    Window window = window(10, 8, ALONE);
    window.add(event(1, "A"), 0);
    window.addGap(event(9, "app"), 1, 0);
    window.add(event(10, "B"), 0);
    Shipment first = window.next(0, pace).orElseThrow();
    assertThat(window.next(0, pace)).isEmpty();
    window.done(first);
    assertThat(window.confirmed(10)).isEqualTo(1);
    Shipment gap = window.next(0, pace).orElseThrow();
    assertThat(offsets(gap)).containsExactly(9L);
    assertThat(window.next(0, pace)).isEmpty();
    window.done(gap);
    assertThat(window.confirmed(10)).isEqualTo(9);
    assertThat(offsets(window.next(0, pace).orElseThrow())).containsExactly(10L);
  }

  // Verifies that a receiver where everything fails is tried with one request at a time, by turns,
  // and that all goes on once one succeeds.
  @Test
  void probesAReceiverThatIsDown() {
    Window window = window(100, 8, ALONE);
    for (int i = 1; i <= 20; i++) {
      window.add(event(i, "T" + i), 0);
    }
    for (int i = 0; i < 8; i++) {
      Shipment shipment = window.next(0, pace).orElseThrow();
      window.failed(shipment);
      pace.failed(shipment, 0, AT_WILL);
    }
    assertThat(pace.isDown()).isTrue();
    long now = 0;
    var tried = new HashSet<Long>();
    for (int i = 0; i < 20; i++) {
      assertThat(window.next(now, pace)).isEmpty();
      now = window.wake(pace);
      Shipment probe = window.next(now, pace).orElseThrow();
      assertThat(window.next(now, pace)).as("a second one beside it").isEmpty();
      tried.addAll(offsets(probe));
      window.failed(probe);
      pace.failed(probe, now, AT_WILL);
    }
    assertThat(tried).hasSize(20);
    now = window.wake(pace);
    window.done(window.next(now, pace).orElseThrow());
    assertThat(pace.succeeded()).isTrue();
    window.release(now);
    for (int i = 0; i < 8; i++) {
      assertThat(window.next(now, pace)).isPresent();
    }
    assertThat(window.next(now, pace)).isEmpty();
  }

  // Verifies that Retry-After holds all requests, and not longer than the longest back-off.
  @Test
  void heedsRetryAfter() {
    Window window = window(10, 8, ALONE);
    window.add(event(1, "A"), 0);
    window.add(event(2, "B"), 0);
    Shipment first = window.next(0, pace).orElseThrow();
    window.failed(first);
    pace.failed(first, 0, OptionalLong.of(30_000));
    assertThat(window.next(29_999, pace)).isEmpty();
    assertThat(window.wake(pace)).isEqualTo(30_000);
    Shipment second = window.next(30_000, pace).orElseThrow();
    window.failed(second);
    pace.failed(second, 30_000, OptionalLong.of(Long.MAX_VALUE / 2));
    assertThat(window.wake(pace)).isEqualTo(930_000);
  }

  // Verifies the bounds of waits after failures: each up to twice the one before, none above the
  // greatest.
  @Test
  void backsOff() {
    var backoff = new Backoff(1_000, 900_000, new Random(1));
    for (int failures = 1; failures <= 40; failures++) {
      long bound = failures > 10 ? 900_000 : Math.min(900_000, 1_000L << failures - 1);
      for (int i = 0; i < 200; i++) {
        assertThat(backoff.after(failures)).isBetween(1L, bound);
      }
    }
    assertThat(new Backoff(1_000, 900_000, new Random(1)).after(5))
        .isEqualTo(new Backoff(1_000, 900_000, new Random(1)).after(5));
  }

  // Verifies over many random histories that terminals keep their order with never two requests at
  // once, that nothing is lost, and that only what is delivered is confirmed.
  @Test
  void keepsItsPromisesInAllHistories() {
    for (int seed = 0; seed < 500; seed++) {
      history(new Random(seed), seed);
    }
  }

  private static void history(Random random, int seed) {
    Optional<Batch> batch = random.nextBoolean()
        ? Optional.of(new Batch(1 + random.nextInt(5), 2_000, random.nextInt(50)))
        : ALONE;
    int bound = 1 + random.nextInt(30);
    Window window = window(bound, 1 + random.nextInt(8), batch);
    Pace pace = new Pace(new Backoff(10, 200, random), 8, 0);
    Map<String, Long> last = new HashMap<>();
    List<Shipment> open = new ArrayList<>();
    var delivered = new HashSet<Long>();
    long offset = 0;
    long now = 0;
    long checked = 0;
    int total = 60;
    for (int step = 0; delivered.size() < total; step++) {
      if (step > 20_000) {
        throw new AssertionError("no end of seed " + seed);
      }
      if (offset < total && !window.isFull() && random.nextBoolean()) {
        offset++;
        window.add(event(offset, "T" + random.nextInt(6)), now);
      }
      window.next(now, pace).ifPresent(open::add);
      var terminals = new HashSet<String>();
      for (Shipment shipment : open) {
        for (String serial :
            shipment.events().stream().map(Event::serial).distinct().toList()) {
          if (!terminals.add(serial)) {
            throw new AssertionError("two requests of " + serial + " with seed " + seed);
          }
        }
      }
      if (!open.isEmpty() && random.nextInt(3) == 0) {
        Shipment ended = open.remove(random.nextInt(open.size()));
        if (random.nextInt(4) == 0) {
          window.failed(ended);
          pace.failed(ended, now, AT_WILL);
        } else {
          for (Event event : ended.events()) {
            assertThat(last.getOrDefault(event.serial(), 0L)).isLessThan(event.offset());
            last.put(event.serial(), event.offset());
            delivered.add(event.offset());
          }
          window.done(ended);
          if (pace.succeeded()) {
            window.release(now);
          }
        }
      }
      long confirmed = window.confirmed(offset);
      while (checked < confirmed) {
        checked++;
        assertThat(delivered.contains(checked)).isTrue();
      }
      now += random.nextInt(20);
    }
    assertThat(window.confirmed(offset)).isEqualTo(offset);
  }
}
