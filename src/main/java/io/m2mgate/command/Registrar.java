package io.m2mgate.command;

import io.m2mgate.bus.LaneServices;
import io.m2mgate.command.RegistrationRules.Found;
import io.m2mgate.security.PendingSets;
import io.m2mgate.security.SecretsRoute;
import io.m2mgate.security.TerminalSecrets;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Profiles;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.Rotation;
import io.m2mgate.store.SealedSecrets;
import io.m2mgate.store.SecurityStore;
import io.m2mgate.store.StoreFault;
import io.m2mgate.store.StoredTerminal;
import io.m2mgate.store.TerminalStore;
import io.m2mgate.store.TerminalStore.TerminalPatch;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/**
 * Carries out what a REGISTER is to get: looks at what is stored, asks the rules, changes it by one conditional call at a time, and
 * starts over where somebody else was faster. The same request again finds what the first one made (behaviour 5.3.1). Shared by the
 * lanes; may be used from any thread.
 */
public final class Registrar {

  /** How often a request is looked at before it is left to the terminal's next try. */
  private static final int TRIES = 5;

  /** New serials that may be taken already. */
  private static final int SERIALS = 5;

  private static final int RANDOM_CHARACTERS = 8;
  private static final String BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

  private final RegistrationRules rules;
  private final LaneServices services;
  private final SecurityStore security;
  private final TerminalSecrets secrets;
  private final PendingSets sets;
  private final SecureRandom random;

  /**
   * What a REGISTER is answered.
   *
   * @param result name of the result
   * @param terminal the record that it is about, where there is one
   * @param rotation whose set the terminal is told to wait for
   * @param created the record is new
   * @param changed the store was changed: the terminal's lane must look again
   * @param learnt the telephone number that the record had not and now has
   * @param refusal why it was refused
   */
  record Outcome(
      String result,
      Optional<TerminalRecord> terminal,
      Optional<Rotation> rotation,
      boolean created,
      boolean changed,
      Optional<String> learnt,
      Optional<Ruling.Refuse> refusal) {

    static Outcome refused(Ruling.Refuse refusal) {
      return new Outcome(
          refusal.result(),
          refusal.terminal(),
          Optional.empty(),
          false,
          false,
          Optional.empty(),
          Optional.of(refusal));
    }

    static Outcome done(String result, TerminalRecord terminal, boolean changed) {
      return new Outcome(
          result,
          Optional.of(terminal),
          Optional.empty(),
          false,
          changed,
          Optional.empty(),
          Optional.empty());
    }

    Outcome learning(Optional<String> number) {
      return new Outcome(
          result, terminal, rotation, created, changed || number.isPresent(), number, refusal);
    }
  }

  public Registrar(
      RegistrationOptions options,
      SecretsRoute route,
      LaneServices services,
      SecurityStore security,
      TerminalSecrets secrets,
      PendingSets sets,
      SecureRandom random) {
    this.sets = sets;
    this.rules = new RegistrationRules(
        options, route, services.applicationTakes(), services.shortMessages()::numberOf);
    this.services = services;
    this.security = security;
    this.secrets = secrets;
    this.random = random;
  }

  /** Fails with a StoreFault when the store cannot answer or take what is to be changed. */
  Future<Outcome> register(RegisterRequest asked, Origin from) {
    return attempt(asked, from, TRIES);
  }

  private Future<Outcome> attempt(RegisterRequest asked, Origin from, int triesLeft) {
    return find(asked)
        .compose(found -> carryOut(
            rules.rule(
                asked,
                found,
                from,
                stored -> secrets.proves(stored, asked.digests(), sets.dialect(stored.record()))),
            new Request(asked, from),
            found))
        .recover(cause -> triesLeft > 1 && wasFaster(cause)
            ? attempt(asked, from, triesLeft - 1)
            : Future.failedFuture(cause));
  }

  /** Somebody else changed what this request was about to change. */
  private static boolean wasFaster(Throwable cause) {
    return cause instanceof StoreFault fault
        && switch (fault.kind()) {
          case CONFLICT, STALE, NOT_FOUND -> true;
          default -> false;
        };
  }

  private Future<Found> find(RegisterRequest asked) {
    TerminalStore terminals = services.terminals();
    Future<Optional<String>> serial = asked.is(RegisterRequest.ASK_SERIAL)
        ? terminals.byImei(asked.imei()).map(found -> found.map(TerminalRecord::serial))
        : Future.succeededFuture(Optional.of(asked.serial()));
    return serial
        .compose(known -> known.isEmpty()
            ? Future.succeededFuture(Optional.<StoredTerminal>empty())
            : terminals.load(List.of(known.get())).map(all -> all.stream().findFirst()))
        .compose(
            terminal -> terminals.byImsi(asked.imsi()).map(holder -> new Found(terminal, holder)));
  }

  /** @param from where it came from */
  private record Request(RegisterRequest asked, Origin from) {

    String imsi() {
      return asked.imsi();
    }

