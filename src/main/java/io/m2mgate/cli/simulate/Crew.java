package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.FleetOptions.Retry;
import io.m2mgate.dictionary.Dictionary;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Makes the terminals of one event loop; what can be, is shared by those that have no quirks. Owned by that event loop. */
final class Crew {
  private final FleetOptions options;
  private final Dictionary dictionary;
  private final Executions executions;
  private final TerminalModel.Factory plain;
  private final TerminalModel.Factory wordy;
  private final SplittableRandom random;
  private final SplittableRandom together;

  Crew(
      FleetOptions options, Dictionary dictionary, Executions executions, SplittableRandom random) {
    this.options = options;
    this.dictionary = dictionary;
    this.executions = executions;
    this.plain = new TerminalModel.Factory(dictionary.dialect(), false);
    this.wordy = new TerminalModel.Factory(dictionary.dialect(), true);
    this.random = random;
    this.together = random.split();
  }

  /** Every n-th of the fleet from the first one on. */
  List<SimulatedTerminal> make(Shard shard, Roster roster, int from, int step, long now) {
    List<SimulatedTerminal> terminals = new ArrayList<>();
    Wander undisturbed = new Wander(making(Set.of()), options.bearers(), now);
    Retry retry = options.persona().retry();
    for (int i = from; i < options.terminals(); i += step) {
      boolean newSequences = retry == Retry.NEW || retry == Retry.MIXED && (i & 1) == 1;
      boolean echo = options.load().mode() == Mode.ECHO;
      Life life = echo ? Life.inSession(roster.keys(i)) : roster.life(i);
      Making making = making(options.field().quirksOf(i, options.terminals()));
      Wander wander =
          Wander.isNone(making) ? undisturbed : new Wander(making, options.bearers(), now);
      terminals.add(new SimulatedTerminal(i, life, shard, newSequences, making, wander));
    }
    return terminals;
  }

  private Making making(Set<Quirk> quirks) {
    var model = new TerminalModel(
        quirks.contains(Quirk.SEGMENTS_900) ? wordy : plain, options.field().syncs());
    return new Making(
        dictionary.dialect(),
        options.field(),
        quirks,
        model,
        executions,
        options.load().pipeline(),
        quirks.isEmpty() ? together : random.split());
  }
}
