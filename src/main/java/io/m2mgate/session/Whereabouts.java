package io.m2mgate.session;

import java.util.Optional;

/**
 * Where one terminal is: the address of its last verified frame, and one that it was heard at since without proof (behaviour 5.2.1).
 * Owned by the terminal's lane.
 */
public final class Whereabouts {

  private Optional<Origin> home = Optional.empty();
  private Optional<Origin> candidate = Optional.empty();
  private long heardMillis;

  /** A new, verified frame came from here; true when the terminal was elsewhere before. */
  boolean heard(Origin origin, long nowMillis) {
    heardMillis = nowMillis;
    candidate = Optional.empty();
    origin.trusted();
    if (isHome(origin)) {
      return false;
    }
    home = Optional.of(origin.lasting());
    return true;
  }

  /** A frame that proves nothing came: presence only, and a candidate address when it is from elsewhere. */
  public void beat(Origin origin, long nowMillis) {
    heardMillis = nowMillis;
    if (!isHome(origin)) {
      candidate = Optional.of(origin.lasting());
    }
  }

  /** After a restart: heard at this time, at no known address. */
  void restore(long atMillis) {
    heardMillis = atMillis;
  }

  void leave() {
    home = Optional.empty();
    candidate = Optional.empty();
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

  public long heardMillis() {
    return heardMillis;
  }
}
