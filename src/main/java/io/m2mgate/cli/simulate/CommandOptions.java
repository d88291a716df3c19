package io.m2mgate.cli.simulate;

import java.time.Duration;
import java.util.List;

/**
 * Commands that the application of a fleet asks for over HTTP.
 *
 * @param each how many for each terminal; 0 = none at all
 * @param kinds in turn, each terminal beginning with another one
 * @param ratePerSecond how many are asked for in a second
 * @param expiresIn of each of them
 * @param deadQueue how many for each terminal that is dead, once the living have had their first
 * @param comparesDead whether rounds of the living without and beside those queues take turns, each waiting for the one before
 */
public record CommandOptions(
    int each,
    List<AskedKind> kinds,
    int ratePerSecond,
    Duration expiresIn,
    int deadQueue,
    boolean comparesDead) {

  public static final CommandOptions NONE = new CommandOptions(
      0,
      List.of(AskedKind.READ, AskedKind.CONFIGURE, AskedKind.CONTROL, AskedKind.DATA),
      100,
      Duration.ofMinutes(2),
      100,
      false);

  public CommandOptions each(int count, AskedKind... only) {
    return new CommandOptions(
        count,
        only.length > 0 ? List.of(only) : kinds,
        ratePerSecond,
        expiresIn,
        deadQueue,
        comparesDead);
  }

  public CommandOptions atRate(int perSecond) {
    return new CommandOptions(each, kinds, perSecond, expiresIn, deadQueue, comparesDead);
  }

  public CommandOptions queueForDead(int count) {
    return new CommandOptions(each, kinds, ratePerSecond, expiresIn, count, comparesDead);
  }

  public CommandOptions expiring(Duration time) {
    return new CommandOptions(each, kinds, ratePerSecond, time, deadQueue, comparesDead);
  }

  public CommandOptions comparing() {
    return new CommandOptions(each, kinds, ratePerSecond, expiresIn, deadQueue, true);
  }
}
