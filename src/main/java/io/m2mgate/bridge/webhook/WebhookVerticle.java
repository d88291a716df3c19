package io.m2mgate.bridge.webhook;

import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.api.Event;
import io.m2mgate.api.EventTypes;
import io.m2mgate.bridge.ApplicationRegistry;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.bridge.Scope;
import io.m2mgate.bridge.Taps;
import io.m2mgate.bridge.Webhooks;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoredWebhook;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Owns all webhooks of the process, on one event loop beside the lanes. What is public may be called from any thread. */
public final class WebhookVerticle extends VerticleBase implements Webhooks, Post.Supervisor {

  private static final int PAGE = 100;

  private final Store store;
  private final Taps taps;
  private final ApplicationRegistry applications;
  private final Secrets secrets;
  private final WebhookOptions options;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final WebhookFigures figures;
  private final Map<String, Post> posts = new ConcurrentHashMap<>();
  private final Map<String, Slots> slots = new HashMap<>();
  private Poster poster;

  /** @param random of the waits after failures */
  public WebhookVerticle(
      Store store,
      Taps taps,
      ApplicationRegistry applications,
      Secrets secrets,
      WebhookOptions options,
      MeterRegistry meters,
      InstantSource clock,
      RandomGenerator random) {
    this.store = store;
    this.taps = taps;
    this.applications = applications;
    this.secrets = secrets;
    this.options = options;
    this.clock = clock;
    this.random = random;
    this.figures = new WebhookFigures(meters);
  }

  @Override
  public Future<?> start() {
    poster = new Poster(vertx, options.requests(), options.rule());
    applications.onChange(app -> context.runOnContext(now -> reload(app)));
    return load(Optional.empty());
  }

  private Future<Void> load(Optional<String> cursor) {
    return store.webhooks().list(Optional.empty(), cursor, PAGE).compose(page -> {
      page.items().forEach(webhook -> reload(post(webhook.id(), webhook.app())));
      return page.next().isEmpty() ? Future.succeededFuture() : load(page.next());
    });
  }

  @Override
  public Future<?> stop() {
    List<Future<Void>> stops =
        posts.values().stream().map(post -> post.inTurn(post::halt)).toList();
    return Future.join(stops).transform(done -> poster.close());
  }

  private void reload(String app) {
    if (!applications.exists(app)) {
      slots.remove(app);
    }
    posts.values().stream()
        .filter(post -> post.stored().filter(it -> it.app().equals(app)).isPresent())
        .forEach(WebhookVerticle::reload);
  }

  private static Future<Void> reload(Post post) {
    return post.inTurn(() -> post.halt().compose(done -> post.load()));
  }

  private Post post(String id, String app) {
    return posts.computeIfAbsent(
        id, fresh -> new Post(vertx, store, parts(slotsOf(app)), secrets, fresh, this));
  }

  private Runner.Parts parts(Slots of) {
    return new Runner.Parts(taps, poster, of, figures, options, clock, random);
  }

  private Slots slotsOf(String app) {
    return slots.computeIfAbsent(app, fresh -> new Slots(options.requests().perApplication()));
  }

  @Override
  public boolean admits(String app) {
    return applications
        .find(app)
        .filter(it -> it.enabled() && it.scopes().contains(Scope.DATA_READ.text()))
        .isPresent();
  }

  @Override
  public void changed(Post post) {
    if (post.stored().isEmpty()) {
      posts.remove(post.id());
    }
    figures.count((int) posts.values().stream().filter(Post::runs).count(), posts.size());
  }

  @Override
  public Limits limits() {
    return options.limits();
  }

  @Override
  public Optional<String> refuses(String url) {
    var receiver = Receiver.parse(url);
    if (receiver.isEmpty()) {
      return Optional.of("not a URL that can be posted to");
    }
    boolean refused =
        receiver.get().literal().filter(it -> !options.rule().allows(it)).isPresent();
    return refused ? Optional.of("not an address that may be called") : Optional.empty();
  }

  @Override
  public <T> Future<T> change(String app, String id, Supplier<Future<T>> work) {
    return onLoop(() -> {
      var post = post(id, app);
      Promise<T> answer = Promise.promise();
      post.inTurn(() -> post.halt().compose(done -> work.get()).transform(done -> {
        return post.load().map(loaded -> {
          if (done.succeeded()) {
            answer.complete(done.result());
          } else {
            answer.fail(done.cause());
          }
          return null;
        });
      }));
      return answer.future();
    });
  }

  @Override
  public Future<Void> replaysChanged(String id) {
    return onLoop(() -> Optional.ofNullable(posts.get(id))
        .map(post -> post.inTurn(post::beginReplay))
        .orElseGet(Future::succeededFuture));
  }

  @Override
  public Standing standing(String id) {
    return Optional.ofNullable(posts.get(id)).map(Post::standing).orElse(Standing.UNTRIED);
  }

  @Override
  public Future<Attempt> test(StoredWebhook webhook) {
    return onLoop(() -> {
      var mine = slotsOf(webhook.app());
      Runnable nobody = () -> {};
      if (!mine.acquire(nobody)) {
        mine.forget(nobody);
        return Future.failedFuture(Problem.of(
                ProblemType.QUOTA_EXCEEDED, "too many requests of the application are under way")
            .with("Retry-After", "1"));
      }
      long now = clock.millis();
      return poster
          .post(order(webhook, now))
          .outcome()
          .onComplete(done -> mine.release())
          .map(outcome -> new Attempt(
              outcome.kind() == Outcome.Kind.DELIVERED,
              outcome.status(),
              outcome.reason(),
              clock.millis() - now));
    });
  }

  private Poster.Order order(StoredWebhook webhook, long now) {
    var event = new Event(
        UlidCreator.getUlid(now).toString(),
        EventTypes.WEBHOOK_TEST,
        webhook.app(),
        now,
        webhook.app(),
        0,
        0,
        "{}");
    var shipment = new Shipment(List.of(event), webhook.batch().isPresent());
    var body = shipment.body(options.node());
    return new Poster.Order(
        Receiver.parse(webhook.url()).orElseThrow(),
        Headers.of(secrets.headers(webhook), secrets.signature(webhook), shipment, now, body),
        body);
  }

  private <T> Future<T> onLoop(Supplier<Future<T>> work) {
    Promise<T> answer = Promise.promise();
    context.runOnContext(now -> {
      try {
        work.get().onComplete(answer);
      } catch (RuntimeException e) {
        answer.fail(e);
      }
    });
    return answer.future();
  }
}
