package io.m2mgate.cli.simulate;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Which command of a run goes to which terminal: one for each living terminal, then all those for the dead ones, then the other rounds
 * of the living. Immutable.
 */
final class CommandPlan {
  private final CommandOptions wanted;
  private final int[] living;
  private final int[] dead;

  CommandPlan(FleetOptions options) {
    this.wanted = options.commands();
    this.living = terminals(options, false);
    this.dead = terminals(options, true);
  }

  private static int[] terminals(FleetOptions options, boolean areDead) {
    return IntStream.range(0, options.terminals())
        .filter(
            i -> areDead == options.field().quirksOf(i, options.terminals()).contains(Quirk.DEAD))
        .toArray();
  }

  /** Commands are numbered from 0 in the order in which they are asked for. */
  int count() {
    return wanted.each() == 0 ? 0 : wanted.each() * living.length + queued();
  }

  private int queued() {
    return wanted.deadQueue() * dead.length;
  }

  boolean isForDead(int number) {
    return number >= living.length && number < living.length + queued();
  }

  /** It waits until those before it have ended: from there on dead terminals have commands. */
  boolean waits(int number) {
    return dead.length > 0 && number == living.length;
  }

  int terminal(int number) {
    if (isForDead(number)) {
      return dead[(number - living.length) % dead.length];
    }
    return living[position(number) % living.length];
  }

  AskedKind kind(int number) {
    List<AskedKind> kinds = wanted.kinds();
    if (isForDead(number)) {
      return AskedKind.DATA;
    }
    int round = position(number) / living.length;
    return kinds.get((position(number) % living.length + round) % kinds.size());
  }

  private int position(int number) {
    return number < living.length ? number : number - queued();
  }
}
