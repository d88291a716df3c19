package io.m2mgate.bridge.http;

import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.bridge.Audits;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.bridge.Webhooks;
import io.m2mgate.bridge.webhook.Signature;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.store.StoreFault;
import io.m2mgate.store.StoredReplay;
import io.m2mgate.store.StoredReplay.State;
import io.m2mgate.store.StoredWebhook;
import io.m2mgate.store.StoredWebhook.Secrets;
import io.m2mgate.store.StoredWebhook.Standing;
import io.m2mgate.store.WebhookStore;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** {@code /webhooks}: where events are posted. Stateless but for its parts; on the bridge's event loop. */
final class WebhookRoutes {

  private static final String BASE = "/v1/webhooks";
  private static final String ONE = BASE + "/:name";
  private static final String RETRY_SECONDS = "60";

  private final BridgeParts parts;
  private final WebhookStore store;
  private final Webhooks webhooks;
  private final Audits audits;
  private final LogPlaces places;
  private final SecureRandom random = new SecureRandom();

  WebhookRoutes(BridgeParts parts) {
    this.parts = parts;
    this.store = parts.store().webhooks();
    this.webhooks = parts.webhooks();
    this.audits = new Audits(parts.store().audit());
    this.places = new LogPlaces(parts.store().events());
  }

  void add(Endpoints endpoints) {
    endpoints.on("listWebhooks", this::list);
    endpoints.on("putWebhook", this::put);
    endpoints.on("readWebhook", this::read);
    endpoints.on("deleteWebhook", this::delete);
    endpoints.on("rotateWebhookSecret", this::rotate);
    endpoints.on("enableWebhook", this::enable);
    endpoints.on("testWebhook", this::test);
    endpoints.on("replayWebhook", this::replay);
    endpoints.on("listWebhookReplays", this::replays);
    endpoints.on("readWebhookReplay", this::readReplay);
    endpoints.on("cancelWebhookReplay", this::cancelReplay);
  }

  private Future<Answer> list(Exchange exchange) {
    var app = EventRequest.app(parts, exchange);
    return store
        .list(Optional.of(app), exchange.query("cursor"), exchange.limit())
        .compose(page -> {
          List<Future<JsonObject>> shapes =
              new ArrayList<>(page.items().stream().map(this::shape).toList());
          return Future.all(shapes)
              .map(done -> Answer.page(shapes.stream().map(Future::result).toList(), page.next()));
        });
  }

  private Future<Answer> put(Exchange exchange) {
    var app = app(exchange);
    var name = name(exchange);
    var body = exchange.body(WebhookForm.MEMBERS);
    var form = WebhookForm.of(body, webhooks);
    return places
        .of(app, body, "from")
        .compose(from -> store
            .read(app, name)
            .compose(found -> found.isPresent()
                ? replace(exchange, form, found.get(), from)
                : create(exchange, form, app, name, from)));
  }

  private Future<Answer> create(
      Exchange exchange, WebhookForm form, String app, String name, Optional<Long> from) {
    long now = System.currentTimeMillis();
    var secret = Signature.fresh(random);
    var fresh = form.fresh(
        UlidCreator.getMonotonicUlid(now).toString(), app, name, secret, parts.sealer(), now);
    Future<Long> offset = from.map(Future::succeededFuture)
        .orElseGet(() -> parts.store().events().extent(app).map(extent -> extent.last()));
    return offset
        .compose(at -> webhooks.change(
            app, fresh.id(), () -> store.create(fresh, at, webhooks.limits().max())))
        .recover(this::tooMany)
        .compose(made -> audited(exchange, "webhook.create", made))
        .compose(this::shape)
        .map(shape ->
            Answer.created(BASE + "/" + name, shape.put("secret", Signature.shown(secret))));
  }

  private <T> Future<T> tooMany(Throwable cause) {
    boolean full = cause instanceof StoreFault fault && fault.kind() == StoreFault.Kind.IN_USE;
    return Future.failedFuture(
        full
            ? Problem.of(ProblemType.QUOTA_EXCEEDED, cause.getMessage())
                .with("Retry-After", RETRY_SECONDS)
            : cause);
  }

