package io.m2mgate.security;

import io.m2mgate.session.Resident;
import io.m2mgate.store.StoredTerminal;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads changed records of a lane's terminals again. Of each terminal one at a time, so that an earlier reading never replaces a
 * later one, and while the terminal stays on this lane. Runs on the lane's loop.
 */
final class Renewals {

  private final Context context;
  private final Vertx vertx;
  private final int tries;
  private final long pauseMillis;
  private final Function<String, Future<Optional<StoredTerminal>>> store;
  private final BiConsumer<Resident, Optional<StoredTerminal>> apply;
  private final Consumer<Resident> settle;
  private final Set<Resident> underWay = new HashSet<>();
  private final Map<Resident, Promise<Void>> next = new IdentityHashMap<>();

  /**
   * @param tries how often a record is read before its change is said to have failed, {@code pauseMillis} apart
   * @param apply takes what was read, empty when it is gone; what it throws fails the change
   * @param settle told when a terminal has no reading under way
   */
  Renewals(
      Vertx vertx,
      Context context,
      int tries,
      long pauseMillis,
      Function<String, Future<Optional<StoredTerminal>>> store,
      BiConsumer<Resident, Optional<StoredTerminal>> apply,
      Consumer<Resident> settle) {
    this.vertx = vertx;
    this.context = context;
    this.tries = tries;
    this.pauseMillis = pauseMillis;
    this.store = store;
    this.apply = apply;
    this.settle = settle;
  }

  /** Done when what a reading begun from now on found is in force; fails when the store stayed away. */
  Future<Void> renew(Resident resident) {
    if (!underWay.add(resident)) {
      return next.computeIfAbsent(resident, waiting -> {
            waiting.begin();
            return Promise.promise();
          })
          .future();
    }
    resident.begin();
    Promise<Void> done = Promise.promise();
    read(resident, tries, done);
    return done.future();
  }

  private void read(Resident resident, int triesLeft, Promise<Void> done) {
    store
        .apply(resident.serial())
        .onComplete(read -> context.runOnContext(nothing -> {
          if (read.failed() && triesLeft > 1) {
            vertx.setTimer(pauseMillis, timer -> read(resident, triesLeft - 1, done));
          } else {
            Future<Void> applied = read.succeeded()
                ? applied(resident, read.result())
                : Future.failedFuture(read.cause());
            ended(resident);
            applied.onComplete(done);
          }
        }));
  }

  private Future<Void> applied(Resident resident, Optional<StoredTerminal> found) {
    try {
      apply.accept(resident, found);
      return Future.succeededFuture();
    } catch (SecretBox.SealBroken e) {
      return Future.failedFuture(e);
    }
  }

  private void ended(Resident resident) {
    underWay.remove(resident);
    Optional.ofNullable(next.remove(resident)).ifPresent(later -> {
      renew(resident).onComplete(later);
      resident.end();
    });
    resident.end();
    settle.accept(resident);
  }
}
