package io.m2mgate.bridge.http;

import io.m2mgate.store.Provision;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.json.JsonObject;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Counts what became of an upload's lines, for its summary and for the figures. Owned by one upload. */
final class ImportTally {

  /** What becomes of a line. */
  enum End {
    CREATED,
    UPDATED,
    SKIPPED,
    FAILED;

    static End of(Provision.Outcome outcome) {
      return switch (outcome) {
        case CREATED -> CREATED;
        case UPDATED -> UPDATED;
        case UNCHANGED -> SKIPPED;
        case TAKEN, NO_APPLICATION -> FAILED;
      };
    }

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Map<End, Counter> figures;
  private final Map<End, Long> counts = new EnumMap<>(End.class);
  private long secretsKept; // among those that were updated or skipped

  ImportTally(Map<End, Counter> figures) {
    this.figures = figures;
    for (End end : End.values()) {
      counts.put(end, 0L);
    }
  }

  /** All of them show 0 from the start. */
  static Map<End, Counter> figures(MeterRegistry meters) {
    var figures = new EnumMap<End, Counter>(End.class);
    for (End end : End.values()) {
      figures.put(
          end,
          Counter.builder("m2mgate_import_lines")
              .description("Lines of uploads of terminals, by what became of them")
              .tag("outcome", end.text())
              .register(meters));
    }
    return figures;
  }

  void count(Provision.Result result) {
    count(End.of(result.outcome()));
    secretsKept += result.secretsKept() ? 1 : 0;
  }

  void failed() {
    count(End.FAILED);
  }

  private void count(End end) {
    counts.merge(end, 1L, Long::sum);
    figures.get(end).increment();
  }

  JsonObject toJson() {
    var json = new JsonObject();
    counts.forEach((end, count) -> json.put(end.text(), count));
    json.put("secretsKept", secretsKept);
    return json.put("lines", counts.values().stream().mapToLong(Long::longValue).sum());
  }
}
