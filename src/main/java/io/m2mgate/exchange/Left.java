package io.m2mgate.exchange;

import io.m2mgate.dictionary.Command;
import java.util.Optional;

/** The last order that ended while it was in flight: its terminal may answer it yet. Owned by its exchange. */
final class Left<O extends Order> {
  private Optional<Item<O>> last = Optional.empty();
  private long untilMillis;

  void put(Item<O> item, long until) {
    last = Optional.of(item);
    untilMillis = until;
  }

  boolean awaits(long nowMillis) {
    return last.isPresent() && nowMillis < untilMillis;
  }

  /** Given once. */
  Optional<O> answered(Command command, int sequence, long nowMillis) {
    Optional<Item<O>> match =
        last.filter(item -> awaits(nowMillis) && item.leftAs(command, sequence));
    if (match.isPresent()) {
      last = Optional.empty();
    }
    return match.map(item -> item.order);
  }
}