  private Future<Answer> replace(
      Exchange exchange, WebhookForm form, StoredWebhook present, Optional<Long> from) {
    long now = System.currentTimeMillis();
    return webhooks
        .change(
            present.app(),
            present.id(),
            () -> store
                .byId(present.id())
                .compose(still -> still.isEmpty()
                    ? Future.succeededFuture(still)
                    : store.update(form.over(still.get(), parts.sealer(), now), from)))
        .compose(changed ->
            audited(exchange, "webhook.update", changed.orElseThrow(WebhookRoutes::unknown)))
        .compose(this::shape)
        .map(Answer::ok);
  }

  private Future<StoredWebhook> audited(Exchange exchange, String action, StoredWebhook webhook) {
    return audits
        .append(exchange.caller(), action, target(webhook), WebhookShape.audited(webhook))
        .map(webhook);
  }

  private static String target(StoredWebhook webhook) {
    return webhook.app() + "/" + webhook.name();
  }

  private Future<Answer> read(Exchange exchange) {
    return existing(exchange).compose(this::shape).map(Answer::ok);
  }

  private Future<JsonObject> shape(StoredWebhook webhook) {
    return parts
        .store()
        .consumers()
        .read(webhook.app(), webhook.consumer())
        .compose(cursor -> parts
            .store()
            .events()
            .extent(webhook.app())
            .map(extent -> WebhookShape.of(
                webhook,
                webhooks.standing(webhook.id()),
                cursor.map(at -> at.offset()).orElse(extent.last()),
                extent)));
  }

  private Future<Answer> delete(Exchange exchange) {
    return existing(exchange)
        .compose(webhook -> webhooks
            .change(webhook.app(), webhook.id(), () -> store.delete(webhook.app(), webhook.name()))
            .compose(removed -> removed
                ? audited(exchange, "webhook.delete", webhook)
                : Future.failedFuture(unknown()))
            .map(Answer.NO_CONTENT));
  }

  private Future<Answer> rotate(Exchange exchange) {
    var body = exchange.body("overlap");
    long overlap = WebhookForm.overlapMillis(body, webhooks.limits());
    var secret = Signature.fresh(random);
    return changed(exchange, webhook -> {
          long until = overlap == 0 ? 0 : System.currentTimeMillis() + overlap;
          var sealed = parts.sealer().seal(webhook.id(), SecretKinds.WEBHOOK, secret);
          var old = overlap == 0 ? new byte[0] : webhook.secrets().sealed();
          return store.secrets(webhook.id(), new Secrets(sealed, old, until));
        })
        .compose(webhook -> audited(exchange, "webhook.secret", webhook))
        .compose(this::shape)
        .map(shape -> Answer.ok(shape.put("secret", Signature.shown(secret))));
  }

  private Future<Answer> enable(Exchange exchange) {
    exchange.body();
    return changed(exchange, webhook -> store.standing(webhook.id(), Standing.ENABLED))
        .compose(webhook -> audited(exchange, "webhook.enable", webhook))
        .compose(this::shape)
        .map(Answer::ok);
  }

  /** Does something to what is there once nothing of it is under way, and gives what is there then. */
  private Future<StoredWebhook> changed(
      Exchange exchange, Function<StoredWebhook, Future<Boolean>> work) {
    return existing(exchange)
        .compose(seen -> webhooks.change(
            seen.app(),
            seen.id(),
            () -> store
                .byId(seen.id())
                .compose(present -> present
                    .map(work)
                    .orElseGet(() -> Future.succeededFuture(false))
                    .compose(done -> store.byId(seen.id())))))
        .map(found -> found.orElseThrow(WebhookRoutes::unknown));
  }

