package io.m2mgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final long T0 = 1_700_000_000_000L;

  // Verifies that no more connections are had than allowed, and that one that leaves makes room.
  @Test
  void boundsConnections() {
    Admission admission = new Admission(2, 100, 1000);
    assertThat(admission.enter(T0)).isTrue();
    assertThat(admission.enter(T0)).isTrue();
    assertThat(admission.enter(T0)).isFalse();
    assertThat(admission.connections()).isEqualTo(2);

    admission.leave();
    assertThat(admission.enter(T0)).isTrue();
  }

  // Verifies that no more come in a second than allowed, and that the next second starts anew.
  @Test
  void boundsRate() {
    Admission admission = new Admission(100, 3, 1000);
    for (int i = 0; i < 3; i++) {
      assertThat(admission.enter(T0 + i)).isTrue();
    }
    assertThat(admission.enter(T0 + 999)).isFalse();
    assertThat(admission.connections()).isEqualTo(3);
    assertThat(admission.enter(T0 + 1000)).isTrue();
  }

  // Verifies that memory for unproven peers is bounded, and given back.
  @Test
  void boundsUnverifiedBytes() {
    Admission admission = new Admission(100, 100, 1000);
    assertThat(admission.hold(600)).isTrue();
    assertThat(admission.hold(400)).isTrue();
    assertThat(admission.hold(1)).isFalse();
    assertThat(admission.hold(0)).isTrue();

    assertThat(admission.hold(-401)).isTrue();
    assertThat(admission.hold(400)).isTrue();
    assertThat(admission.hold(1)).isFalse();
  }

  // Verifies that many threads together get exactly what there is.
  @Test
  void countsOverThreads() throws Exception {
    Admission admission = new Admission(50, 1_000_000, 1000);
    AtomicInteger entered = new AtomicInteger();
    Thread[] threads = new Thread[4];
    for (int t = 0; t < threads.length; t++) {
      threads[t] = new Thread(() -> {
        for (int i = 0; i < 1000; i++) {
          if (admission.enter(T0)) {
            entered.incrementAndGet();
          }
        }
      });
      threads[t].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(entered).hasValue(50);
    assertThat(admission.connections()).isEqualTo(50);
  }
}
