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
              "m2mgate_frames_rejected_total{lane=\"0\",node=\"node-7\",reason=\"too-long\"} 1.0")
          .contains(
              "m2mgate_frames_rejected_total{lane=\"0\",node=\"node-7\",reason=\"too-short\"} 0.0");
    }
  }

  // Verifies that the process shows itself beside what parts register.
  @Test
  void showsProcess() {
    try (var metrics = new Metrics("node-7").withProcess()) {
      metrics.registry().gauge("m2mgate_sessions", 5);

      assertThat(metrics.scrape())
          .contains("m2mgate_sessions{node=\"node-7\"} 5.0", "jvm_memory_used_bytes");
    }
  }

  // Verifies that a name without the prefix is refused.
  @Test
  void keepsNamesInOrder() {
    try (var metrics = new Metrics("node-7")) {
      assertThatThrownBy(() -> metrics.counters("frames", "Frames.", "reason", Reason.class))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
