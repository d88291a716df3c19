package io.m2mgate.command;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.RotationEvents;
import io.m2mgate.bus.SecurityReported;
import io.m2mgate.bus.TerminalChanged;
import io.m2mgate.bus.TerminalEvents;
import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Tags;
import io.m2mgate.security.NewSets;
import io.m2mgate.security.Parting;
import io.m2mgate.security.Refusals;
import io.m2mgate.security.SecretTlvs;
import io.m2mgate.security.SecretsRoute;
import io.m2mgate.security.SecretsRoute.Decision;
import io.m2mgate.security.SecretsRoute.Way;
import io.m2mgate.session.Origin;
import io.m2mgate.session.RecentRequest;
import io.m2mgate.session.SecretSet;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.Change;
import io.m2mgate.store.Rotation;
import io.m2mgate.store.Rotation.State;
import io.m2mgate.store.RotationWish;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.store.SecurityStore;
import io.m2mgate.store.SecurityStore.Step;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * SECURITY_CONFIG from terminals: reports, and the wish for new passwords and keys (clauses 5.3.10, 5.4.1, 5.4.3). A set that leaves
 * here is the terminal's pending one, always the same until a session ends it. One on each lane.
 */
public final class SecurityConfigVerticle extends UplinkVerticle {

  /** Operations of which a copy is not done again: its answer is the result alone. */
  private static final Set<String> ANSWERED_BY_RESULT = Set.of("report", "requestActivation");

  private final SecurityStore store;
  private final NewSets sets;
  private final SecretsRoute route;

  public SecurityConfigVerticle(SecurityStore store, NewSets sets, SecretsRoute route) {
    super(Command.SECURITY_CONFIG);
    this.store = store;
    this.sets = sets;
    this.route = route;
  }

  @Override
  protected void handle(Uplink asked) {
    Body body;
    String operation;
    try {
      body = asked.body();
      body.checkTlvs(new TlvReader());
      operation = asked.dialect().securityOperations().nameOf(body.intOf("operation"));
    } catch (MalformedFrame e) {
      refuseTags(asked, e.tag() < 0 ? List.of() : List.of(e.tag()));
      return;
    }
    boolean done = asked.request().stage() == RecentRequest.Stage.DONE;
    if (done && ANSWERED_BY_RESULT.contains(operation)) {
      int result = asked.request().result();
      answer(asked, result, Refusals.result(result));
      return;
    }
    switch (operation) {
      case "report" -> report(asked, body);
      case "requestPlain" -> give(asked, body, false);
      case "requestEncrypted" -> give(asked, body, true);
      case "requestActivation" -> activate(asked);
      default -> refuse(asked);
    }
  }

  /** Its values become reported state; those of secrets are only said to be there. */
  private void report(Uplink asked, Body body) {
    int ok = asked.command().results().code("ok");
    try {
      Report report = Report.of(asked, body);
      List<Change> changes = new ArrayList<>();
      changes.add(report.event(mark(asked, ok)));
      if (!report.kept().isEmpty()) {
        changes.add(new Change.PutReported(asked.terminal().serial(), report.kept()));
      }
      if (!asked.resident().commandsOpen()) {
        commitThenAnswer(asked, changes, ok, Refusals.result(ok));
        return;
      }
      tellCommands(asked, body)
          .onComplete(told -> context.runOnContext(nothing -> lane()
              .guard(asked.inbound(), () -> giveUp(asked), () -> {
                if (told.succeeded()) {
                  commitThenAnswer(asked, changes, ok, Refusals.result(ok));
                } else {
                  unavailable(asked);
                }
              })));
    } catch (MalformedFrame e) {
      throw new IllegalStateException("TLVs that were walked once cannot be walked again", e);
    }
  }

  /** What the report shows of commands goes to the store before it does. */
  private Future<Void> tellCommands(Uplink asked, Body body) throws MalformedFrame {
    Map<Integer, byte[]> values = new HashMap<>();
    for (TlvReader tlvs = body.tlvs(); tlvs.next(); ) {
      values.putIfAbsent(tlvs.tag(), tlvs.bytes());
    }
    CompletableFuture<Void> seen = new CompletableFuture<>();
    lane()
        .send(
            Addresses.securityReported(lane().index()),
            new SecurityReported(asked.resident(), values, asked.session(), seen));
    return Future.fromCompletionStage(seen);
  }

