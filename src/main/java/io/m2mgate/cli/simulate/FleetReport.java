package io.m2mgate.cli.simulate;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What a run showed.
 *
 * @param onlineSeconds from the first connection to the moment when everybody was online
 * @param seconds from the first exchange to the last answer
 * @param unanswered exchanges still open when patience ended
 * @param strayAcks answers to requests that were answered already; a repeat that crossed its answer gets one
 */
public record FleetReport(
    FleetOptions options,
    int failed,
    double onlineSeconds,
    double seconds,
    long sent,
    long acknowledged,
    Map<Integer, Long> refused,
    Map<Integer, Long> loginsRefused,
    long unanswered,
    long repeated,
    long reconnects,
    long logins,
    long sessionsLost,
    long wrongDigests,
    long strayAcks,
    Ledger.Verdict ledger,
    Latency exchange,
    Latency endToEnd) {

  /** Percentiles in microseconds. */
  public record Latency(long count, long p50, long p90, long p99, long max) {
    static Latency of(Histogram micros) {
      return new Latency(
          micros.getTotalCount(),
          micros.getValueAtPercentile(50),
          micros.getValueAtPercentile(90),
          micros.getValueAtPercentile(99),
          micros.getMaxValue());
    }
  }

  static FleetReport of(
      FleetOptions options,
      Tally tally,
      double onlineSeconds,
      Ledger.Verdict ledger,
      Histogram exchange,
      Histogram endToEnd) {
    boolean answered = tally.lastAckNanos > tally.firstSendNanos;
    return new FleetReport(
        options,
        tally.failed,
        onlineSeconds,
        answered ? (tally.lastAckNanos - tally.firstSendNanos) / 1e9 : 0,
        tally.sent,
        tally.acknowledged,
        byResult(tally.refusedByResult),
        byResult(tally.loginsRefusedByResult),
        tally.inFlight,
        tally.repeated,
        tally.reconnects,
        tally.logins,
        tally.sessionsLost,
        tally.wrongDigests,
        tally.strayAcks,
        ledger,
        Latency.of(exchange),
        Latency.of(endToEnd));
  }

  private static Map<Integer, Long> byResult(long[] counts) {
    var map = new TreeMap<Integer, Long>();
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        map.put(i, counts[i]);
      }
    }
    return map;
  }

  public double exchangesPerSecond() {
    return seconds > 0 ? acknowledged / seconds : 0;
  }

  /** Nothing acknowledged was lost, nothing came twice without a mark, nothing out of order, and everybody got in. */
  public boolean clean() {
    return failed == 0
        && wrongDigests == 0
        && ledger.lost() == 0
        && ledger.duplicatesUnmarked() == 0
        && ledger.reordered() == 0;
  }
}
