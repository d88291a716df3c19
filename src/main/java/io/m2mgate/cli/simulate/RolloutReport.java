package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.FleetReport.Latency;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of the package that a run told its terminals of.
 *
 * @param state of the campaign, as the gateway says
 * @param told terminals
 * @param counts of them by state, as the gateway says
 * @param whole files that arrived as long as they are and with the right CRC32
 * @param corrupt files that did not
 * @param badBlocks blocks that were not what was asked for
 * @param refused requests for blocks by result
 * @param announcedAgain announcements of a file that was being fetched already
 * @param seconds from the first request for a block to the last block
 * @param wholeSeconds from the request for the campaign to its end
 * @param before exchanges of the load, of terminals that are not told where there are some, before the campaign
 * @param beside the same, while it ran
 * @param problem the first reason why a terminal, or the campaign, did not come to its end; empty where all did
 */
public record RolloutReport(
    String state,
    int told,
    Map<String, Integer> counts,
    long whole,
    long corrupt,
    long badBlocks,
    Map<Integer, Long> refused,
    long announcedAgain,
    long reboots,
    long gaveUp,
    long blocks,
    long bytes,
    double seconds,
    double wholeSeconds,
    Latency before,
    Latency beside,
    String problem) {

  static RolloutReport of(Rollout rollout, DownloadTally tally, Latency before, Latency beside) {
    Map<Integer, Long> refused = new TreeMap<>();
    for (int i = 0; i < tally.refusedByResult.length; i++) {
      if (tally.refusedByResult[i] > 0) {
        refused.put(i, tally.refusedByResult[i]);
      }
    }
    return new RolloutReport(
        rollout.state(),
        rollout.told(),
        rollout.counts(),
        tally.whole,
        tally.corrupt,
        tally.badBlocks,
        refused,
        tally.announcedAgain,
        tally.reboots,
        tally.gaveUp,
        tally.blocks,
        tally.bytes,
        tally.seconds(),
        rollout.seconds(),
        before,
        beside,
        rollout.problem());
  }

  /** Of all terminals together. */
  public double megabytesPerSecond() {
    return seconds > 0 ? bytes / 1e6 / seconds : 0;
  }

  /** Every terminal has the file, byte for byte, and was seen with its version. */
  public boolean clean() {
    return counts.getOrDefault("succeeded", 0) == told
        && whole >= told
        && corrupt == 0
        && badBlocks == 0;
  }
}
