package io.m2mgate.command;

import io.m2mgate.bus.Lane;
import io.m2mgate.session.Resident;
import io.m2mgate.store.CommandStore;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Type;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the terminals of one lane may fetch, as far as it is in memory; the rest is in the store, which is asked for one terminal at
 * most every so often. Used on the lane's thread.
 */
final class Offers {

  private static final Set<Type> UPGRADES = Set.of(Type.UPGRADE);

  /** Of one terminal; there is one under way at a time. */
  private static final int OPEN = 16;

  private static final float LOAD = 0.75f;

  private final Lane lane;
  private final Context context;
  private final CommandStore store;
  private final long lookMillis;
  private final Map<String, Known> known;

  /** What is known of one terminal. */
  private static final class Known {
    private final Resident resident;
    private final Set<String> endedMeanwhile = new HashSet<>(1);
    private List<Offer> offers = List.of();
    private long lookedMillis = Long.MIN_VALUE / 2;
    private boolean looking;
    /** A look that began after those who wait for it came. */
    private Optional<Promise<List<Offer>>> next = Optional.empty();

    private Known(Resident resident) {
      this.resident = resident;
    }
  }

  Offers(Lane lane, Context context, CommandStore store, int terminals, long lookMillis) {
    this.lane = lane;
    this.context = context;
    this.store = store;
    this.lookMillis = lookMillis;
    this.known = new LinkedHashMap<>(16, LOAD, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
        return size() > terminals;
      }
    };
  }

  /** From memory. */
  Optional<Offer> find(Resident resident, long transaction) {
    Known its = known.get(resident.serial());
    return its == null || its.resident != resident
        ? Optional.empty()
        : find(its.offers, transaction);
  }

  private Optional<Offer> find(List<Offer> offers, long transaction) {
    for (Offer offer : offers) {
      if (offer.transaction() == transaction && offer.expiresMillis() > lane.nowMillis()) {
        return Optional.of(offer);
      }
    }
    return Optional.empty();
  }

  /** From the store, as it is after this call. Completes on the lane. */
  Future<Optional<Offer>> look(Resident resident, long transaction) {
    Known its = known.get(resident.serial());
    if (its == null || its.resident != resident) {
      its = new Known(resident);
      known.put(resident.serial(), its);
    }
    if (its.next.isEmpty()) {
      its.next = Optional.of(Promise.promise());
    }
    Future<List<Offer>> looked = its.next.get().future();
    if (!its.looking) {
      lookInTime(its);
    }
    return looked.map(offers -> find(offers, transaction));
  }

  private void lookInTime(Known its) {
    its.looking = true;
    long due = its.lookedMillis + lookMillis - lane.nowMillis();
    if (due > 0) {
      context.owner().setTimer(Math.min(due, lookMillis), timer -> look(its));
    } else {
      look(its);
    }
  }

  private void look(Known its) {
    Promise<List<Offer>> asked = its.next.orElseThrow();
    its.next = Optional.empty();
    its.lookedMillis = lane.nowMillis();
    its.endedMeanwhile.clear();
    store
        .openOf(its.resident.serial(), UPGRADES, "", OPEN)
        .onComplete(read -> context.runOnContext(nothing -> {
          its.looking = false;
          if (read.succeeded()) {
            its.offers = read.result().stream()
                .filter(command -> !its.endedMeanwhile.contains(command.id()))
                .map(Offer::of)
                .toList();
          }
          // The next look forgets what ended during this one.
          if (its.next.isPresent()) {
            lookInTime(its);
          }
          if (read.failed()) {
            asked.fail(read.cause());
          } else {
            asked.complete(its.offers);
          }
        }));
  }

  /** A command has ended: what it offered is not there any more. */
  void ended(StoredCommand command) {
    Known its = known.get(command.serial());
    if (its == null || command.head().type() != Type.UPGRADE) {
      return;
    }
    if (its.looking) {
      its.endedMeanwhile.add(command.id());
    }
    its.offers = its.offers.stream()
        .filter(offer -> !offer.command().equals(command.id()))
        .toList();
  }

  int size() {
    return known.size();
  }
}
