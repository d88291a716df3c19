package io.m2mgate.ops;

import io.m2mgate.api.EventTypes;
import io.m2mgate.bus.RotationEvents;
import io.m2mgate.session.SecretSet.Expiries;
import io.m2mgate.store.Rotation;
import io.m2mgate.store.Rotation.State;
import io.m2mgate.store.RotationWish;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.store.SecurityStore;
import io.m2mgate.store.SecurityStore.Expiring;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at deadlines and expiries page by page: tells the applications once of each, and rotates in time what expires (5.3.10,
 * 6.1.14). Driven by a timer; may be used from any thread, one look at a time.
 */
final class RotationPolicy {

  private static final Logger LOG = LoggerFactory.getLogger(RotationPolicy.class);
  private static final int PAGE = 200;

  /** Remembered beside the events: a rotation of all that was due then. */
  private static final String ROTATED = "rotated";

  private final SecurityStore store;
  private final RotationAdmin rotations;
  private final InstantSource clock;
  private final long warnSeconds;
  private final boolean auto;
  private boolean looking;

  /**
   * @param warnSeconds before an expiry at which it is told of
   * @param auto what is told of is rotated
   */
  RotationPolicy(
      SecurityStore store,
      RotationAdmin rotations,
      InstantSource clock,
      long warnSeconds,
      boolean auto) {
    this.store = store;
    this.rotations = rotations;
    this.clock = clock;
    this.warnSeconds = warnSeconds;
    this.auto = auto;
  }

  /** Does nothing while the look before is not through. */
  synchronized void look() {
    if (looking) {
      return;
    }
    looking = true;
    overdue()
        .compose(done -> expiring(""))
        .onFailure(cause -> LOG.warn("cannot look at expiries: {}", cause.getMessage()))
        .onComplete(done -> ended());
  }

  private synchronized void ended() {
    looking = false;
  }

  private Future<Void> overdue() {
    return store.overdue(clock.millis(), PAGE).compose(page -> {
      Future<?> all = Future.succeededFuture();
      for (Rotation rotation : page) {
        all = all.compose(done ->
            rotations.step(rotation, State.UNCONFIRMED, "no session under it before its deadline"));
      }
      return page.size() < PAGE ? all.mapEmpty() : all.compose(done -> overdue());
    });
  }

  private Future<Void> expiring(String afterSerial) {
    long second = clock.millis() / 1000;
    return store.expiringBefore(second + warnSeconds, afterSerial, PAGE).compose(page -> {
      Future<?> all = Future.succeededFuture();
      for (Expiring terminal : page) {
        all = all.compose(done -> serve(terminal, second));
      }
      return page.size() < PAGE
          ? all.mapEmpty()
          : all.compose(done -> expiring(page.get(page.size() - 1).serial()));
    });
  }

  private Future<?> serve(Expiring terminal, long second) {
    Set<String> words = new TreeSet<>();
    Set<String> due = new TreeSet<>();
    finite(terminal.expiries()).forEach((secret, expires) -> {
      if (expires < second + warnSeconds) {
        due.add(secret);
        tell(terminal, EventTypes.KEY_EXPIRING, secret, expires, words);
      }
      if (expires <= second) {
        tell(terminal, EventTypes.KEY_EXPIRED, secret, expires, words);
      }
    });
    Set<String> served = new TreeSet<>(words);
    if (auto) {
      served.add(ROTATED);
    }
    if (served.equals(terminal.told())) {
      return Future.succeededFuture();
    }
    // The rotation first: one that is open is found again when this is not remembered.
    Future<Boolean> covered = auto ? rotate(terminal.serial(), due) : Future.succeededFuture(true);
    // What an open rotation leaves out is due again when that one has ended.
    return covered.compose(all -> told(terminal, all ? served : words)).recover(cause -> {
      LOG.warn(
          "terminal {}: cannot rotate what expires: {}", terminal.serial(), cause.getMessage());
      return Future.succeededFuture();
    });
  }

  /** True when a rotation of all that is due is on its way; one that a registration left behind is sent in a session then. */
  private Future<Boolean> rotate(String serial, Set<String> due) {
    return rotations.open(serial, RotationWish.of(due, Rotation.Origin.POLICY)).compose(asked -> {
      Rotation.Origin origin = asked.rotation().origin();
      boolean leavesByItself =
          origin == Rotation.Origin.OPERATOR || origin == Rotation.Origin.POLICY;
      return leavesByItself || !asked.covers()
          ? Future.succeededFuture(asked.covers())
          : rotations.resend(asked.rotation()).map(true);
    });
  }

  private Future<?> told(Expiring terminal, Set<String> words) {
    return words.equals(terminal.told())
        ? Future.succeededFuture()
        : store.told(terminal.serial(), words);
  }

  private void tell(
      Expiring terminal, String type, String secret, long expires, Set<String> words) {
    String word = type + ":" + secret + ":" + expires;
    words.add(word);
    if (!terminal.told().contains(word)) {
      rotations.append(RotationEvents.expiry(
          terminal.app(), terminal.serial(), type, secret, expires, clock.millis()));
    }
  }

  private static Map<String, Long> finite(Expiries expiries) {
    Map<String, Long> finite = new LinkedHashMap<>();
    finite.put(SecretKinds.UPLINK_PASSWORD, expiries.uplink());
    finite.put(SecretKinds.DOWNLINK_PASSWORD, expiries.downlink());
    finite.put(SecretKinds.BASE_KEY, expiries.baseKey());
    finite.values().removeIf(expires -> expires == Expiries.NONE);
    return finite;
  }
}
