package io.m2mgate.bridge;

import io.m2mgate.store.EventLog;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** Owns the list of open taps with their figures, and ends those whose key was revoked. Safe for any thread. */
public final class Taps {

  /** How events leave. */
  public enum Kind {
    PULL,
    SSE,
    WEBSOCKET,
    WEBHOOK,
    MQTT,
    MIRROR,
    TRACE;

    String tag() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final EventLog log;
  private final EventPages pages;
  private final Set<Tap> open = ConcurrentHashMap.newKeySet();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final Map<Kind, Counter> delivered = new EnumMap<>(Kind.class);

  /** One reader of a log, from its opening to {@link #close}. */
  public final class Tap {
    private final Kind kind;
    private final Caller caller;
    private final String app;
    private final LongSupplier lag;
    private final Runnable ender;

    private Tap(Kind kind, Caller caller, String app, LongSupplier lag, Runnable ender) {
      this.kind = kind;
      this.caller = caller;
      this.app = app;
      this.lag = lag;
      this.ender = ender;
    }

    public void delivered(int events) {
      delivered.get(kind).increment(events);
    }

    public void close() {
      if (open.remove(this)) {
        told(this, -1);
      }
    }
  }

  public Taps(EventLog log, Access access, ApplicationRegistry applications, MeterRegistry meters) {
    this.log = log;
    this.pages = new EventPages(log);
    for (var kind : Kind.values()) {
      delivered.put(
          kind, Counter.builder("m2mgate_tap_events").tag("kind", kind.tag()).register(meters));
      Gauge.builder("m2mgate_tap_open", () -> count(kind))
          .tag("kind", kind.tag())
          .register(meters);
      Gauge.builder("m2mgate_tap_lag_max", () -> lagMax(kind))
          .tag("kind", kind.tag())
          .register(meters);
    }
    access.onRevoke(this::revoked);
    access.onEnd(this::end);
    applications.onChange(app -> {
      if (!applications.exists(app)) {
        pages.forget(app);
        open.stream().filter(tap -> tap.app.equals(app)).forEach(tap -> tap.ender.run());
      }
    });
  }

  /**
   * @param app whose log it reads
   * @param lag how many events it is behind, read from any thread
   * @param ender ends it when its key is revoked; called on any thread, must not block
   */
  public Tap open(Kind kind, Caller caller, String app, LongSupplier lag, Runnable ender) {
    var tap = new Tap(kind, caller, app, lag, ender);
    open.add(tap);
    told(tap, 1);
    return tap;
  }

  /** The listener hears of every tap that an application opens and closes, on the thread that does; it must not block. */
  void onChange(Listener listener) {
    listeners.add(listener);
  }

  /** Who is told of taps. */
  @FunctionalInterface
  interface Listener {
    /** @param more 1 for one that was opened, -1 for one that was closed */
    void changed(String app, Kind kind, int more);
  }

  private void told(Tap tap, int more) {
    tap.caller
        .app()
        .ifPresent(app -> listeners.forEach(listener -> listener.changed(app, tap.kind, more)));
  }

  public int openOf(Kind kind) {
    return (int) count(kind);
  }

  EventLog log() {
    return log;
  }

  EventPages pages() {
    return pages;
  }

  private void end(Predicate<Caller> callers) {
    open.stream().filter(tap -> callers.test(tap.caller)).forEach(tap -> tap.ender.run());
  }

  private void revoked(String app, Optional<String> keyId) {
    open.stream()
        .filter(tap -> tap.caller.app().filter(app::equals).isPresent())
        .filter(tap -> keyId.map(tap.caller.keyId()::equals).orElse(true))
        .forEach(tap -> tap.ender.run());
  }

  private long count(Kind kind) {
    return open.stream().filter(tap -> tap.kind == kind).count();
  }

  private long lagMax(Kind kind) {
    return open.stream()
        .filter(tap -> tap.kind == kind)
        .mapToLong(tap -> tap.lag.getAsLong())
        .max()
        .orElse(0);
  }
}
