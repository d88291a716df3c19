package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Audits;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.bridge.Problems;
import io.m2mgate.session.SecretSet.Expiries;
import io.m2mgate.store.Rotation;
import io.m2mgate.store.RotationWish;
import io.m2mgate.store.TerminalStore.TerminalRow;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code /terminals/{serial}/rotations}: new passwords and keys (6.1.11). Stateless but for its parts; on the bridge's event loop.
 */
final class RotationRoutes {

  private static final List<String> SECRETS =
      List.of("uplinkPassword", "downlinkPassword", "baseKey");
  /** Seconds since 1970; the protocol has 32 bits, and all of them set say never. */
  private static final long LAST_EXPIRY = Expiries.NONE - 1;

  private static final String EXPIRY_VALID =
      "a time in the future, up to " + Instant.ofEpochSecond(LAST_EXPIRY);
  private static final String RESEND_WARNING =
      "The same set goes out again. A terminal that has it already may log in anew.";
  private static final String ABANDON_WARNING =
      "The set was sent: a terminal that took it cannot log in any more until it registers again.";

  private final BridgeParts parts;
  private final Audits audits;

  RotationRoutes(BridgeParts parts) {
    this.parts = parts;
    this.audits = new Audits(parts.store().audit());
  }

  void add(Endpoints endpoints) {
    endpoints.on("openRotation", this::open);
    endpoints.on("listRotations", this::list);
    endpoints.on("readRotation", this::read);
    endpoints.on("resendRotation", this::resend);
    endpoints.on("abandonRotation", this::abandon);
  }

  private Future<Answer> open(Exchange exchange) {
    var wish = wish(exchange.body("secrets", "expiries"), Instant.now());
    return own(exchange)
        .compose(row -> parts.rotations().open(row.terminal().serial(), wish))
        .compose(asked -> {
          var rotation = asked.rotation();
          if (!asked.covers()) {
            return Problem.failed(
                ProblemType.ROTATION_OPEN,
                "rotation " + rotation.id() + " of " + String.join(", ", sorted(rotation))
                    + " is open, or has other expiries: wait for it or abandon it");
          }
          var detail = new JsonObject()
              .put("rotation", rotation.id())
              .put("secrets", new JsonArray(sorted(rotation)))
              .put("expiries", expiries(rotation));
          return audits
              .append(exchange.caller(), "rotation.open", rotation.serial(), detail)
              .map(Answer.json(202, shape(rotation)).with("Location", location(rotation)));
        });
  }

  private static RotationWish wish(Fields fields, Instant now) {
    var kinds = fields.texts("secrets", SECRETS).orElse(Set.copyOf(SECRETS));
    if (kinds.isEmpty()) {
      fields.fault("secrets", "empty", "at least one of " + String.join(", ", SECRETS));
    }
    var expiries = new HashMap<String, Long>();
    fields.times("expiries", SECRETS).forEach((secret, time) -> {
      long second = time.map(Instant::getEpochSecond).orElse(Expiries.NONE);
      if (!kinds.contains(secret)) {
        fields.fault(List.of("expiries", secret), "is not rotated", "one of secrets");
      } else if (second <= now.getEpochSecond() || time.isPresent() && second > LAST_EXPIRY) {
        fields.fault(List.of("expiries", secret), "out of range", EXPIRY_VALID);
      } else {
        expiries.put(secret, second);
      }
    });
    fields.check();
    return new RotationWish(kinds, expiries, Rotation.Origin.OPERATOR);
  }

  private Future<Answer> list(Exchange exchange) {
    int limit = exchange.limit();
    return own(exchange)
        .compose(row ->
            parts.store().security().list(row.terminal().serial(), exchange.query("cursor"), limit))
        .map(page ->
            Answer.page(page.items().stream().map(RotationRoutes::shape).toList(), page.next()));
  }

  private Future<Answer> read(Exchange exchange) {
    return one(exchange).map(rotation -> Answer.ok(shape(rotation)));
  }

  private Future<Answer> resend(Exchange exchange) {
    return one(exchange)
        .compose(rotation -> parts.rotations().resend(rotation))
        .compose(done -> answer(exchange, done, "rotation.resend", RESEND_WARNING));
  }

  private Future<Answer> abandon(Exchange exchange) {
    return one(exchange)
        .compose(rotation -> parts.rotations().abandon(rotation))
        .map(RotationRoutes::givenUp)
        .compose(done -> answer(exchange, done, "rotation.abandon", ABANDON_WARNING));
  }

  private static Optional<Rotation> givenUp(Optional<Rotation> done) {
    if (done.filter(Rotation::isOpen).isPresent()) {
      throw Problem.of(
          ProblemType.ROTATION_IN_USE,
          "the terminal logged in with its set: it succeeds with the terminal's next frame, and can be abandoned when"
              + " none came within five minutes");
    }
    return done;
  }

  private Future<Answer> answer(
      Exchange exchange, Optional<Rotation> done, String action, String warning) {
    if (done.isEmpty()) {
      return Problem.failed(ProblemType.ROTATION_ENDED, "it has ended before");
    }
    var rotation = done.get();
    var json = shape(rotation);
    if (rotation.sentMillis() > 0) {
      json.put("warning", warning);
    }
    return audits
        .append(
            exchange.caller(),
            action,
            rotation.serial(),
            new JsonObject().put("rotation", rotation.id()))
        .map(Answer.json(202, json));
  }

  private Future<Rotation> one(Exchange exchange) {
    return own(exchange)
        .compose(row -> parts
            .store()
            .security()
            .read(
                row.terminal().serial(), exchange.path("id"), exchange.caller().app()))
        .map(found -> found.orElseThrow(() ->
            Problem.of(ProblemType.ROTATION_UNKNOWN, "the terminal has no rotation of this id")));
  }

  private Future<TerminalRow> own(Exchange exchange) {
    return parts
        .store()
        .terminals()
        .read(exchange.path("serial"), exchange.caller().app())
        .map(found -> found.orElseThrow(Problems::unknownTerminal));
  }

  private static List<String> sorted(Rotation rotation) {
    return rotation.kinds().stream().sorted().toList();
  }

  /** Of the secrets that are new; null never. */
  private static JsonObject expiries(Rotation rotation) {
    var expiries = new JsonObject();
    for (String secret : sorted(rotation)) {
      long second = rotation.expirySeconds(secret);
      expiries.put(
          secret, second == Expiries.NONE ? null : Instant.ofEpochSecond(second).toString());
    }
    return expiries;
  }

  private static String location(Rotation rotation) {
    return "/v1/terminals/" + rotation.serial() + "/rotations/" + rotation.id();
  }

  /** Never the secrets themselves. */
  private static JsonObject shape(Rotation rotation) {
    return new JsonObject()
        .put("id", rotation.id())
        .put("serial", rotation.serial())
        .put("secrets", new JsonArray(sorted(rotation)))
        .put("expiries", expiries(rotation))
        .put("origin", rotation.origin().text())
        .put("state", rotation.state().text())
        .put("reason", rotation.reason().isEmpty() ? null : rotation.reason())
        .put("sends", rotation.sends())
        .put(
            "times",
            new JsonObject()
                .put("created", Shapes.time(rotation.createdMillis()))
                .put("updated", Shapes.time(rotation.updatedMillis()))
                .put("sent", time(rotation.sentMillis()))
                .put("acked", time(rotation.ackedMillis()))
                .put("ended", time(rotation.endedMillis()))
                .put("deadline", Shapes.time(rotation.deadlineMillis())));
  }

  private static String time(long millis) {
    return millis == 0 ? null : Shapes.time(millis);
  }
}