  private void give(Uplink asked, Body body, boolean encryptedOnly) {
    Set<Integer> wanted = tags(body);
    Set<Integer> known = SecretTlvs.tagsOf(asked.dialect(), NewSets.KINDS);
    List<Integer> wrong =
        wanted.stream().filter(tag -> !known.contains(tag)).sorted().toList();
    if (!wrong.isEmpty()) {
      refuseTags(asked, wrong);
      return;
    }
    Terminal terminal = asked.terminal();
    boolean encrypted = LaneRotations.encrypted(terminal);
    Decision way = route.inSession(asked.inbound().origin(), terminal.terminalRecord(), encrypted);
    boolean current = terminal.confirmed().filter(it -> it == asked.session()).isPresent()
        && !asked.inbound().origin().bearer().equals(Origin.SMS);
    if (!current || !way.permitted() || encryptedOnly && !encrypted) {
      refuseGiving(
          asked,
          encryptedOnly && !encrypted
              ? "the session has no key, and the terminal asked for an encrypted answer"
              : Optional.of(way.reason())
                  .filter(reason -> !reason.isEmpty())
                  .orElse("secrets are given in a confirmed session, by a way that they may take"));
      return;
    }
    Set<Integer> tags = wanted.isEmpty() ? known : wanted;
    if (way.way() == Way.SMS && asked.request().stage() == RecentRequest.Stage.DONE) {
      answer(asked, asked.request().result(), Refusals.result(asked.request().result()));
      return;
    }
    onLane(asked, pending(asked, kinds(asked.dialect().tags(), tags)), open -> {
      if (open.failed()) {
        unavailable(asked);
      } else if (way.way() == Way.SMS) {
        giveByMessage(asked, open.result());
      } else if (held(terminal, open.result())) {
        giveIfItFits(asked, tags, open.result());
      } else {
        onLane(asked, renewed(terminal.serial()), done -> giveIfItFits(asked, tags, open.result()));
      }
    });
  }

  /** The set goes to the terminal's number, as a request of its own; the answer has none of it. */
  private void giveByMessage(Uplink asked, Rotation open) {
    onLane(asked, sentAgain(open).compose(done -> renewed(open.serial())), wished -> {
      if (wished.failed()) {
        unavailable(asked);
      } else {
        int ok = asked.command().results().code("ok");
        commitThenAnswer(asked, List.of(), ok, Refusals.result(ok));
      }
    });
  }

  /** One that went on since it was read does not take the wish from its earlier state. Fails when it has ended. */
  private Future<Rotation> sentAgain(Rotation open) {
    return store
        .step(open.id(), Step.to(open.state(), Rotation.RESEND, lane().nowMillis()))
        .compose(now -> now.isEmpty()
            ? Future.failedFuture("the rotation has ended")
            : now.get().state() == open.state()
                ? Future.succeededFuture(now.get())
                : sentAgain(now.get()));
  }

  private <T> void onLane(Uplink asked, Future<T> future, Consumer<AsyncResult<T>> then) {
    future.onComplete(done -> context.runOnContext(
        nothing -> lane().guard(asked.inbound(), () -> giveUp(asked), () -> then.accept(done))));
  }

  private static boolean held(Terminal terminal, Rotation open) {
    return terminal
        .keyring()
        .pending()
        .filter(it -> it.secrets().generation() == open.generation())
        .isPresent();
  }

  /** What does not fit is not sent: the rotation says why, and stays as it is. */
  private void giveIfItFits(Uplink asked, Set<Integer> tags, Rotation open) {
    Optional<byte[]> body = body(asked, tags, open);
    if (body.isEmpty()) {
      unavailable(asked);
      return;
    }
    Parting parting = Parting.of(
        asked.terminal(), asked.session(), asked.dialect(), asked.command(), body.get(), 1);
    boolean fits = parting.form() != Parting.Form.UNFIT;
    Step step = fits
        ? new Step(atLeastSent(open), open.reason(), 1, false, lane().nowMillis())
        : new Step(open.state(), parting.reason(), 0, false, lane().nowMillis());
    Future<Given> given = store
        .step(open.id(), step)
        .compose(stepped ->
            renewed(asked.terminal().serial()).map(new Given(open, stepped.orElse(open))));
    onLane(asked, given, done -> {
      if (fits) {
        answer(asked, tags, done);
      } else {
        refuseGiving(asked, parting.reason());
      }
    });
  }

  /** @param before how the rotation stood before its set was given away now */
  private record Given(Rotation before, Rotation now) {}

  private void answer(Uplink asked, Set<Integer> tags, AsyncResult<Given> given) {
    Optional<byte[]> body =
        given.failed() ? Optional.empty() : body(asked, tags, given.result().now());
    if (body.isEmpty()) {
      unavailable(asked);
      return;
    }
    // The answer goes to the latest copy, which may have come from elsewhere.
    Decision way = route.inSession(
        asked.request().origin(),
        asked.terminal().terminalRecord(),
        asked.session().key().isPresent());
    if (way.way() == Way.SMS) {
      giveByMessage(asked, given.result().now());
      return;
    }
    if (!way.permitted()) {
      refuseGiving(asked, way.reason());
      return;
    }
    int ok = asked.command().results().code("ok");
    commitThenAnswer(asked, changes(asked, given.result()), ok, body.get());
  }

