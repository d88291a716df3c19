package io.m2mgate.bridge;

import io.m2mgate.bridge.AccessRefused.Reason;
import io.m2mgate.bus.SecurityTrail;
import io.m2mgate.config.AccessSettings;
import io.m2mgate.config.Cidr;
import io.m2mgate.store.ApplicationStore.Application;
import io.m2mgate.store.ApplicationStore.KeyOwner;
import io.m2mgate.store.ApplicationStore.Rate;
import io.m2mgate.store.Store;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one door for requests of applications: who asks ({@link Access}), from where, and how much; and what ends by time: keys, tokens,
 * sessions and what was opened with them. Safe for any thread.
 */
public final class Admission {

  private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
  private static final int FLUSH_TICKS = 10;
  private static final int SWEEP_TICKS = 60;

  private final Store store;
  private final Access access;
  private final ApplicationRegistry applications;
  private final AccessSettings settings;
  private final InstantSource clock;
  private final ApplicationPresence presence = new ApplicationPresence();
  private final UseNotes notes = new UseNotes();
  private final RequestRates rates;
  private final AccessTrail trail;
  private final Sessions sessions;
  private final Tokens tokens;

  /** The ends of keys that have one; as many as there are such keys. */
  private final Map<String, End> keyEnds = new ConcurrentHashMap<>();

  private int ticks;

  private record End(String app, long millis) {}

  /** What it works with. */
  public record Parts(
      Store store,
      Access access,
      ApplicationRegistry applications,
      Taps taps,
      SecurityTrail trail) {}

  public Admission(Parts parts, AccessSettings settings, InstantSource clock) {
    this.store = parts.store();
    this.access = parts.access();
    this.applications = parts.applications();
    this.settings = settings;
    this.clock = clock;
    this.rates = new RequestRates(settings.requestsPerSecond());
    this.trail = new AccessTrail(parts.trail());
    this.sessions = new Sessions(store, access, settings, presence, trail, clock);
    this.tokens = new Tokens(access, settings, clock);
    parts.taps().onChange((app, kind, more) -> presence.tap(app, kind, more, clock.millis()));
    applications.onChange(this::changed);
  }

  /** Reads what is open and what will end; to be done before a port opens. */
  public Future<Void> load() {
    return sessions.load().compose(done -> store.applications().endingKeys()).map(keys -> {
      keys.forEach(this::load);
      return null;
    });
  }

  private void load(KeyOwner key) {
    long millis = key.key().terms().expiresMillis();
    if (millis <= clock.millis()) {
      sessions.endOfKey(key.appCode(), key.key().keyId());
    } else {
      keyEnds(key.appCode(), key.key().keyId(), millis);
    }
  }

  /**
   * Says who asks, and counts it as a request of its application. Fails with {@link AccessRefused}, with a {@link Problem} where the
   * application asked too much, or with the store's fault. Completes on any thread.
   *
   * @param presented a key, an access token or the token of a session
   * @param from the client's address; absent where none is known
   */
  public Future<Caller> admit(String presented, Optional<InetAddress> from) {
    return access.authenticate(presented).compose(caller -> {
      try {
        return Future.succeededFuture(check(caller, from));
      } catch (AccessRefused | Problem refused) {
        return Future.failedFuture(refused);
      }
    });
  }

  private Caller check(Caller caller, Optional<InetAddress> from) {
    if (caller.isAdministrator()) {
      return caller;
    }
    String app = caller.app().orElseThrow();
    Application application =
        applications.find(app).orElseThrow(() -> AccessRefused.UNAUTHENTICATED);
    if (!allows(application, from)) {
      trail.refused(app, "address-not-allowed", caller.keyId(), from, clock.millis());
      throw AccessRefused.ADDRESS_NOT_ALLOWED;
    }
    rates.take(application, System.nanoTime()).ifPresent(tooMany -> {
      throw tooMany;
    });
    long now = clock.millis();
    presence.seen(app, now);
    notes.key(caller.keyId(), now);
    if (!caller.hasKey()) {
      notes.session(caller.standing().grantId(), now);
    }
    return caller.from(from);
  }

  /** Counts a request that comes on a connection whose caller is known already; a problem when it is one too many. */
  public Optional<Problem> spend(Caller caller) {
    return caller
        .app()
        .flatMap(applications::find)
        .flatMap(application -> rates.take(application, System.nanoTime()));
  }