    /** The number that a terminal registers from by short message. */
    Optional<String> number() {
      return Optional.of(from).filter(it -> it.bearer().equals(Origin.SMS)).map(Origin::remote);
    }

    /** What is to be learnt of it. */
    Optional<String> newNumber(TerminalRecord terminal) {
      return terminal.msisdn().isPresent() ? Optional.empty() : number();
    }
  }

  private Future<Outcome> carryOut(Ruling ruling, Request asked, Found found) {
    if (ruling instanceof Ruling.Refuse refusal) {
      return Future.succeededFuture(Outcome.refused(refusal));
    }
    if (ruling instanceof Ruling.LogIn in) {
      return bound(in.terminal().record(), in.bindImsi(), asked)
          .map(terminal -> Outcome.done(in.result(), terminal, in.bindImsi())
              .learning(asked.newNumber(in.terminal().record())));
    }
    if (ruling instanceof Ruling.GiveParameters give) {
      return parameters(give, asked, found);
    }
    if (ruling instanceof Ruling.Rebind rebind) {
      return rebound(rebind.terminal().record(), asked.imsi());
    }
    return admitted((Ruling.Admit) ruling, asked, found, SERIALS);
  }

  private Future<Outcome> parameters(Ruling.GiveParameters give, Request asked, Found found) {
    TerminalRecord known = give.terminal().record();
    return give.terminal()
        .security()
        .open()
        .map(Future::succeededFuture)
        .orElseGet(() -> sets.create(known))
        .compose(rotation -> sets.tooLong(known, secrets.open(rotation))
            .map(reason -> Future.succeededFuture(
                Outcome.refused(RegistrationRules.parametersTooLong(found, reason))))
            .orElseGet(() -> bound(known, give.bindImsi(), asked)
                .map(terminal ->
                    given(terminal, rotation, false).learning(asked.newNumber(known)))));
  }

  private static Outcome given(TerminalRecord terminal, Rotation rotation, boolean created) {
    return new Outcome(
        RegistrationRules.AWAIT,
        Optional.of(terminal),
        Optional.of(rotation),
        created,
        // Also of a set that was open before: who opened it may not have lived to tell the lane.
        true,
        Optional.empty(),
        Optional.empty());
  }

  private Future<TerminalRecord> bound(TerminalRecord terminal, boolean bindImsi, Request asked) {
    Optional<String> number = asked.newNumber(terminal);
    if (!bindImsi && number.isEmpty()) {
      return Future.succeededFuture(terminal);
    }
    TerminalPatch bound = new TerminalPatch(
        Optional.empty(),
        Optional.of(Optional.of(asked.imsi())).filter(it -> bindImsi),
        Optional.empty(),
        Optional.empty(),
        number.map(Optional::of),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
    return services.terminals().update(terminal.serial(), bound, Optional.of(terminal.revision()));
  }

  private Future<Outcome> rebound(TerminalRecord terminal, String imsi) {
    if (terminal.imsi().equals(Optional.of(imsi))) {
      return Future.succeededFuture(Outcome.done(RegistrationRules.KEEP_SERIAL, terminal, false));
    }
    return security
        .rebindTo(terminal.serial(), imsi)
        .compose(there -> there
            ? Future.succeededFuture(Outcome.done(RegistrationRules.KEEP_SERIAL, terminal, true))
            : Future.failedFuture(new StoreFault(
                StoreFault.Kind.NOT_FOUND, "terminal", "the terminal was deleted meanwhile")));
  }

  private Future<Outcome> admitted(
      Ruling.Admit admit, Request asked, Found found, int serialsLeft) {
    return services
        .terminals()
        .create(stranger(admit, asked), SealedSecrets.NONE)
        .compose(terminal -> admit.parameters()
            ? sets.create(terminal).map(rotation -> given(terminal, rotation, true))
            : Future.succeededFuture(new Outcome(
                RegistrationRules.LOG_IN,
                Optional.of(terminal),
                Optional.empty(),
                true,
                true,
                Optional.empty(),
                Optional.empty())))
        .map(outcome -> outcome.learning(asked.number()))
        .recover(cause -> {
          if (cause instanceof StoreFault fault && fault.subject().equals("application")) {
            return Future.succeededFuture(
                Outcome.refused(RegistrationRules.applicationGone(found)));
          }
          boolean taken = cause instanceof StoreFault fault && fault.subject().equals("serial");
          return taken && serialsLeft > 1
              ? admitted(admit, asked, found, serialsLeft - 1)
              : Future.failedFuture(cause);
        });
  }

  private TerminalRecord stranger(Ruling.Admit admit, Request asked) {
    StringBuilder serial = new StringBuilder(admit.prefix());
    for (int i = 0; i < RANDOM_CHARACTERS; i++) {
      serial.append(BASE_36.charAt(random.nextInt(BASE_36.length())));
    }
    long now = services.clock().millis();
    return new TerminalRecord(
        serial.toString(),
        asked.asked().imei(),
        Optional.of(asked.imsi()),
        admit.app(),
        Profiles.DEFAULT,
        asked.number(),
        true,
        now,
        now,
        1);
  }
}