  /** Empty when the set is not there. */
  private static Optional<byte[]> body(Uplink asked, Set<Integer> tags, Rotation open) {
    // A set is one: with a part of it no LOGIN would be good.
    Set<Integer> all = new HashSet<>(SecretTlvs.tagsOf(asked.dialect(), open.kinds()));
    all.addAll(tags);
    return asked.terminal().keyring().pending().map(set -> {
      BodyWriter body = new BodyWriter().u8(asked.command().results().code("ok"));
      SecretTlvs.writeTags(body, asked.dialect(), set.secrets(), all);
      return body.toBytes();
    });
  }

  /** The open rotation, or a new one of these kinds. */
  private Future<Rotation> pending(Uplink asked, Set<String> kinds) {
    Terminal terminal = asked.terminal();
    String serial = terminal.serial();
    SecretSet inForce = terminal.keyring().current().secrets();
    return store
        .openOf(serial)
        .compose(open -> open.map(Future::succeededFuture)
            .orElseGet(() -> store.open(sets.of(
                serial,
                asked.dialect(),
                RotationWish.of(kinds, Rotation.Origin.TERMINAL),
                sets.seal(serial, inForce),
                inForce.expiries(),
                lane().nowMillis()))));
  }

  private Future<Void> renewed(String serial) {
    CompletableFuture<Void> seen = new CompletableFuture<>();
    lane().send(Addresses.changed(lane().index()), new TerminalChanged(serial, seen));
    return Future.fromCompletionStage(seen);
  }

  /** It has the set and is about to use it. */
  private void activate(Uplink asked) {
    store
        .openOf(asked.terminal().serial())
        .compose(open -> open.filter(it -> it.sentMillis() > 0).isEmpty()
            ? Future.succeededFuture(Optional.<Given>empty())
            : store
                .step(open.get().id(), Step.to(State.ACKED, "", lane().nowMillis()))
                .map(now -> now.map(it -> new Given(open.get(), it))))
        .onComplete(done -> context.runOnContext(nothing ->
            lane().guard(asked.inbound(), () -> giveUp(asked), () -> activated(asked, done))));
  }

  private void activated(Uplink asked, AsyncResult<Optional<Given>> stepped) {
    if (stepped.failed()) {
      unavailable(asked);
    } else if (stepped.result().isEmpty()) {
      refuse(asked);
    } else {
      int ok = asked.command().results().code("ok");
      commitThenAnswer(asked, changes(asked, stepped.result().get()), ok, Refusals.result(ok));
    }
  }

  private List<Change> changes(Uplink asked, Given given) {
    return given.now().state() == given.before().state()
        ? List.of()
        : List.of(RotationEvents.state(
            asked.terminal().terminalRecord().app(), given.now(), lane().nowMillis()));
  }

  private static Set<Integer> tags(Body body) {
    Set<Integer> tags = new HashSet<>();
    try {
      for (TlvReader tlvs = body.tlvs(); tlvs.next(); ) {
        tags.add(tlvs.tag());
      }
      return tags;
    } catch (MalformedFrame e) {
      throw new IllegalStateException("TLVs that were walked once cannot be walked again", e);
    }
  }

  private static Set<String> kinds(Tags tags, Set<Integer> wanted) {
    Set<String> kinds = new HashSet<>();
    if (wanted.contains(tags.uplinkPassword()) || wanted.contains(tags.uplinkPasswordExpiry())) {
      kinds.add(SecretKinds.UPLINK_PASSWORD);
    }
    if (wanted.contains(tags.downlinkPassword())
        || wanted.contains(tags.downlinkPasswordExpiry())) {
      kinds.add(SecretKinds.DOWNLINK_PASSWORD);
    }
    if (wanted.contains(tags.baseKey()) || wanted.contains(tags.baseKeyExpiry())) {
      kinds.add(SecretKinds.BASE_KEY);
    }
    return kinds;
  }

  private static State atLeastSent(Rotation open) {
    return open.state() == State.QUEUED ? State.SENT : open.state();
  }

  private void refuseGiving(Uplink asked, String reason) {
    lane()
        .commit(
            asked.resident(),
            TerminalEvents.refused(
                asked.terminal(), "secrets-not-given", reason, lane().nowMillis()),
            outcome -> {});
    refuse(asked);
  }

  private void refuseTags(Uplink asked, List<Integer> wrong) {
    int code = asked.command().results().code("tlvInvalid");
    BodyWriter body = new BodyWriter().u8(code);
    wrong.forEach(body::pair);
    answer(asked, code, body.toBytes());
  }
}