  /** Who could not show that he is an application that is there; others are nobody's entry. */
  public void refused(String claimed, Throwable cause, Optional<InetAddress> from) {
    boolean told = cause instanceof AccessRefused refused
        && (refused.reason() == Reason.UNAUTHENTICATED
            || refused.reason() == Reason.SESSION_EXPIRED
            || refused.reason() == Reason.APP_DISABLED);
    if (told && applications.exists(claimed)) {
      trail.refused(claimed, "invalid-client", "", from, clock.millis());
    }
  }

  /** To be called once an application was disabled or its scopes were narrowed: its tokens and sessions are over. */
  public Future<Void> endGrants(String app) {
    return sessions.endAll(app).onComplete(done -> access.forget(app, Optional.empty()));
  }

  /** To be called once a key was removed: what was granted on its strength is over, and what it opened ends. */
  public void keyRemoved(String app, String keyId) {
    keyEnds.remove(keyId);
    sessions.endOfKey(app, keyId);
    access.revoke(app, Optional.of(keyId));
  }

  /** To be called once a key has an end, or another one. */
  public void keyEnds(String app, String keyId, long millis) {
    keyEnds.put(keyId, new End(app, millis));
    access.forget(app, Optional.of(keyId));
  }

  public AccessSettings settings() {
    return settings;
  }

  public Sessions sessions() {
    return sessions;
  }

  public Tokens tokens() {
    return tokens;
  }

  public ApplicationPresence presence() {
    return presence;
  }

  /** What holds for an application that may have no rate of its own. */
  public Rate rate(Application application) {
    return rates.of(application);
  }

  /** Applications by what they are, for the metrics. */
  public long count(boolean online) {
    return applications.codes().stream()
        .filter(app -> presence.isOnline(app) == online)
        .count();
  }

  /** Looks at what is over; to be called about once a second, by one thread at a time. */
  public void tick() {
    long now = clock.millis();
    sessions.look(now);
    keyEnds.forEach((keyId, end) -> {
      if (end.millis() <= now) {
        keyRemoved(end.app(), keyId);
        trail.ended("key.expire", end.app(), "keyId", keyId);
      }
    });
    access.end(caller -> isOver(caller, now));
    ticks++;
    if (ticks % FLUSH_TICKS == 0) {
      notes.flush(store);
    }
    if (ticks % SWEEP_TICKS == 0) {
      sweep(now - TimeUnit.SECONDS.toMillis(settings.rememberSeconds()));
    }
  }

  /** Also finds what was opened while its end was on the way, and missed it. */
  private boolean isOver(Caller caller, long nowMillis) {
    var standing = caller.standing();
    boolean inSession = !caller.hasKey() && standing.untilMillis() == Long.MAX_VALUE;
    return standing.untilMillis() <= nowMillis
        || inSession && !sessions.isOpen(standing.grantId())
        || isElsewhere(caller);
  }

  private boolean isElsewhere(Caller caller) {
    return caller.standing().from().isPresent()
        && caller
            .app()
            .flatMap(applications::find)
            .filter(application -> !allows(application, caller.standing().from()))
            .isPresent();
  }

  private void sweep(long beforeMillis) {
    store
        .grants()
        .sweep(beforeMillis)
        .onSuccess(more -> {
          if (more) {
            sweep(beforeMillis);
          }
        })
        .onFailure(cause -> LOG.warn("tokens that are over stay: {}", cause.getMessage()));
  }

  /** What was opened from where the application may not be used any more ends; what it had, if it is gone. */
  private void changed(String app) {
    if (!applications.exists(app)) {
      sessions.forgetAll(app);
      rates.forget(app);
      presence.forget(app);
      keyEnds.values().removeIf(end -> end.app().equals(app));
    } else {
      access.end(caller -> caller.app().filter(app::equals).isPresent() && isElsewhere(caller));
    }
  }

  private static boolean allows(Application application, Optional<InetAddress> from) {
    List<Cidr> ranges = application.limits().allowFrom();
    return ranges.isEmpty()
        || from.filter(address -> ranges.stream().anyMatch(range -> range.contains(address)))
            .isPresent();
  }
}
