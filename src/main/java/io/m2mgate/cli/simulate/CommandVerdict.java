package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.CommandPlan.Side;
import io.m2mgate.cli.simulate.FleetReport.Latency;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** What is found of the commands of a run as they end. Used on the event loop of who follows them, and read when he is through. */
final class CommandVerdict {
  /** The gateway looks for what is past its time now and then. */
  private static final long SLACK_MILLIS = TimeUnit.SECONDS.toMillis(10);

  private static final String SUCCEEDED = "succeeded";

  private final CommandPlan plan;
  private final Executions executions;
  private final FleetOptions options;
  private final Map<String, Long> ends = new TreeMap<>();
  private final BitSet succeeded = new BitSet();
  private final Histogram roundTrips = new Histogram(Shard.LONGEST_MICROS, 3);
  private final Histogram without = new Histogram(Shard.LONGEST_MICROS, 3);
  private final Histogram beside = new Histogram(Shard.LONGEST_MICROS, 3);
  private final Histogram round = new Histogram(Shard.LONGEST_MICROS, 3);
  private final List<Long> medians = new ArrayList<>();
  private String problem = "";
  private long asked;
  private long refused;
  private long late;
  private long latestMillis;
  private long queuedForDead;
  private long open;

  CommandVerdict(CommandPlan plan, Executions executions, FleetOptions options) {
    this.plan = plan;
    this.executions = executions;
    this.options = options;
  }

  void asked(int number) {
    asked++;
    queuedForDead += plan.isForDead(number) ? 1 : 0;
  }

  void refused(String why) {
    refused++;
    problem = problem.isEmpty() ? why : problem;
  }

  /** So many have no end. */
  void left(int count) {
    open = count;
  }

  /** @param command as its last event tells it */
  void ended(int number, JsonObject command) {
    String state = command.getString("state");
    ends.merge(state, 1L, Long::sum);
    long finished = millis(command.getJsonObject("times").getString("finished"));
    long over = finished - millis(command.getJsonObject("delivery").getString("expires"));
    late += over > SLACK_MILLIS ? 1 : 0;
    latestMillis = Math.max(latestMillis, over);
    if (state.equals(SUCCEEDED)) {
      succeeded.set(number);
      long micros = TimeUnit.MILLISECONDS.toMicros(
          finished - millis(command.getJsonObject("times").getString("created")));
      roundTrip(plan.side(number), Math.max(0, Math.min(micros, Shard.LONGEST_MICROS)));
    }
  }

  private void roundTrip(Side side, long micros) {
    roundTrips.recordValue(micros);
    if (side == Side.WITHOUT || side == Side.BESIDE) {
      (side == Side.WITHOUT ? without : beside).recordValue(micros);
      round.recordValue(micros);
    }
  }

  /** All commands to the living that were asked so far have ended. */
  void roundOver() {
    if (round.getTotalCount() > 0) {
      medians.add(round.getValueAtPercentile(50));
      round.reset();
    }
  }

  private static long millis(String time) {
    return Instant.parse(time).toEpochMilli();
  }

  /** @param all what the terminals counted */
  CommandReport report(Tally all) {
    long twice = 0;
    long again = 0;
    long unexecuted = 0;
    for (int number = 0; number < plan.count(); number++) {
      if (plan.kind(number).counted()) {
        boolean drops = options
            .field()
            .quirksOf(plan.terminal(number), options.terminals())
            .contains(Quirk.SAME_SEQUENCE_DROPS);
        boolean more = executions.of(number) > 1;
        twice += more && drops ? 1 : 0;
        again += more && !drops ? 1 : 0;
        unexecuted += succeeded.get(number) && executions.of(number) == 0 ? 1 : 0;
      }
    }
    return new CommandReport(
        asked,
        refused,
        problem,
        Map.copyOf(ends),
        open,
        late,
        latestMillis,
        all.carriedOut,
        all.droppedRepeats,
        all.parted,
        twice,
        again,
        unexecuted,
        all.sequencesUsedAgain,
        queuedForDead,
        Latency.of(roundTrips),
        Latency.of(without),
        Latency.of(beside),
        List.copyOf(medians));
  }
}
