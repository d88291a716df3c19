package io.m2mgate.cli.simulate;

/** What the terminals of one event loop fetched, counted by it. */
final class DownloadTally {
  long announced;
  long announcedAgain;
  long notUnderstood;
  long blocks;
  long bytes;
  long whole;
  long corrupt;
  long badBlocks;
  long gaveUp;
  long reboots;
  long firstNanos = Long.MAX_VALUE;
  long lastNanos = Long.MIN_VALUE;
  final long[] refusedByResult = new long[Tally.RESULTS];

  void refused(int result) {
    refusedByResult[Math.min(result, Tally.RESULTS - 1)]++;
  }

  void add(DownloadTally other) {
    announced += other.announced;
    announcedAgain += other.announcedAgain;
    notUnderstood += other.notUnderstood;
    blocks += other.blocks;
    bytes += other.bytes;
    whole += other.whole;
    corrupt += other.corrupt;
    badBlocks += other.badBlocks;
    gaveUp += other.gaveUp;
    reboots += other.reboots;
    firstNanos = Math.min(firstNanos, other.firstNanos);
    lastNanos = Math.max(lastNanos, other.lastNanos);
    for (int i = 0; i < refusedByResult.length; i++) {
      refusedByResult[i] += other.refusedByResult[i];
    }
  }

  /** From the first request for a block to the last block. */
  double seconds() {
    return lastNanos > firstNanos ? (lastNanos - firstNanos) / 1e9 : 0;
  }
}
