package io.m2mgate.session;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where one terminal is: the address of its last verified frame, where it was verified by other bearers in the same session, and one
 * that it was heard at since without proof (behaviour 5.2.1). Owned by the terminal's lane.
 */
public final class Whereabouts {

  /** Of those that nobody prefers: the fastest first. */
  private static final List<String> FASTEST_FIRST = List.of(Origin.TCP, Origin.UDP, Origin.SMS);

  private Optional<Origin> home = Optional.empty();
  private Optional<Origin> candidate = Optional.empty();

  /** One for each other bearer; most terminals use one bearer alone. */
  private List<Origin> before = List.of();

  /** The home is of a session that is over. */
  private boolean earlier;

  private long heardMillis;

  /**
   * A new, verified frame came from here; true when the terminal was elsewhere before. A short message does not take it from its open
   * connection unless it is one that is to be asked by short message.
   *
   * @param byMessages it prefers short messages, or uses nothing else
   */
  boolean heard(Origin origin, long nowMillis, boolean byMessages) {
    heardMillis = nowMillis;
    origin.trusted();
    if (isHome(origin)) {
      candidate = Optional.empty();
      earlier = false;
      return false;
    }
    if (isMessage(origin) && !byMessages && isOpenConnection()) {
      remember(origin);
      return false;
    }
    moveTo(origin);
    return true;
  }

  /** A frame came, whatever it proves: the address that the terminal was verified at is trusted with its answer. */
  public void met(Origin origin) {
    if (isHome(origin)) {
      origin.trusted();
    }
  }

  /**
   * A frame that proves nothing came: presence only, and a candidate address when it is from elsewhere. Where it was before a short
   * message came, it is again; true then.
   */
  boolean beat(Origin origin, long nowMillis) {
    heardMillis = nowMillis;
    if (isHome(origin)) {
      return false;
    }
    if (home.filter(Whereabouts::isMessage).isPresent() && before.contains(origin)) {
      origin.trusted();
      moveTo(origin);
      return true;
    }
    candidate = Optional.of(origin.lasting());
    return false;
  }

  private void moveTo(Origin origin) {
    candidate = Optional.empty();
    Optional<Origin> left = earlier ? Optional.empty() : home;
    earlier = false;
    left.ifPresent(this::remember);
    forget(origin.bearer());
    home = Optional.of(origin.lasting());
  }

  private void remember(Origin origin) {
    forget(origin.bearer());
    List<Origin> all = new ArrayList<>(before);
    all.add(origin.lasting());
    before = List.copyOf(all);
  }

  private void forget(String bearer) {
    if (before.stream().anyMatch(it -> it.bearer().equals(bearer))) {
      before = before.stream().filter(it -> !it.bearer().equals(bearer)).toList();
    }
  }

  private static boolean isMessage(Origin origin) {
    return origin.bearer().equals(Origin.SMS);
  }

  /** In the session in force. */
  private boolean isOpenConnection() {
    return reachable() && !earlier && home.get().bearer().equals(Origin.TCP);
  }

  /** Another session is in force: what was known of the one before says nothing of it. */
  void confirmed() {
    before = List.of();
    earlier = true;
  }

  /** After a restart: heard at this time. */
  void restore(long atMillis) {
    heardMillis = atMillis;
  }

  /** After a restart: the address that was stored, where it is one that something can be sent to. */
  void restore(Origin verifiedAt) {
    home = Optional.of(verifiedAt);
    verifiedAt.trusted();
  }

  void leave() {
    home = Optional.empty();
    candidate = Optional.empty();
    before = List.of();
  }

  public boolean isHome(Origin origin) {
    return home.isPresent() && home.get().equals(origin);
  }

  /** False while the address it was last verified at is closed, or none is known. */
  public boolean reachable() {
    return home.isPresent() && home.get().open();
  }

  public Optional<Origin> home() {
    return home;
  }

  public Optional<Origin> candidate() {
    return candidate;
  }

  /**
   * Where it is asked: where it was verified last while that is open, else where it was verified in the same session by another
   * bearer, the preferred one first; never by a bearer that its profile does not allow.
   */
  public Optional<Origin> address(Profile profile) {
    if (reachable() && profile.allows(home.get())) {
      return home;
    }
    return before.stream()
        .filter(it -> it.open() && profile.allows(it))
        .min(Comparator.comparingInt(
            it -> it.bearer().equals(profile.prefer()) ? -1 : FASTEST_FIRST.indexOf(it.bearer())));
  }

  public long heardMillis() {
    return heardMillis;
  }
}
