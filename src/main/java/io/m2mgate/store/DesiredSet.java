package io.m2mgate.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the platform wants one terminal's parameters to be (clause 5.3.9). Immutable.
 *
 * @param version of the stored row, 0 where there is none; each write makes the next one
 * @param revision of what was asked for, 0 before the first: what the platform notes about it does not change it
 * @param values in ascending tag order, each tag once
 */
public record DesiredSet(long version, long revision, List<Desired> values) {

  public static final DesiredSet NONE = new DesiredSet(0, 0, List.of());

  public DesiredSet {
    values = List.copyOf(values);
  }

  /**
   * One wanted value.
   *
   * @param name the dictionary's name of the tag
   * @param valueJson as {@link ReportedValue#valueJson()} would have it; never a secret
   * @param atMillis when it was asked for
   * @param command that carries it, or carried it last
   * @param reachability a wrong value may cut the terminal off: never sent again by itself
   * @param sentMillis when it was given to a command, the oldest first; no more of them than count
   * @param drift why the platform does not send it any more by itself, empty while it does or need not
   * @param driftMillis since when, 0 without a drift
   */
  public record Desired(
      int tag,
      String name,
      String valueJson,
      long atMillis,
      String command,
      boolean reachability,
      List<Long> sentMillis,
      String drift,
      long driftMillis) {

    public Desired {
      sentMillis = List.copyOf(sentMillis);
    }

    /** The same on its way in another command. */
    public Desired given(String toCommand, long atMillis, int keep) {
      int from = Math.max(0, sentMillis.size() + 1 - keep);
      List<Long> sent = new ArrayList<>(sentMillis);
      sent.add(atMillis);
      return new Desired(
          tag,
          name,
          valueJson,
          this.atMillis,
          toCommand,
          reachability,
          sent.subList(from, sent.size()),
          "",
          0);
    }

    /** The same without its last send, which never left. */
    public Desired notGiven() {
      return new Desired(
          tag,
          name,
          valueJson,
          atMillis,
          command,
          reachability,
          sentMillis.subList(0, Math.max(0, sentMillis.size() - 1)),
          drift,
          driftMillis);
    }

    /** The same with one more send, where so many were counted. */
    public Desired oneMore(int counted) {
      return new Desired(
          tag,
          name,
          valueJson,
          atMillis,
          command,
          reachability,
          sentMillis.subList(Math.max(0, sentMillis.size() + 1 - counted), sentMillis.size()),
          drift,
          driftMillis);
    }

    public Desired drifting(String why, long sinceMillis) {
      return new Desired(
          tag,
          name,
          valueJson,
          atMillis,
          command,
          reachability,
          sentMillis,
          why,
          why.isEmpty() ? 0 : sinceMillis);
    }
  }

  public Optional<Desired> find(int tag) {
    return values.stream().filter(value -> value.tag() == tag).findFirst();
  }

  /** The set after somebody asked for these and took those back. */
  public DesiredSet asked(Collection<Desired> wanted, Collection<Integer> withdrawn) {
    return new DesiredSet(version + 1, revision + 1, merged(wanted, withdrawn));
  }

  /** The set after the platform noted something about these. */
  public DesiredSet noted(Collection<Desired> changed) {
    return new DesiredSet(version + 1, revision, merged(changed, List.of()));
  }

  private List<Desired> merged(Collection<Desired> changed, Collection<Integer> withdrawn) {
    Map<Integer, Desired> all = new TreeMap<>();
    values.forEach(value -> all.put(value.tag(), value));
    withdrawn.forEach(all::remove);
    changed.forEach(value -> all.put(value.tag(), value));
    return List.copyOf(all.values());
  }
}
