package io.m2mgate.cli.simulate;

import java.time.Duration;

/**
 * How the terminals of a fleet are upgraded, and how they fetch what they are told of.
 *
 * @param bytes of the package that the run uploads; 0 = it uploads none
 * @param share of the fleet that is told of it, the first terminals, above 0 up to 1
 * @param lead how long the load goes on alone before that
 * @param within what it is to take at most
 * @param blockBytes that a terminal asks for at once
 * @param installDelay between the last block and the LOGIN with the new version
 */
public record RolloutOptions(
    int bytes,
    double share,
    Duration lead,
    Duration within,
    int blockBytes,
    Duration installDelay) {

  /** Terminals fetch what others tell them of. */
  public static final RolloutOptions NONE = new RolloutOptions(
      0, 1, Duration.ofSeconds(5), Duration.ofMinutes(10), 800, Duration.ofSeconds(1));

  public RolloutOptions uploading(int size) {
    return new RolloutOptions(size, share, lead, within, blockBytes, installDelay);
  }

  public RolloutOptions telling(double part) {
    return new RolloutOptions(bytes, part, lead, within, blockBytes, installDelay);
  }

  public RolloutOptions timed(Duration before, Duration most) {
    return new RolloutOptions(bytes, share, before, most, blockBytes, installDelay);
  }

  public RolloutOptions fetching(int block, Duration delay) {
    return new RolloutOptions(bytes, share, lead, within, block, delay);
  }

  /** How many of so many terminals are told. */
  int told(int terminals) {
    return bytes == 0 ? 0 : Math.max(1, (int) Math.round(share * terminals));
  }
}
