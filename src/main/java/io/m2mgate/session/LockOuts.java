package io.m2mgate.session;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Wrong digests and proofs in LOGIN and REGISTER, and what follows from them (behaviour 5.4.5): a source is locked out for one
 * terminal, a terminal that is attacked from many sources and a source that attacks many terminals are throttled. Knows nothing of
 * sessions, which no lock touches. Owned by one lane; forgets what was used longest ago when there is too much.
 */
public final class LockOuts {

  /** How many times the failures that lock one source make an attack, over all sources or over all terminals. */
  private static final int ATTACK = 10;

  private static final long SECOND_MILLIS = 1000;

  /** Whether a proof may be looked at. */
  public enum Pass {
    OPEN,
    /** Not for a while: the answer is a refusal. */
    LOCKED,
    /** Not in this second: no answer. */
    THROTTLED
  }

  /** What a wrong proof has led to, told once each time. */
  public enum Consequence {
    /** Its source is locked out for its terminal from here on. */
    SOURCE_LOCKED,
    /** Its terminal's proofs are throttled from here on. */
    TERMINAL_ATTACKED,
    /** Its source's proofs are throttled from here on. */
    SOURCE_THROTTLED
  }

  /**
   * @param maxFailures of one source for one terminal, which lock it out
   * @param windowMillis within which failures count together
   * @param lockMillis how long a lock holds
   * @param sourceChecksPerSecond proofs of a throttled source that are looked at
   * @param entries terminals, sources, and pairs of them that are remembered, of each kind
   */
  public record Limits(
      int maxFailures,
      long windowMillis,
      long lockMillis,
      int sourceChecksPerSecond,
      int entries) {}

  private final Limits limits;
  private final Map<String, Pair> pairs;
  private final Map<String, Tally> terminals;
  private final Map<String, Tally> sources;

  public LockOuts(Limits limits) {
    this.limits = limits;
    this.pairs = new Recent<>(limits.entries());
    this.terminals = new Recent<>(limits.entries());
    this.sources = new Recent<>(limits.entries());
  }

  /** To be asked before a proof counts; an open pass is used up by asking. The terminal's own source need not ask. */
  public Pass pass(String serial, String source, long nowMillis) {
    Pair pair = pairs.get(key(serial, source));
    if (pair != null && nowMillis < pair.lockedUntilMillis) {
      return Pass.LOCKED;
    }
    boolean free = allowed(terminals.get(serial), 1, nowMillis)
        && allowed(sources.get(source), limits.sourceChecksPerSecond(), nowMillis);
    return free ? Pass.OPEN : Pass.THROTTLED;
  }

  private boolean allowed(Tally tally, int perSecond, long nowMillis) {
    return tally == null || !attacks(tally, nowMillis) || tally.take(perSecond, nowMillis);
  }

  private boolean attacks(Tally tally, long nowMillis) {
    return nowMillis - tally.sinceMillis < limits.windowMillis()
        && tally.failures > (long) ATTACK * limits.maxFailures();
  }

  /**
   * A proof was wrong.
   *
   * @param own the terminal's session was last verified at this source, which therefore is never locked
   */
  public Set<Consequence> wrong(String serial, String source, boolean own, long nowMillis) {
    Set<Consequence> consequences = EnumSet.noneOf(Consequence.class);
    if (!own) {
      Pair pair = pairs.computeIfAbsent(key(serial, source), pairOf -> new Pair(limits));
      if (pair.wrong(limits, nowMillis)) {
        consequences.add(Consequence.SOURCE_LOCKED);
      }
    }
    if (counted(terminals, serial, nowMillis)) {
      consequences.add(Consequence.TERMINAL_ATTACKED);
    }
    if (counted(sources, source, nowMillis)) {
      consequences.add(Consequence.SOURCE_THROTTLED);
    }
    return consequences;
  }

  /** True at the failure that makes an attack. */
  private boolean counted(Map<String, Tally> tallies, String of, long nowMillis) {
    Tally tally = tallies.computeIfAbsent(of, name -> new Tally(nowMillis));
    if (nowMillis - tally.sinceMillis >= limits.windowMillis()) {
      tally = new Tally(nowMillis);
      tallies.put(of, tally);
    }
    boolean before = attacks(tally, nowMillis);
    tally.failures++;
    return !before && attacks(tally, nowMillis);
  }

  /** A proof was good: what this source got wrong for this terminal is forgotten. The counts over all sources stay. */
  public void good(String serial, String source) {
    pairs.remove(key(serial, source));
  }

  /** An operator lifts what holds the terminal's proofs back; true when there was something. */
  public boolean unlock(String serial) {
    boolean locked = pairs.keySet().removeIf(key -> key.startsWith(key(serial, "")));
    return terminals.remove(serial) != null || locked;
  }

  /** Failures that are remembered, of sources for terminals. */
  public int size() {
    return pairs.size();
  }

  /** Serials have no slash. */
  private static String key(String serial, String source) {
    return serial + '/' + source;
  }

  /** The last failures of one source for one terminal. */
  private static final class Pair {
    private final long[] failures;
    private int next;
    private int kept;
    private long lockedUntilMillis = Long.MIN_VALUE;

    Pair(Limits limits) {
      failures = new long[limits.maxFailures()];
    }

    /** True when this one locks. */
    boolean wrong(Limits limits, long nowMillis) {
      failures[next] = nowMillis;
      next = (next + 1) % failures.length;
      kept = Math.min(kept + 1, failures.length);
      // The oldest of a full ring is where the next one goes.
      boolean locks = kept == failures.length && nowMillis - failures[next] < limits.windowMillis();
      if (locks) {
        lockedUntilMillis = nowMillis + limits.lockMillis();
        kept = 0;
      }
      return locks;
    }
  }

  /** Failures of one terminal or one source, and the proofs that were looked at in this second since they were too many. */
  private static final class Tally {
    private final long sinceMillis;
    private long failures;
    private long secondMillis = Long.MIN_VALUE / 2;
    private int taken;

    Tally(long nowMillis) {
      sinceMillis = nowMillis;
    }

    boolean take(int perSecond, long nowMillis) {
      if (nowMillis - secondMillis >= SECOND_MILLIS) {
        secondMillis = nowMillis;
        taken = 0;
      }
      return taken < perSecond && taken++ < perSecond;
    }
  }

  private static final class Recent<T> extends LinkedHashMap<String, T> {
    private static final long serialVersionUID = 1L;
    private final int most;

    Recent(int most) {
      super(16, 0.75f, true);
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
      return size() > most;
    }
  }
}
