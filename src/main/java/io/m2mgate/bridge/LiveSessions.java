package io.m2mgate.bridge;

import io.m2mgate.store.GrantStore.Grant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The open sessions of all applications with the time at which each was heard last. Bounded by what applications may have open
 * ({@code applications.sessions}); safe for any thread.
 */
final class LiveSessions {

  /** A session is over after so many heartbeats that did not come. */
  static final int MISSED = 3;

  /** One of them, from its opening to its end. */
  static final class Live {
    private final Grant grant;
    private volatile long seenMillis;

    private Live(Grant grant, long seenMillis) {
      this.grant = grant;
      this.seenMillis = seenMillis;
    }

    Grant grant() {
      return grant;
    }

    long seenMillis() {
      return seenMillis;
    }

    /** When it is over unless it is heard before. */
    long expiresMillis() {
      return seenMillis + MISSED * TimeUnit.SECONDS.toMillis(grant.heartbeatSeconds());
    }

    boolean isOver(long nowMillis) {
      return nowMillis >= expiresMillis();
    }

    private void heard(long nowMillis) {
      seenMillis = Math.max(seenMillis, nowMillis);
    }
  }

  private final Map<String, Live> byDigest = new ConcurrentHashMap<>();
  private final Map<String, Live> byId = new ConcurrentHashMap<>();

  Live add(Grant grant, long nowMillis) {
    var live = new Live(grant, nowMillis);
    byId.put(grant.id(), live);
    byDigest.put(grant.digest(), live);
    return live;
  }

  /** The one whose token was presented, which is heard by that; empty when it is over. */
  Optional<Live> presented(String digest, long nowMillis) {
    return Optional.ofNullable(byDigest.get(digest)).filter(live -> {
      boolean open = !live.isOver(nowMillis);
      if (open) {
        live.heard(nowMillis);
      }
      return open;
    });
  }

  /** One of an application, unless it is over. */
  Optional<Live> find(String app, String id, long nowMillis) {
    return Optional.ofNullable(byId.get(id))
        .filter(live -> live.grant().app().equals(app) && !live.isOver(nowMillis));
  }

  void heard(Live live, long nowMillis) {
    live.heard(nowMillis);
  }

  /** Those of an application that are not over, oldest first. */
  List<Live> of(String app, long nowMillis) {
    return byId.values().stream()
        .filter(live -> live.grant().app().equals(app) && !live.isOver(nowMillis))
        .sorted(Comparator.comparing(live -> live.grant().id()))
        .toList();
  }

  Collection<Live> all() {
    return byId.values();
  }

  /** False when somebody else removed it. */
  boolean remove(Live live) {
    byDigest.remove(live.grant().digest(), live);
    return byId.remove(live.grant().id(), live);
  }

  boolean isOpen(String id) {
    return byId.containsKey(id);
  }

  int size() {
    return byId.size();
  }
}
