package io.m2mgate.peer;

import java.util.SplittableRandom;

/** What becomes of the messages on a bad line, one after the other. Owned by one thread. */
public abstract class Fates {

  /** Of one message. */
  public enum Fate {
    ARRIVES,
    LOST,
    TWICE,
    LATE
  }

  /**
   * A kind of message.
   *
   * @param up from the terminal
   * @param command as in the header, answers with their high bit
   */
  public record Kind(boolean up, int command) {
    static Kind of(boolean up, byte[] frame) {
      return new Kind(up, new PeerFrame(frame).command());
    }

    @Override
    public String toString() {
      return "%s%04x".formatted(up ? "terminal's " : "platform's ", command);
    }
  }

  private String stage = "";

  abstract Fate of(Kind kind);

  /** What the terminal is about. */
  void stage(String name) {
    stage = name;
  }

  final String stage() {
    return stage;
  }

  /** A line that loses nothing. */
  public static Fates kind() {
    return new Fates() {
      @Override
      Fate of(Kind kind) {
        return Fate.ARRIVES;
      }
    };
  }

  /** So many in a hundred of each direction are lost, as many come twice, as many late; the same for the same seed. */
  public static Fates random(long seed, int percent) {
    var up = new SplittableRandom(seed);
    var down = new SplittableRandom(~seed);
    return new Fates() {
      @Override
      Fate of(Kind kind) {
        int drawn = (kind.up() ? up : down).nextInt(100) / percent;
        return switch (drawn) {
          case 0 -> Fate.LOST;
          case 1 -> Fate.TWICE;
          case 2 -> Fate.LATE;
          default -> Fate.ARRIVES;
        };
      }
    };
  }

  /** The first messages of one kind in one stage have a fate, all others arrive. */
  public static final class Of extends Fates {
    private final String when;
    private final Kind which;
    private final Fate fate;
    private final int times;
    private int met;

    public Of(String when, Kind which, Fate fate, int times) {
      this.when = when;
      this.which = which;
      this.fate = fate;
      this.times = times;
    }

    @Override
    Fate of(Kind kind) {
      if (met < times && stage().equals(when) && kind.equals(which)) {
        met++;
        return fate;
      }
      return Fate.ARRIVES;
    }

    /** How many met it. */
    public int met() {
      return met;
    }

    @Override
    public String toString() {
      return "%s: %s %s x%d".formatted(when, which, fate, times);
    }
  }
}
