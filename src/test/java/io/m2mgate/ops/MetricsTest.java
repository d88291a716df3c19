package io.m2mgate.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MetricsTest {
  private enum Reason {
    TOO_SHORT,
    TOO_LONG
  }

  // Verifies that counters by reason are there from the start, each with its label and the node's
  // name.
  @Test
  void showsReasonsFromTheStart() {
    try (var metrics = new Metrics("node-7")) {
      var counters = metrics.counters(
          "m2mgate_frames_rejected", "Frames refused.", "reason", Reason.class, "lane", "0");
      counters.get(Reason.TOO_LONG).increment();

      assertThat(metrics.scrape())
          .contains(
              "m2mgate_frames_rejected_total{lane=\"0\",node=\"node-7\",reason=\"too_long\"} 1.0")
          .contains(
              "m2mgate_frames_rejected_total{lane=\"0\",node=\"node-7\",reason=\"too_short\"} 0.0");
    }
  }

  // Verifies that gauges are read when somebody looks, and that the process shows itself.
  @Test
  void readsGaugesWhenScraped() {
    try (var metrics = new Metrics("node-7").withProcess()) {
      int[] sessions = {1};
      metrics.gauge("m2mgate_sessions", "Sessions.", () -> sessions[0]);
      sessions[0] = 5;

      assertThat(metrics.scrape())
          .contains("m2mgate_sessions{node=\"node-7\"} 5.0", "jvm_memory_used_bytes");
    }
  }

  // Verifies that a name without the prefix is refused.
  @Test
  void keepsNamesInOrder() {
    try (var metrics = new Metrics("node-7")) {
      assertThatThrownBy(() -> metrics.counter("frames", "Frames."))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
