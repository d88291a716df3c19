package io.m2mgate.command;

import io.m2mgate.command.Ruling.Refuse;
import io.m2mgate.security.SecretsRoute;
import io.m2mgate.security.SecretsRoute.Decision;
import io.m2mgate.security.SecretsRoute.Distribution;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Profiles;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.StoredTerminal;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Who may register, and as what (behaviour 5.3.1, 5.4.4; wire 7). Immutable; changes nothing. */
final class RegistrationRules {

  /** A serial, or the prefix of one, is followed by as many characters again. */
  private static final int PREFIX = 8;

  private static final Pattern PLACEHOLDER = Pattern.compile("[A-Za-z0-9._-]{8}0{8}");
  private static final Pattern DIGITS = Pattern.compile("[0-9]{15}");

  /** TLV sim-bind-mode: the terminal is bound to the SIM it has. */
  private static final int LOCKED_TO_SIM = 1;

  static final String LOG_IN = "logIn";
  static final String KEEP_SERIAL = "keepSerialLogIn";
  static final String AWAIT = "awaitSecurityParameters";
  static final String NUMBER_DIFFERS = "numberDiffers";
  private static final String NO_WAY = "mappingRefused";
  private static final String UNKNOWN = "serialUnknown";
  private static final String CONFLICT = "bindingConflict";
  private static final String DISABLED = "terminalDisabled";

  private final RegistrationOptions options;
  private final SecretsRoute route;
  private final Predicate<String> applicationTakes;
  private final Function<TerminalRecord, Optional<String>> numberOf;

  /**
   * What is stored.
   *
   * @param terminal of the IMEI for operation askSerial, else of the header's serial
   * @param imsiHolder the terminal that the IMSI is bound to
   */
  record Found(Optional<StoredTerminal> terminal, Optional<TerminalRecord> imsiHolder) {}

  /** @param numberOf the telephone number of a record as short messages have it */
  RegistrationRules(
      RegistrationOptions options,
      SecretsRoute route,
      Predicate<String> applicationTakes,
      Function<TerminalRecord, Optional<String>> numberOf) {
    this.numberOf = numberOf;
    this.options = options;
    this.route = route;
    this.applicationTakes = applicationTakes;
  }

  /** @param holdsPreset whether the digests of operation preset prove the terminal's secrets */
  Ruling rule(
      RegisterRequest asked, Found found, Origin from, Predicate<StoredTerminal> holdsPreset) {
    if (!DIGITS.matcher(asked.imei()).matches() || !DIGITS.matcher(asked.imsi()).matches()) {
      return refuse(CONFLICT, found, "imeiOrImsiMalformed", "");
    }
    boolean ofAnother = found
        .imsiHolder()
        .filter(holder ->
            !found.terminal().map(it -> it.record().serial()).equals(Optional.of(holder.serial())))
        .isPresent();
    if (found.terminal().isEmpty()) {
      if (!asked.is(RegisterRequest.ASK_SERIAL)) {
        return refuse(UNKNOWN, found, "serialUnknown", "provision the terminal under its serial");
      }
      return ofAnother
          ? refuse(CONFLICT, found, "imsiOfAnother", "")
          : stranger(asked, found, from);
    }
    StoredTerminal terminal = found.terminal().get();
    if (!terminal.record().imei().equals(asked.imei())) {
      return refuse(CONFLICT, found, "imeiDiffers", "");
    }
    if (from.bearer().equals(Origin.SMS)
        && numberOf
            .apply(terminal.record())
            .filter(it -> !it.equals(from.remote()))
            .isPresent()) {
      return refuse(
          CONFLICT, found, NUMBER_DIFFERS, "the SIM was changed; correct the record's msisdn");
    }
    return ofAnother
        ? refuse(CONFLICT, found, "imsiOfAnother", "")
        : known(asked, found, terminal, from, holdsPreset);
  }

