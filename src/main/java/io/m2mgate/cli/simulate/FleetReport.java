package io.m2mgate.cli.simulate;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What a run showed.
 *
 * @param onlineSeconds from the first connection to the moment when everybody was online
 * @param seconds from the first exchange to the last answer
 * @param unanswered exchanges still open when patience ended
 * @param unreadable requests of the gateway that terminals cannot read
 * @param bearing how it came, and what its datagrams met
 * @param commands what its application asked for; absent where it asked for nothing
 * @param rollout what became of the package that it told terminals of; absent where it told of none
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
    long unreadable,
    Security security,
    Ledger.Verdict ledger,
    Latency exchange,
    Latency endToEnd,
    BearingReport bearing,
    Optional<CommandReport> commands,
    Optional<RolloutReport> rollout) {

  /**
   * What became of registrations, keys and secrets.
   *
   * @param registered registrations that were taken
   * @param registersRefused by the result of REGISTER_ACK
   * @param keysGiven sessions that got a key
   * @param keysMissing sessions that asked for one and went on in clear
   * @param setsTaken secrets that the platform sent and the terminal took, repeats included
   * @param rotated sessions that were confirmed under other secrets than those before
   * @param asksRefused requests for secrets that brought no others
   * @param cleared terminals that forgot their secrets
   * @param unfinished terminals that had not come through what they were to do when patience ended
   * @param misdeeds what the gateway answered, by kind and answer
   */
  public record Security(
      long registered,
      Map<Integer, Long> registersRefused,
      long keysGiven,
      long keysMissing,
      long setsTaken,
      long rotated,
      long asksRefused,
      long cleared,
      long unreadable,
      long unfinished,
      Map<String, Map<String, Long>> misdeeds) {

    static Security of(SecurityTally tally) {
      Map<String, Map<String, Long>> misdeeds = new TreeMap<>();
      tally.misdeeds.forEach((kind, answers) -> misdeeds.put(kind.text(), Map.copyOf(answers)));
      return new Security(
          tally.registered,
          Map.copyOf(tally.registersRefused),
          tally.keysGiven,
          tally.keysMissing,
          tally.setsTaken,
          tally.rotated,
          tally.asksRefused,
          tally.cleared,
          tally.unreadable,
          tally.unsettled,
          misdeeds);
    }

    /** Everybody came through what it was to do, with the keys that it asked for. */
    boolean clean() {
      return unfinished == 0 && keysMissing == 0 && asksRefused == 0 && unreadable == 0;
    }
  }

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
      Histogram endToEnd,
      BearingReport bearing,
      Optional<CommandReport> commands,
      Optional<RolloutReport> rollout) {
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
        tally.unreadable,
        Security.of(tally.security),
        ledger,
        Latency.of(exchange),
        Latency.of(endToEnd),
        bearing,
        commands,
        rollout);
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

  /** While terminals came. */
  public double loginsPerSecond() {
    return onlineSeconds > 0
        ? (options.terminals() - failed - bearing.probes()) / onlineSeconds
        : 0;
  }

  public double exchangesPerSecond() {
    return seconds > 0 ? acknowledged / seconds : 0;
  }

  /**
   * Nothing acknowledged was lost, nothing came twice without a mark, nothing out of order, everybody got in and came through, and no
   * command broke a rule, and everybody who was told of a package has it.
   */
  public boolean clean() {
    return failed == 0
        && wrongDigests == 0
        && unreadable == 0
        && security.clean()
        && commands.filter(it -> !it.clean()).isEmpty()
        && rollout.filter(it -> !it.clean()).isEmpty()
        && ledger.lost() == 0
        && ledger.duplicatesUnmarked() == 0
        && ledger.reordered() == 0;
  }
}