  private Future<Answer> test(Exchange exchange) {
    exchange.body();
    return existing(exchange)
        .compose(webhooks::test)
        .map(attempt -> Answer.ok(new JsonObject()
            .put("delivered", attempt.delivered())
            .put("status", attempt.status() == 0 ? null : attempt.status())
            .put("reason", attempt.reason().isEmpty() ? null : attempt.reason())
            .put("tookMillis", attempt.tookMillis())));
  }

  private Future<Answer> replay(Exchange exchange) {
    var app = app(exchange);
    var body = exchange.body("from", "until", "serials", "types");
    if (!body.has("from") || body.isNull("from")) {
      body.fault("from", "missing", "an offset to start behind, or a time");
    }
    var types = WebhookForm.types(body);
    var serials = WebhookForm.serials(body);
    body.check();
    return existing(exchange)
        .compose(webhook -> places
            .of(app, body, "from")
            .compose(from -> places
                .of(app, body, "until")
                .compose(until -> parts.store().events().extent(app).compose(extent -> {
                  long now = System.currentTimeMillis();
                  long last = until.orElse(extent.last());
                  if (last < from.orElseThrow()) {
                    throw InvalidRequest.at(
                        "/until", "before from", "nothing, or what is not before");
                  }
                  var fresh = new StoredReplay(
                      UlidCreator.getMonotonicUlid(now).toString(),
                      webhook.id(),
                      from.get(),
                      last,
                      from.get(),
                      types,
                      serials,
                      State.OPEN,
                      now,
                      now);
                  return open(exchange, webhook, fresh);
                }))));
  }

  private Future<Answer> open(Exchange exchange, StoredWebhook webhook, StoredReplay fresh) {
    var shape = WebhookShape.of(fresh);
    return store
        .open(fresh, webhooks.limits().replaysKept())
        .compose(opened -> webhooks.replaysChanged(webhook.id()))
        .compose(done ->
            audits.append(exchange.caller(), "webhook.replay", target(webhook), shape.copy()))
        .map(done -> Answer.json(202, shape)
            .with("Location", BASE + "/" + webhook.name() + "/replays/" + fresh.id()));
  }

  private Future<Answer> replays(Exchange exchange) {
    return found(EventRequest.app(parts, exchange), name(exchange))
        .compose(webhook -> store.replays(webhook.id(), exchange.query("cursor"), exchange.limit()))
        .map(
            page -> Answer.page(page.items().stream().map(WebhookShape::of).toList(), page.next()));
  }

  private Future<Answer> readReplay(Exchange exchange) {
    return existing(exchange)
        .compose(webhook -> store.replay(webhook.id(), exchange.path("id")))
        .map(found -> Answer.ok(WebhookShape.of(found.orElseThrow(WebhookRoutes::noReplay))));
  }

  private Future<Answer> cancelReplay(Exchange exchange) {
    return existing(exchange)
        .compose(webhook -> store
            .replay(webhook.id(), exchange.path("id"))
            .map(found -> found.orElseThrow(WebhookRoutes::noReplay))
            .compose(present -> store.move(present.id(), present.offset(), State.CANCELLED))
            .compose(done -> webhooks.replaysChanged(webhook.id()))
            .map(Answer.NO_CONTENT));
  }

  private Future<StoredWebhook> existing(Exchange exchange) {
    return found(app(exchange), name(exchange));
  }

  private Future<StoredWebhook> found(String app, String name) {
    return store.read(app, name).map(found -> found.orElseThrow(WebhookRoutes::unknown));
  }

  private String app(Exchange exchange) {
    return EventRequest.app(parts, exchange);
  }

  private static String name(Exchange exchange) {
    var name = exchange.path("name");
    if (!Forms.NAME.matcher(name).matches()) {
      throw InvalidRequest.at("", "the name in the path is not of the form", Forms.NAME_VALID);
    }
    return name;
  }

  private static Problem unknown() {
    return Problem.of(ProblemType.WEBHOOK_UNKNOWN, "no webhook of this name");
  }

  private static Problem noReplay() {
    return Problem.of(ProblemType.NOT_FOUND, "no replay of this id");
  }
}
