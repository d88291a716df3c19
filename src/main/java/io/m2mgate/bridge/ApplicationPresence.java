package io.m2mgate.bridge;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Which applications are there: one is while it has a session, a tap or an MQTT connection open. Knows what happened since the
 * gateway's start; one entry an application, safe for any thread.
 */
public final class ApplicationPresence {

  /** What the gateway opens by itself, and what only an administrator has. */
  private static final Set<Taps.Kind> OTHERS =
      Set.of(Taps.Kind.WEBHOOK, Taps.Kind.MIRROR, Taps.Kind.TRACE);

  private final Map<String, State> byApp = new ConcurrentHashMap<>();

  /**
   * @param sinceMillis since when it is there or not; 0 before the first change
   * @param seenMillis when it asked last; 0 never
   */
  public record Presence(
      boolean online,
      long sinceMillis,
      long seenMillis,
      int sessions,
      Map<Taps.Kind, Integer> taps) {}

  private static final class State {
    private final Map<Taps.Kind, Integer> taps = new EnumMap<>(Taps.Kind.class);
    private int sessions;
    private boolean online;
    private long sinceMillis;
    private volatile long seenMillis;

    private synchronized void changed(long nowMillis) {
      boolean there = sessions > 0
          || taps.entrySet().stream()
              .anyMatch(kind -> kind.getValue() > 0 && !OTHERS.contains(kind.getKey()));
      if (there != online) {
        online = there;
        sinceMillis = nowMillis;
      }
    }

    private synchronized Presence shown() {
      var open = new EnumMap<Taps.Kind, Integer>(Taps.Kind.class);
      taps.forEach((kind, count) -> {
        if (count > 0) {
          open.put(kind, count);
        }
      });
      return new Presence(online, sinceMillis, seenMillis, sessions, open);
    }
  }

  public Presence of(String app) {
    var state = byApp.get(app);
    return state == null ? new Presence(false, 0, 0, 0, Map.of()) : state.shown();
  }

  boolean isOnline(String app) {
    return of(app).online();
  }

  void tap(String app, Taps.Kind kind, int more, long nowMillis) {
    change(app, more, state -> {
      state.taps.merge(kind, more, (open, by) -> Math.max(0, open + by));
      state.changed(nowMillis);
    });
  }

  void session(String app, int more, long nowMillis) {
    change(app, more, state -> {
      state.sessions = Math.max(0, state.sessions + more);
      state.changed(nowMillis);
    });
  }

  /** What closes after its application was deleted finds nothing. */
  private void change(String app, int more, Consumer<State> change) {
    var state = more > 0 ? state(app) : byApp.get(app);
    if (state != null) {
      synchronized (state) {
        change.accept(state);
      }
    }
  }

  void seen(String app, long nowMillis) {
    state(app).seenMillis = nowMillis;
  }

  void forget(String app) {
    byApp.remove(app);
  }

  private State state(String app) {
    return byApp.computeIfAbsent(app, code -> new State());
  }
}
