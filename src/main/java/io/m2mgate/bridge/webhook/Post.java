package io.m2mgate.bridge.webhook;

import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.bridge.Webhooks.Standing;
import io.m2mgate.store.AuditLog;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoredReplay;
import io.m2mgate.store.StoredReplay.State;
import io.m2mgate.store.StoredWebhook;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns what runs of one webhook: its runner, and that of its replay. What changes it is done one after the other. Lives on the
 * verticle's event loop; only {@link #standing} may be asked from elsewhere.
 */
final class Post {

  private static final Logger LOG = LoggerFactory.getLogger(Post.class);
  private static final String REPLAY_HEADER = "webhook-replay";
  private static final long AGAIN_MILLIS = 1_000;

  private final Vertx vertx;
  private final Store store;
  private final Runner.Parts parts;
  private final Secrets secrets;
  private final String id;
  private final Supervisor supervisor;
  private volatile Optional<Runner> live = Optional.empty();
  private Optional<StoredWebhook> stored = Optional.empty();
  private Optional<Runner> replay = Optional.empty();
  private String replayId = "";
  private int generation;
  private Future<Void> turn = Future.succeededFuture();

  /** Who knows of all of them. */
  interface Supervisor {
    /** Whether an application's events may be posted. */
    boolean admits(String app);

    void changed(Post post);
  }

  Post(
      Vertx vertx,
      Store store,
      Runner.Parts parts,
      Secrets secrets,
      String id,
      Supervisor supervisor) {
    this.vertx = vertx;
    this.store = store;
    this.parts = parts;
    this.secrets = secrets;
    this.id = id;
    this.supervisor = supervisor;
  }

  String id() {
    return id;
  }

  /** As the store has it; empty once it is gone. */
  Optional<StoredWebhook> stored() {
    return stored;
  }

  boolean runs() {
    return live.isPresent();
  }

  Standing standing() {
    return live.map(Runner::standing).orElse(Standing.UNTRIED);
  }

  /** Does something, after what was to be done before. */
  Future<Void> inTurn(Supplier<Future<Void>> work) {
    turn = turn.transform(before -> work.get());
    return turn;
  }

  /** Stops what runs; to be called in its turn. */
  Future<Void> halt() {
    var both = Stream.concat(live.stream(), replay.stream()).toList();
    generation++;
    live = Optional.empty();
    replay = Optional.empty();
    replayId = "";
    List<Future<Void>> stops = both.stream()
        .map(runner -> runner.stop().<Void>otherwise(cause -> null))
        .toList();
    return Future.join(stops).mapEmpty();
  }

  /** Goes by what the store says; to be called in its turn, while nothing of it runs. */
  Future<Void> load() {
    return store
        .webhooks()
        .byId(id)
        .compose(found -> {
          stored = found;
          supervisor.changed(this);
          var wanted = found.filter(it -> it.standing().enabled() && supervisor.admits(it.app()));
          return wanted.isEmpty() ? Future.<Void>succeededFuture() : begin(wanted.get());
        })
        .recover(this::later);
  }

  private Future<Void> begin(StoredWebhook webhook) {
    return store.consumers().read(webhook.app(), webhook.consumer()).compose(cursor -> {
      if (cursor.isEmpty()) {
        return Future.succeededFuture();
      }
      try {
        var runner = new Runner(vertx, parts, feed(webhook, cursor.get().offset()), live(webhook));
        live = Optional.of(runner);
        supervisor.changed(this);
        runner.start();
      } catch (RuntimeException e) {
        LOG.error("{} cannot be served", webhook, e);
        return disabled("it cannot be served: " + e.getMessage());
      }
      return beginReplay();
    });
  }

  /** The store is away; what it says is asked again. */
  private Future<Void> later(Throwable cause) {
    LOG.warn("webhook {} waits for the store: {}", id, cause.getMessage());
    vertx.setTimer(AGAIN_MILLIS, now -> inTurn(() -> halt().compose(done -> load())));
    return Future.succeededFuture();
  }

