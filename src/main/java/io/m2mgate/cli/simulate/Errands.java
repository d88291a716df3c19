package io.m2mgate.cli.simulate;

import io.m2mgate.wire.Frame;
import java.util.Optional;
import java.util.Set;

/**
 * What one terminal does because somebody asked: answers, reports, fetches. Most are never asked, so what it needs for that is made
 * when it is needed first. Owned by the terminal's event loop.
 */
final class Errands {
  private static final int ONE_IN_CROSSING = 4;

  private final Shard shard;
  private final Life life;
  private final Making making;
  private Optional<Parts> parts = Optional.empty();

  private record Parts(Answers answers, Fetcher fetcher, Respondent respondent) {}

  Errands(Shard shard, Life life, Making making) {
    this.shard = shard;
    this.life = life;
    this.making = making;
  }

  private Parts parts() {
    if (parts.isEmpty()) {
      Fetcher fetcher = new Fetcher(shard, making);
      Answers answers = new Answers(making, life, shard.tally(), fetcher);
      parts = Optional.of(new Parts(answers, fetcher, new Respondent(shard, answers, making)));
    }
    return parts.get();
  }

  // Requests of the platform

  /**
   * Whether a request that comes now is lost: it crosses one of the terminal's own, or the terminal is dead.
   *
   * @param busy the terminal waits for an answer of the platform
   */
  boolean loses(boolean busy) {
    Set<Quirk> quirks = making.quirks();
    if (quirks.contains(Quirk.DEAD)) {
      return life.confirmed();
    }
    return busy && (quirks.contains(Quirk.ONE_AT_A_TIME) || quirks.contains(Quirk.DROPS_CROSSINGS));
  }

  /** Whether it begins a request of its own in this very moment. */
  boolean crosses() {
    return making.quirks().contains(Quirk.DROPS_CROSSINGS)
        && making.random().nextInt(ONE_IN_CROSSING) == 0;
  }

  /** A request of the platform; false where nothing came of it. */
  boolean take(Frame asked, Control control, long now) {
    return parts().respondent().take(asked, control, now);
  }

  /** Nothing of an answer is still to leave. */
  boolean free() {
    return parts.isEmpty() || parts.get().respondent().free();
  }

  // Deeds

  /** What it does next of its own, until {@link #done}. */
  Optional<Deed> next() {
    return parts.flatMap(it -> it.answers().next());
  }

  void done() {
    parts().answers().done();
  }

  void report(byte[] tlvs) {
    parts().answers().report(tlvs);
  }

  // Files

  /** It waits for a block. */
  boolean fetches() {
    return parts.isPresent() && parts.get().fetcher().isOpen();
  }

  /** What it waits for; only while {@link #fetches}. */
  Exchange fetched() {
    return parts().fetcher().exchange();
  }

  /** It has something to fetch, and the load has begun something since it did so. */
  boolean hasTurn() {
    return parts.isPresent() && parts.get().fetcher().hasTurn();
  }

  /** The load begins something. */
  void givesWay() {
    parts.ifPresent(it -> it.fetcher().givesWay());
  }

  void fetch(Control control, long now) {
    parts.ifPresent(it -> it.fetcher().begin(control, now));
  }

  void fetchAgain(Control control, long now) {
    parts.ifPresent(it -> it.fetcher().transmit(control, now));
  }

  /** True where it reboots on that. */
  boolean blockCame(int sequence, Control control, long now) {
    return parts.isPresent() && parts.get().fetcher().answered(sequence, control, now);
  }

  // Lines and time

  void lineLost() {
    parts.ifPresent(it -> {
      it.respondent().drop();
      it.fetcher().connectionLost();
    });
  }

  void resume(Control control, long now) {
    parts.ifPresent(it -> it.fetcher().resume(control, now));
  }

  void tick(Control control, long now) {
    if (parts.isPresent()) {
      Parts made = parts.get();
      made.respondent().tick(control, now);
      made.fetcher().tick(now).ifPresent(made.answers()::plan);
    }
  }

  /** Until {@link #tick} does something. */
  long waitNanos(long now) {
    return parts.isEmpty()
        ? Patience.FOREVER
        : Math.min(
            parts.get().respondent().waitNanos(now), parts.get().fetcher().waitNanos(now));
  }
}
