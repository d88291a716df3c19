package io.m2mgate.cli.simulate;

import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Which command of a run goes to which terminal, in stretches of which each waits for the one before. Plainly: one command for each
 * living terminal, all those for the dead ones, the other rounds of the living. Comparing: one round that warms up, then rounds without
 * queues of dead terminals, beside, beside, without, and so on. Immutable.
 */
final class CommandPlan {
  /** What a stretch is for. */
  enum Side {
    PLAIN,
    QUEUE,
    WITHOUT,
    BESIDE
  }

  private record Stretch(int from, Side side, int round) {}

  private final CommandOptions wanted;
  private final int[] living;
  private final int[] dead;
  private final TreeMap<Integer, Stretch> stretches = new TreeMap<>();
  private int count;

  CommandPlan(FleetOptions options) {
    this.wanted = options.commands();
    this.living = terminals(options, false);
    this.dead = terminals(options, true);
    if (wanted.each() > 0 && wanted.comparesDead()) {
      compare();
    } else if (wanted.each() > 0) {
      add(Side.PLAIN, 0, living.length);
      add(Side.QUEUE, 0, wanted.deadQueue() * dead.length);
      add(Side.PLAIN, 1, (wanted.each() - 1) * living.length);
    }
  }

  private void compare() {
    add(Side.PLAIN, 0, living.length);
    for (int round = 1; round < wanted.each(); round++) {
      // Without, beside, beside, without: what gets faster all the time favours neither.
      boolean beside = round % 4 == 2 || round % 4 == 3;
      add(Side.QUEUE, 0, round % 4 == 2 ? wanted.deadQueue() * dead.length : 0);
      add(beside ? Side.BESIDE : Side.WITHOUT, round, living.length);
    }
  }

  private void add(Side side, int round, int commands) {
    if (commands > 0) {
      stretches.put(count, new Stretch(count, side, round));
      count += commands;
    }
  }

  private static int[] terminals(FleetOptions options, boolean areDead) {
    return IntStream.range(0, options.terminals())
        .filter(
            i -> areDead == options.field().quirksOf(i, options.terminals()).contains(Quirk.DEAD))
        .toArray();
  }

  /** Commands are numbered from 0 in the order in which they are asked for. */
  int count() {
    return count;
  }

  boolean isForDead(int number) {
    return side(number) == Side.QUEUE;
  }

  Side side(int number) {
    return at(number).side();
  }

  private Stretch at(int number) {
    return stretches.floorEntry(number).getValue();
  }

  /** The first of a stretch: it waits until those before it that go to living terminals have ended. */
  boolean begins(int number) {
    return dead.length > 0 && stretches.containsKey(number);
  }

  int terminal(int number) {
    int[] whose = isForDead(number) ? dead : living;
    return whose[(number - at(number).from()) % whose.length];
  }

  AskedKind kind(int number) {
    List<AskedKind> kinds = wanted.kinds();
    Stretch stretch = at(number);
    if (stretch.side() == Side.QUEUE) {
      return AskedKind.DATA;
    }
    int position = number - stretch.from();
    int round = stretch.round() + position / living.length;
    return kinds.get((position % living.length + round) % kinds.size());
  }
}
