package io.m2mgate.bridge.mqtt;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.EventCursor;
import io.m2mgate.bridge.Gap;
import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.mqtt.ShareGroup.Item;
import io.m2mgate.bridge.mqtt.ShareGroup.Member;
import io.m2mgate.bridge.mqtt.ShareHolders.Stored;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the shared subscriptions that have members now, each with one cursor in its application's log. On the bridge's event loop.
 */
final class Shares {

  private static final Logger LOG = LoggerFactory.getLogger(Shares.class);
  private static final int PAGE_EVENTS = 200;
  private static final int PAGE_BYTES = 128 * 1024;

  private final Vertx vertx;
  private final Context context;
  private final BridgeParts parts;
  private final MqttFigures figures;
  private final ShareGroup.Limits limits;
  private final int most;
  private final Map<Name, Share> active = new HashMap<>();

  private record Name(String app, String text) {}

  Shares(Vertx vertx, BridgeParts parts, MqttFigures figures, MqttOptions options) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.parts = parts;
    this.figures = figures;
    this.limits = options.shareLimits();
    this.most = options.sessions().groups();
  }

  /** Whether there may be one more group of the application. */
  boolean mayJoin(String app, TopicFilter filter) {
    return active.containsKey(new Name(app, filter.text()))
        || active.keySet().stream().filter(name -> name.app().equals(app)).count() < most;
  }

  Share of(String app, TopicFilter filter) {
    return active.computeIfAbsent(new Name(app, filter.text()), name -> new Share(app, filter));
  }

  /** Stores how far they came and looks for members that hold others up; called on a timer. */
  void tick() {
    long now = System.nanoTime();
    List.copyOf(active.values()).forEach(share -> share.tick(now));
  }

  /** One shared subscription, and the order in which it is stored. */
  final class Share implements ShareGroup.Feeder {
    private final String app;
    private final TopicFilter filter;
    private final ShareHolders holders;
    private Optional<ShareGroup> group = Optional.empty();
    /** Read by the lag gauge of any thread. */
    private volatile Optional<EventCursor> cursor = Optional.empty();

    private Future<Void> tail;
    private long offset;
    private int uses;

    private Share(String app, TopicFilter filter) {
      this.app = app;
      this.filter = filter;
      this.holders = new ShareHolders(parts.store().consumers(), app, filter, most);
      this.tail = load();
    }

    /** Completes when the member counts, also after a kill of the gateway. Fails when there may be no more groups. */
    Future<Void> join(Member member, long keepMillis) {
      uses++;
      return next(() -> {
            holders.hold(member.clientId(), keepMillis);
            return holders.store(offset());
          })
          .map(stored -> {
            running().join(member);
            return (Void) null;
          })
          .onFailure(cause -> holders.release(member.clientId(), 0))
          .onComplete(done -> released());
    }

    /** What the member had in flight goes to others at once; completes when that is stored. */
    Future<Void> leave(Member member, long keepMillis) {
      uses++;
      group.ifPresent(running -> running.leave(member));
      offset = offset();
      if (group.filter(ShareGroup::isEmpty).isPresent()) {
        cursor.ifPresent(EventCursor::close);
        cursor = Optional.empty();
        group = Optional.empty();
      }
      return next(() -> {
            holders.release(member.clientId(), keepMillis);
            return holders.store(offset());
          })
          .onComplete(done -> released());
    }

    /** A session that was a member is no more. */
    Future<Void> forget(String clientId) {
      uses++;
      return next(() -> {
            holders.release(clientId, 0);
            return holders.store(offset());
          })
          .onComplete(done -> released());
    }

    void done(Member member, Item item) {
      group.ifPresent(running -> running.done(member, item));
    }

    void goOn() {
      group.ifPresent(ShareGroup::goOn);
    }

    long lag() {
      return cursor.map(EventCursor::lag).orElse(0L);
    }

    @Override
    public void gap(Gap gap) {
      LOG.warn(
          "{} {}: events between {} and {} are past retention",
          app,
          filter.text(),
          gap.after(),
          gap.oldest());
      figures.gap();
    }

    /** The application is gone, and its clients are going. */
    @Override
    public void ended() {
      cursor.ifPresent(EventCursor::close);
    }

    @Override
    public void resume() {
      cursor.ifPresent(EventCursor::resume);
    }

    private Future<Void> load() {
      var extent = Later.on(context, parts.store().events().extent(app));
      return extent.compose(found -> Later.on(context, holders.load()).map(stored -> {
        offset = stored
            .map(Stored::offset)
            .map(committed -> Math.min(committed, found.last()))
            .orElse(found.last());
        return null;
      }));
    }

    private long offset() {
      return group.map(ShareGroup::confirmed).orElse(offset);
    }

    private ShareGroup running() {
      return group.orElseGet(() -> {
        var started = new ShareGroup(app, filter, this, limits, offset);
        group = Optional.of(started);
        var query = new EventCursor.Query(app, offset, PAGE_EVENTS, PAGE_BYTES, Set.of(), Set.of());
        var reader = new EventCursor(vertx, parts.taps(), query, started);
        cursor = Optional.of(reader);
        reader.start();
        return started;
      });
    }

    private void tick(long nowNanos) {
      group.ifPresent(running -> {
        holders.commit(running.confirmed());
        running.look(nowNanos);
      });
    }

    /** One after the other; what could not be loaded stays failed and is forgotten by its last user. */
    private Future<Void> next(Supplier<Future<Void>> step) {
      var done = tail.compose(before -> Later.on(context, step.get()));
      tail = tail.compose(before -> done.otherwiseEmpty());
      return done;
    }

    private void released() {
      if (--uses == 0 && group.isEmpty()) {
        active.remove(new Name(app, filter.text()), this);
      }
    }
  }
}
