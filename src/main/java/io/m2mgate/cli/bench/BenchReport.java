package io.m2mgate.cli.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** Figures for people and for programs. Stateless. */
final class BenchReport {
  private static final ObjectMapper JSON = new ObjectMapper();

  private BenchReport() {}

  static String machine() {
    return String.format(
        Locale.ROOT,
        "%d cores, %s %s, Java %s",
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        System.getProperty("java.version"));
  }

  static String json(BenchOptions options, List<Figure> figures) {
    ObjectNode report = JSON.createObjectNode();
    report.put("machine", machine());
    report.put("store", options.store().map(url -> "postgresql").orElse("sqlite"));
    report.put("seconds", options.time().toMillis() / 1e3);
    report.put("rounds", options.rounds());
    ObjectNode all = report.putObject("figures");
    for (Figure figure : figures) {
      ObjectNode one = all.putObject(figure.key());
      one.put("text", figure.text().strip());
      one.put("value", figure.value());
      one.put("unit", figure.unit());
      switch (figure.goal().kind()) {
        case AT_LEAST -> one.put("atLeast", figure.goal().limit());
        case AT_MOST -> one.put("atMost", figure.goal().limit());
        case NONE -> {}
      }
      one.put("met", figure.met());
    }
    return report.toPrettyString();
  }
}