  /** Takes up or drops the replay, as the store says; to be called in its turn. */
  Future<Void> beginReplay() {
    return store.webhooks().openReplay(id).compose(open -> {
      var wanted = open.filter(it -> live.isPresent());
      if (wanted.map(StoredReplay::id).orElse("").equals(replayId)) {
        return Future.succeededFuture();
      }
      var former = replay;
      replay = Optional.empty();
      replayId = "";
      return former
          .map(runner -> runner.stop().<Void>otherwise(cause -> null))
          .orElseGet(Future::succeededFuture)
          .map(stopped -> {
            wanted.ifPresent(it -> stored.ifPresent(webhook -> run(webhook, it)));
            return null;
          });
    });
  }

  private void run(StoredWebhook webhook, StoredReplay again) {
    var base = feed(webhook, again.offset());
    var headers = new LinkedHashMap<>(base.headers());
    headers.put(REPLAY_HEADER, again.id());
    var runner = new Runner(
        vertx,
        parts,
        new Runner.Feed(
            base.app(),
            again.offset(),
            again.until(),
            again.types(),
            again.serials(),
            base.receiver(),
            base.signature(),
            headers,
            base.batch(),
            base.inFlight(),
            0),
        new ReplayOwner(again));
    replay = Optional.of(runner);
    replayId = again.id();
    runner.start();
  }

  private Runner.Feed feed(StoredWebhook webhook, long after) {
    return new Runner.Feed(
        webhook.app(),
        after,
        Long.MAX_VALUE,
        webhook.types(),
        webhook.serials(),
        Receiver.parse(webhook.url()).orElseThrow(),
        secrets.signature(webhook),
        secrets.headers(webhook),
        webhook.batch(),
        webhook.inFlight(),
        webhook.standing().failingSinceMillis());
  }

  private Runner.Owner live(StoredWebhook webhook) {
    int mine = generation;
    return new Runner.Owner() {
      @Override
      public Future<Void> commit(long offset) {
        return store.consumers().commit(webhook.app(), webhook.consumer(), offset);
      }

      @Override
      public Future<Void> failing(long sinceMillis) {
        return store.webhooks().failing(id, sinceMillis);
      }

      @Override
      public void disable(String reason) {
        Post.this.disable(reason, mine);
      }

      @Override
      public void finished() {
        throw new IllegalStateException("a webhook has no end");
      }
    };
  }

  /** @param of what ran when it was said; what runs since is another receiver perhaps */
  private void disable(String reason, int of) {
    inTurn(() -> of != generation
        ? Future.succeededFuture()
        : halt().compose(done -> disabled(reason)).recover(cause -> {
          vertx.setTimer(AGAIN_MILLIS, now -> inTurn(() -> disabled(reason)));
          return Future.succeededFuture();
        }));
  }

  private Future<Void> disabled(String reason) {
    var webhook = stored.orElseThrow();
    long now = parts.clock().millis();
    LOG.warn("{} is disabled: {}", webhook, reason);
    parts.figures().disabled();
    var entry = new AuditLog.Entry(
        UlidCreator.getMonotonicUlid(now).toString(),
        now,
        "platform",
        "webhook.disable",
        webhook.app() + "/" + webhook.name(),
        new JsonObject().put("reason", reason).encode());
    return store
        .webhooks()
        .standing(id, new StoredWebhook.Standing(false, reason, 0))
        .compose(done -> store.audit().append(entry))
        .compose(done -> load());
  }

  /** Keeps how far a replay is. */
  private final class ReplayOwner implements Runner.Owner {
    private final StoredReplay of;
    private final int mine = generation;
    private long last;

    private ReplayOwner(StoredReplay of) {
      this.of = of;
      this.last = of.offset();
    }

    @Override
    public Future<Void> commit(long offset) {
      last = offset;
      return store.webhooks().move(of.id(), offset, State.OPEN).mapEmpty();
    }

    @Override
    public Future<Void> failing(long sinceMillis) {
      return Future.succeededFuture();
    }

    @Override
    public void disable(String reason) {
      Post.this.disable(reason, mine);
    }

    @Override
    public void finished() {
      inTurn(() -> replayId.equals(of.id())
          ? store.webhooks().move(of.id(), last, State.DONE).compose(done -> beginReplay())
          : Future.succeededFuture());
    }
  }
}
