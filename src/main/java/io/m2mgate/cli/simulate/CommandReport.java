package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.FleetReport.Latency;
import java.util.List;
import java.util.Map;

/**
 * What became of the commands of a run. A rule was broken where a command did not end, ended behind its time, was carried out twice by
 * a terminal that drops repeats, or is called done and was not.
 *
 * @param asked commands that the gateway took
 * @param refused requests that it did not
 * @param problem why it did not take the first of them; empty where it took all
 * @param ends by state
 * @param open those without an end
 * @param late ended more than ten seconds behind their expiry
 * @param latestMillis behind its expiry that any of them ended; 0 where none did
 * @param carriedOut requests that terminals did
 * @param droppedRepeats requests that they answered again without doing them again
 * @param parted answers and reports that left in parts
 * @param twice carried out twice by a terminal that drops repeats by sequence
 * @param again carried out twice by others
 * @param unexecuted ended as done, and never carried out
 * @param sequencesUsedAgain requests under the sequence of another one that was carried out
 * @param queuedForDead of those taken
 * @param roundTrips of the living, by the gateway's times, in microseconds
 * @param without those of the rounds that were compared while dead terminals had nothing queued
 * @param beside the same while they had
 * @param medians of those rounds one by one, in microseconds, beginning with one without
 */
public record CommandReport(
    long asked,
    long refused,
    String problem,
    Map<String, Long> ends,
    long open,
    long late,
    long latestMillis,
    long carriedOut,
    long droppedRepeats,
    long parted,
    long twice,
    long again,
    long unexecuted,
    long sequencesUsedAgain,
    long queuedForDead,
    Latency roundTrips,
    Latency without,
    Latency beside,
    List<Long> medians) {

  boolean clean() {
    return open == 0
        && refused == 0
        && late == 0
        && twice == 0
        && unexecuted == 0
        && sequencesUsedAgain == 0;
  }

  /** The median beside dead terminals in terms of the median without them; 0 where one of them is not known. */
  public double medianRatio() {
    return without.count() > 0 && beside.count() > 0 && without.p50() > 0
        ? (double) beside.p50() / without.p50()
        : 0;
  }
}
