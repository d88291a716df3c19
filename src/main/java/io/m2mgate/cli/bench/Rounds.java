package io.m2mgate.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Rounds of one kind of load, and what they have in common. One thread. */
final class Rounds {
  private final List<LoadRun.Result> results = new ArrayList<>();

  void add(LoadRun.Result result) {
    results.add(result);
  }

  LoadRun.Result at(int round) {
    return results.get(round);
  }

  int count() {
    return results.size();
  }

  double median(ToDoubleFunction<LoadRun.Result> value) {
    return median(results.stream().mapToDouble(value).toArray());
  }

  static double median(double... values) {
    double[] sorted = values.clone();
    java.util.Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** How far the rounds lie apart, in parts of their median: the noise of the machine. */
  double spread() {
    double[] rates = results.stream()
        .mapToDouble(LoadRun.Result::acknowledgedPerSecond)
        .sorted()
        .toArray();
    return (rates[rates.length - 1] - rates[0]) / median(rates);
  }

  long lost() {
    return results.stream().mapToLong(round -> round.report().ledger().lost()).sum();
  }

  long unanswered() {
    return results.stream().mapToLong(round -> round.report().unanswered()).sum();
  }

  boolean clean() {
    return results.stream().allMatch(round -> round.report().clean());
  }
}