  private Ruling known(
      RegisterRequest asked,
      Found found,
      StoredTerminal terminal,
      Origin from,
      Predicate<StoredTerminal> holdsPreset) {
    Optional<String> bound = terminal.record().imsi();
    boolean bind = bound.isEmpty();
    if (!asked.is(RegisterRequest.REBIND)
        && !bind
        && !bound.get().equals(asked.imsi())
        && !terminal.security().rebindingTo().equals(Optional.of(asked.imsi()))) {
      return refuse(CONFLICT, found, "imsiDiffers", "the SIM was changed; correct the record");
    }
    if (!terminal.record().enabled()) {
      return refuse(DISABLED, found, "terminalDisabled", "enable the terminal");
    }
    return switch (asked.operation()) {
      case RegisterRequest.ASK_SERIAL, RegisterRequest.ASK_SECURITY ->
        parameters(asked, found, terminal, from, bind);
      case RegisterRequest.REBIND -> rebind(asked, found, terminal);
      case RegisterRequest.PRESET ->
        holdsPreset.test(terminal)
            ? new Ruling.LogIn(terminal, KEEP_SERIAL, bind)
            : wrongProof(found, "presetSecretsDiffer");
      case RegisterRequest.CLEARED ->
        asked.cleared()
            ? parameters(asked, found, terminal, from, bind)
            : refuse(CONFLICT, found, "nothingCleared", "");
      default -> refuse(DISABLED, found, "operationUnknown", "");
    };
  }

  private static Ruling rebind(RegisterRequest asked, Found found, StoredTerminal terminal) {
    if (!asked.proven()) {
      return wrongProof(found, "digestWrong");
    }
    return terminal.security().simBinding() == LOCKED_TO_SIM
        ? refuse(CONFLICT, found, "lockedToSim", "release the SIM binding of the terminal")
        : new Ruling.Rebind(terminal);
  }

  private Ruling parameters(
      RegisterRequest asked, Found found, StoredTerminal terminal, Origin from, boolean bind) {
    if (route.distribution() == Distribution.NONE) {
      return switch (asked.operation()) {
        case RegisterRequest.ASK_SERIAL -> new Ruling.LogIn(terminal, LOG_IN, bind);
        case RegisterRequest.ASK_SECURITY -> new Ruling.LogIn(terminal, KEEP_SERIAL, bind);
        default -> refuse(DISABLED, found, "noDistribution", "change registration.distribution");
      };
    }
    Decision way = route.ofRegistration(from, terminal.record());
    return way.permitted() ? new Ruling.GiveParameters(terminal, bind) : noWay(found, way);
  }

  /** An IMEI that nobody has told us of. */
  private Ruling stranger(RegisterRequest asked, Found found, Origin from) {
    if (!options.open()) {
      return refuse(
          DISABLED, found, "notProvisioned", "provision the terminal, or set registration.mode");
    }
    if (!PLACEHOLDER.matcher(asked.serial()).matches()) {
      return refuse(UNKNOWN, found, "notAPlaceholder", "provision the terminal under its serial");
    }
    if (!options.allowPrefixes().isEmpty()
        && options.allowPrefixes().stream().noneMatch(asked.serial()::startsWith)) {
      return refuse(DISABLED, found, "prefixNotAllowed", "change registration.allowPrefixes");
    }
    Optional<String> app = options.defaultApp().filter(applicationTakes);
    if (app.isEmpty()) {
      return refuse(
          DISABLED, found, "noApplication", "create the application of registration.defaultApp");
    }
    boolean parameters = route.distribution() != Distribution.NONE;
    Decision way = route.ofRegistration(from, unnamed(asked, app.get()));
    if (parameters && !way.permitted()) {
      return noWay(found, way);
    }
    String prefix = options.serialPrefix().orElse(asked.serial().substring(0, PREFIX));
    return new Ruling.Admit(app.get(), prefix, parameters);
  }

  private static TerminalRecord unnamed(RegisterRequest asked, String app) {
    return new TerminalRecord(
        asked.serial(),
        asked.imei(),
        Optional.of(asked.imsi()),
        app,
        Profiles.DEFAULT,
        Optional.empty(),
        true,
        0,
        0,
        1);
  }

  private static Refuse noWay(Found found, Decision way) {
    return refuse(
        NO_WAY, found, "noWayForSecrets", "change " + way.setting() + ": " + way.reason());
  }

  private static Refuse wrongProof(Found found, String reason) {
    return new Refuse(CONFLICT, record(found), reason, "compare the secrets of the record", true);
  }

  static Refuse refuse(String result, Found found, String reason, String advice) {
    return new Refuse(result, record(found), reason, advice, false);
  }

  private static Optional<TerminalRecord> record(Found found) {
    return found.terminal().map(StoredTerminal::record);
  }

  /** @param reason names the setting */
  static Refuse parametersTooLong(Found found, String reason) {
    return refuse(NO_WAY, found, "parametersTooLong", reason);
  }

  static Refuse applicationGone(Found found) {
    return refuse(
        DISABLED, found, "noApplication", "create the application of registration.defaultApp");
  }
}
