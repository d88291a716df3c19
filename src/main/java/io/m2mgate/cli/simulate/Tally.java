package io.m2mgate.cli.simulate;

/** What happened to the terminals of one event loop, counted by it; others see copies. */
final class Tally {
  static final int RESULTS = 16;

  int online;
  int failed;
  int arrived;
  int inFlight;
  long sent;
  long acknowledged;
  long repeated;
  long connects;
  long reconnects;
  long switches;
  long rests;
  long logins;
  long sessionsLost;
  long wrongDigests;
  long strayAcks;
  long downlinkIgnored;
  long carriedOut;
  long droppedRepeats;
  long sequencesUsedAgain;
  long parted;
  long unsaid;
  long unreadable;
  long firstSendNanos = Long.MAX_VALUE;
  long lastAckNanos = Long.MIN_VALUE;
  final DatagramTally datagrams = new DatagramTally();
  final SecurityTally security = new SecurityTally();
  final DownloadTally downloads = new DownloadTally();
  final long[] refusedByResult = new long[RESULTS];
  final long[] loginsRefusedByResult = new long[RESULTS];

  Tally copy() {
    return new Tally().add(this);
  }

  Tally add(Tally other) {
    online += other.online;
    failed += other.failed;
    arrived += other.arrived;
    inFlight += other.inFlight;
    sent += other.sent;
    acknowledged += other.acknowledged;
    repeated += other.repeated;
    connects += other.connects;
    reconnects += other.reconnects;
    switches += other.switches;
    rests += other.rests;
    logins += other.logins;
    sessionsLost += other.sessionsLost;
    wrongDigests += other.wrongDigests;
    strayAcks += other.strayAcks;
    downlinkIgnored += other.downlinkIgnored;
    carriedOut += other.carriedOut;
    droppedRepeats += other.droppedRepeats;
    sequencesUsedAgain += other.sequencesUsedAgain;
    parted += other.parted;
    unsaid += other.unsaid;
    unreadable += other.unreadable;
    firstSendNanos = Math.min(firstSendNanos, other.firstSendNanos);
    lastAckNanos = Math.max(lastAckNanos, other.lastAckNanos);
    datagrams.add(other.datagrams);
    security.add(other.security);
    downloads.add(other.downloads);
    for (int i = 0; i < RESULTS; i++) {
      refusedByResult[i] += other.refusedByResult[i];
      loginsRefusedByResult[i] += other.loginsRefusedByResult[i];
    }
    return this;
  }

  void refused(int result) {
    refusedByResult[Math.min(result, RESULTS - 1)]++;
  }

  void loginRefused(int result) {
    loginsRefusedByResult[Math.min(result, RESULTS - 1)]++;
  }

  long refused() {
    return java.util.Arrays.stream(refusedByResult).sum();
  }
}
