package io.m2mgate.bridge;

import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.bridge.LiveSessions.Live;
import io.m2mgate.config.AccessSettings;
import io.m2mgate.store.ConsumerStore.Cursor;
import io.m2mgate.store.GrantStore.Grant;
import io.m2mgate.store.GrantStore.Kind;
import io.m2mgate.store.Store;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens, keeps and ends the sessions of applications (clauses 6.1.2, 6.1.3, 6.1.9). One that nobody ended is open again after a
 * restart, with all its time: that the gateway was away is not its client's fault. Safe for any thread.
 */
public final class Sessions {

  private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
  private static final String CONSUMER_KIND = "named";

  private final Store store;
  private final Access access;
  private final LiveSessions live;
  private final AccessSettings settings;
  private final ApplicationPresence presence;
  private final AccessTrail trail;
  private final InstantSource clock;

  /** What ended while the store could not be told, with when; no more than were open. */
  private final Map<String, Long> unwritten = new ConcurrentHashMap<>();

  /**
   * What a client wants.
   *
   * @param scopes absent for all that it has
   * @param heartbeatSeconds absent for the setting
   */
  public record Wish(
      Optional<String> consumer, Optional<Set<Scope>> scopes, Optional<Integer> heartbeatSeconds) {}

  /** An open one as it is shown. */
  public record Shown(
      String id,
      String app,
      Set<String> scopes,
      Optional<String> consumer,
      int heartbeatSeconds,
      long createdMillis,
      long seenMillis,
      long expiresMillis) {}

  /**
   * @param token shown once
   * @param offset that the client goes on behind
   */
  public record Opened(Shown session, String token, long offset) {}

  Sessions(
      Store store,
      Access access,
      AccessSettings settings,
      ApplicationPresence presence,
      AccessTrail trail,
      InstantSource clock) {
    this.store = store;
    this.access = access;
    this.live = access.sessions();
    this.settings = settings;
    this.presence = presence;
    this.trail = trail;
    this.clock = clock;
  }

  Future<Void> load() {
    return store.grants().openSessions().map(open -> {
      open.forEach(this::add);
      return null;
    });
  }

  /** Fails with {@link Problem}. The caller has an application and a key. */
  public Future<Opened> open(Caller caller, Wish wish) {
    String app = caller.app().orElseThrow();
    Set<Scope> scopes = wish.scopes().orElse(caller.scopes());
    if (!caller.scopes().containsAll(scopes)) {
      return Problem.failed(ProblemType.SCOPE_MISSING, "the key has fewer scopes than that");
    }
    if (wish.consumer().isPresent() && !scopes.contains(Scope.DATA_READ)) {
      return Problem.failed(
          ProblemType.SCOPE_MISSING, "a consumer needs the scope " + Scope.DATA_READ.text());
    }
    return offset(app, wish.consumer()).compose(offset -> {
      var token = access.newToken(Kind.SESSION);
      long now = clock.millis();
      var grant = new Grant(
          UlidCreator.getMonotonicUlid(now).toString(),
          Kind.SESSION,
          app,
          caller.keyId(),
          token.digest(),
          scopes.stream().map(Scope::text).collect(Collectors.toSet()),
          wish.consumer(),
          wish.heartbeatSeconds().orElse(settings.heartbeatSeconds()),
          now,
          now,
          0,
          false);
      return store
          .grants()
          .create(grant, settings.sessions())
          .compose(room -> room
              ? Future.succeededFuture(new Opened(shown(add(grant)), token.presented(), offset))
              : Future.failedFuture(full()));
    });
  }

  private Problem full() {
    return Problem.of(
            ProblemType.QUOTA_EXCEEDED,
            settings.sessions() + " sessions are open (applications.sessions)")
        .with("Retry-After", String.valueOf(settings.heartbeatSeconds()));
  }

  /** Where the consumer is, which is made at the log's end when it is new; else the log's end. */
  private Future<Long> offset(String app, Optional<String> consumer) {
    var end = store.events().extent(app);
    if (consumer.isEmpty()) {
      return end.map(extent -> extent.last());
    }
    String name = consumer.get();
    return store
        .consumers()
        .read(app, name)
        .compose(found -> found.isPresent()
            ? Future.succeededFuture(found.get().offset())
            : end.compose(extent -> store
                .consumers()
                .put(app, new Cursor(name, CONSUMER_KIND, extent.last(), "{}", clock.millis()))
                .map(extent.last())));
  }

  /** The time at which it is over unless it is heard before; empty when there is no such session. */
  public Optional<Shown> heartbeat(String app, String id) {
    long now = clock.millis();
    var found = live.find(app, id, now);
    found.ifPresent(session -> live.heard(session, now));
    return found.map(Sessions::shown);
  }

  public Optional<Shown> find(String app, String id) {
    return live.find(app, id, clock.millis()).map(Sessions::shown);
  }

  /** Those of an application, oldest first; there are at most {@code applications.sessions}. */
  public List<Shown> of(String app) {
    return live.of(app, clock.millis()).stream().map(Sessions::shown).toList();
  }

  /** Ends one, and what was opened with it; false when there is no such session. */
  public Future<Boolean> end(String app, String id) {
    var found = live.find(app, id, clock.millis());
    return found.isEmpty()
        ? Future.succeededFuture(false)
        : end(found.get(), clock.millis()).map(true);
  }

  /** Ends all sessions of an application, and its tokens. */
  Future<Void> endAll(String app) {
    live.all().stream().filter(session -> session.grant().app().equals(app)).forEach(this::forget);
    return store.grants().endAll(app, clock.millis());
  }

  /** To be called once the key is gone or past its end. */
  void endOfKey(String app, String keyId) {
    live.all().stream()
        .filter(session ->
            session.grant().app().equals(app) && session.grant().keyId().equals(keyId))
        .forEach(session -> end(session, clock.millis()));
  }

  /** What belongs to no application any more. */
  void forgetAll(String app) {
    live.all().stream().filter(session -> session.grant().app().equals(app)).forEach(this::forget);
  }

  /** Ends what was not heard for too long. */
  void look(long nowMillis) {
    live.all().stream().filter(session -> session.isOver(nowMillis)).forEach(session -> {
      end(session, nowMillis);
      trail.ended("session.expire", session.grant().app(), "id", session.grant().id());
    });
    List.copyOf(unwritten.entrySet())
        .forEach(ended -> store
            .grants()
            .end(ended.getKey(), ended.getValue())
            .onSuccess(done -> unwritten.remove(ended.getKey())));
  }

  boolean isOpen(String id) {
    return live.isOpen(id);
  }

  public int size() {
    return live.size();
  }

  private Live add(Grant grant) {
    var session = live.add(grant, clock.millis());
    presence.session(grant.app(), 1, clock.millis());
    return session;
  }

  private Future<Void> end(Live session, long atMillis) {
    forget(session);
    String id = session.grant().id();
    return store.grants().end(id, atMillis).onFailure(cause -> {
      LOG.warn("session {} has ended, the store will be told later: {}", id, cause.getMessage());
      unwritten.put(id, atMillis);
    });
  }

  private void forget(Live session) {
    if (live.remove(session)) {
      presence.session(session.grant().app(), -1, clock.millis());
    }
    access.end(caller -> caller.standing().grantId().equals(session.grant().id()));
  }

  private static Shown shown(Live session) {
    var grant = session.grant();
    return new Shown(
        grant.id(),
        grant.app(),
        grant.scopes(),
        grant.consumer(),
        grant.heartbeatSeconds(),
        grant.createdMillis(),
        session.seenMillis(),
        session.expiresMillis());
  }
}
