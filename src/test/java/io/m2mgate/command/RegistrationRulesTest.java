package io.m2mgate.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.command.RegistrationRules.Found;
import io.m2mgate.security.SecretsRoute;
import io.m2mgate.security.SecretsRoute.Distribution;
import io.m2mgate.security.SecretsRoute.ShortMessages;
import io.m2mgate.session.FakeOrigin;
import io.m2mgate.session.Origin;
import io.m2mgate.session.SecretSet.Expiries;
import io.m2mgate.session.SessionState;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.DesiredSet;
import io.m2mgate.store.SealedSecrets;
import io.m2mgate.store.StoredSecurity;
import io.m2mgate.store.StoredTerminal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Behaviour 5.3.1 and 5.4.4, wire 7: every answer of REGISTER, by operation and by what is stored. */
class RegistrationRulesTest {
  private static final String SERIAL = "ACME0001ABCDEFGH";
  private static final String PLACEHOLDER = "ACME000100000000";
  private static final String IMEI = "351692032182973";
  private static final String IMSI = "460007914127292";
  private static final String OTHER = "460007914127299";
  private static final Origin FROM = FakeOrigin.at("192.0.2.7:40112");

  /** What is stored and set in one case; the usual one is a terminal with its IMSI, in the default mode. */
  private record Case(
      Optional<String> imsi,
      boolean enabled,
      Optional<String> rebindingTo,
      int simBinding,
      Distribution distribution,
      boolean reachable,
      boolean proven,
      boolean presetHolds,
      boolean cleared) {

    static final Case USUAL = new Case(
        Optional.of(IMSI), true, Optional.empty(), 0, Distribution.AUTO, true, true, true, true);

    Case imsi(String bound) {
      return new Case(
          Optional.ofNullable(bound),
          enabled,
          rebindingTo,
          simBinding,
          distribution,
          reachable,
          proven,
          presetHolds,
          cleared);
    }

    Case disabled() {
      return new Case(
          imsi,
          false,
          rebindingTo,
          simBinding,
          distribution,
          reachable,
          proven,
          presetHolds,
          cleared);
    }

    Case rebindingTo(String other) {
      return new Case(
          imsi,
          enabled,
          Optional.of(other),
          simBinding,
          distribution,
          reachable,
          proven,
          presetHolds,
          cleared);
    }

    Case simBinding(int mode) {
      return new Case(
          imsi, enabled, rebindingTo, mode, distribution, reachable, proven, presetHolds, cleared);
    }

    Case distribution(Distribution how) {
      return new Case(
          imsi, enabled, rebindingTo, simBinding, how, reachable, proven, presetHolds, cleared);
    }

    Case unreachable() {
      return new Case(
          imsi,
          enabled,
          rebindingTo,
          simBinding,
          distribution,
          false,
          proven,
          presetHolds,
          cleared);
    }

    Case unproven() {
      return new Case(
          imsi, enabled, rebindingTo, simBinding, distribution, reachable, false, false, false);
    }

    StoredTerminal stored() {
      return new StoredTerminal(
          record(SERIAL, IMEI, imsi, enabled),
          new StoredSecurity(
              0, SealedSecrets.NONE, Expiries.NEVER, Optional.empty(), rebindingTo, simBinding),
          SessionState.NONE,
          new byte[0],
          List.of(),
          false,
          DesiredSet.NONE);
    }

    Ruling rule(
        String operation,
        String serial,
        String imei,
        String askedImsi,
        Found found,
        RegistrationOptions options) {
      SecretsRoute route = new SecretsRoute(
          distribution, address -> false, reachable ? terminal -> true : ShortMessages.ABSENT);
      return new RegistrationRules(options, route, "EC01"::equals, TerminalRecord::msisdn)
          .rule(
              new RegisterRequest(operation, serial, imei, askedImsi, cleared, Map.of(), proven),
              found,
              FROM,
              stored -> presetHolds);
    }

    /** A request of the stored terminal, under its own serial, or the placeholder for askSerial. */
    Ruling rule(String operation, String askedImsi) {
      return rule(
          operation,
          operation.equals("askSerial") ? PLACEHOLDER : SERIAL,
          IMEI,
          askedImsi,
          new Found(Optional.of(stored()), Optional.empty()),
          PROVISIONED);
    }
  }

  private static final RegistrationOptions PROVISIONED =
      new RegistrationOptions(false, Optional.of("EC01"), Optional.empty(), List.of());
  private static final Found NOTHING = new Found(Optional.empty(), Optional.empty());

  private static RegistrationOptions open(String app, String prefix, String... allowed) {
    return new RegistrationOptions(
        true,
        Optional.of(app).filter(code -> !code.isEmpty()),
        Optional.of(prefix).filter(text -> !text.isEmpty()),
        List.of(allowed));
  }

  private static TerminalRecord record(
      String serial, String imei, Optional<String> imsi, boolean enabled) {
    return new TerminalRecord(
        serial, imei, imsi, "EC01", "wmmp-3", Optional.empty(), enabled, 0, 0, 1);
  }

  /** The name of the result, or what is done instead of a refusal. */
  private static String said(Ruling ruling) {
    if (ruling instanceof Ruling.Refuse refusal) {
      return refusal.result() + (refusal.wrongProof() ? "!" : "");
    }
    if (ruling instanceof Ruling.LogIn in) {
      return in.result() + (in.bindImsi() ? "+bind" : "");
    }
    if (ruling instanceof Ruling.GiveParameters give) {
      return "parameters" + (give.bindImsi() ? "+bind" : "");
    }
    return ruling.getClass().getSimpleName();
  }

  // Verifies the answers to a terminal that is known, in every state of its record.
  @ParameterizedTest
  @CsvSource({
    "askSerial,   parameters,           parameters+bind,      terminalDisabled, logIn,            mappingRefused",
    "askSecurity, parameters,           parameters+bind,      terminalDisabled, keepSerialLogIn,  mappingRefused",
    "rebind,      Rebind,               Rebind,               terminalDisabled, Rebind,           Rebind",
    "preset,      keepSerialLogIn,      keepSerialLogIn+bind, terminalDisabled, keepSerialLogIn,  keepSerialLogIn",
    "cleared,     parameters,           parameters+bind,      terminalDisabled, terminalDisabled, mappingRefused",
    "code-9,      terminalDisabled,     terminalDisabled,     terminalDisabled, terminalDisabled, terminalDisabled",
  })
  void answersTheKnown(
      String operation,
      String usual,
      String unbound,
      String disabled,
      String undistributed,
      String unreachable) {
    assertThat(said(Case.USUAL.rule(operation, IMSI))).isEqualTo(usual);
    assertThat(said(Case.USUAL.imsi(null).rule(operation, IMSI))).isEqualTo(unbound);
    assertThat(said(Case.USUAL.disabled().rule(operation, IMSI))).isEqualTo(disabled);
    assertThat(said(Case.USUAL.distribution(Distribution.NONE).rule(operation, IMSI)))
        .isEqualTo(undistributed);
    assertThat(said(Case.USUAL.unreachable().rule(operation, IMSI))).isEqualTo(unreachable);
  }

  // Verifies that IMEI and IMSI must be the record's, 15 digits each, and nobody else's.
  @ParameterizedTest
  @CsvSource({"askSerial", "askSecurity", "preset", "cleared"})
  void refusesOtherIdentities(String operation) {
    assertThat(said(Case.USUAL.rule(operation, OTHER))).isEqualTo("bindingConflict");
    assertThat(said(Case.USUAL.rule(operation, "46000791412729"))).isEqualTo("bindingConflict");
    assertThat(said(Case.USUAL.rule(operation, "46000791412729X"))).isEqualTo("bindingConflict");
    // while a new SIM is being bound both are good
    assertThat(said(Case.USUAL.rebindingTo(OTHER).rule(operation, OTHER)))
        .doesNotContain("Conflict");
    Found another = new Found(
        Optional.of(Case.USUAL.imsi(null).stored()),
        Optional.of(record("T000000000000009", "351692032182974", Optional.of(IMSI), true)));
    assertThat(said(Case.USUAL.rule(operation, SERIAL, IMEI, IMSI, another, PROVISIONED)))
        .isEqualTo("bindingConflict");
    assertThat(said(Case.USUAL.rule(
            operation,
            SERIAL,
            "351692032182974",
            IMSI,
            new Found(Optional.of(Case.USUAL.stored()), Optional.empty()),
            PROVISIONED)))
        .isEqualTo("bindingConflict");
  }

  // Verifies that proofs count: the digest of a new SIM, those of preset secrets, and the flag of
  // what was cleared.
  @Test
  void wantsProofs() {
    assertThat(said(Case.USUAL.unproven().rule("rebind", OTHER))).isEqualTo("bindingConflict!");
    assertThat(said(Case.USUAL.unproven().rule("preset", IMSI))).isEqualTo("bindingConflict!");
    assertThat(said(Case.USUAL.unproven().rule("cleared", IMSI))).isEqualTo("bindingConflict");
    assertThat(said(Case.USUAL.rule("rebind", OTHER))).isEqualTo("Rebind");
    assertThat(said(Case.USUAL.simBinding(1).rule("rebind", OTHER))).isEqualTo("bindingConflict");
    assertThat(said(Case.USUAL.simBinding(2).rule("rebind", OTHER))).isEqualTo("Rebind");
  }

  // Verifies who of the unknown is admitted.
  @ParameterizedTest
  @CsvSource({
    "askSerial,   ACME000100000000, EC01, '',   Admit",
    "askSerial,   ACME000100000000, EC01, ACME, Admit",
    "askSerial,   ACME000100000000, EC01, ACMF, terminalDisabled",
    "askSerial,   ACME000100000000, EC02, '',   terminalDisabled",
    "askSerial,   ACME000100000000, '',   '',   terminalDisabled",
    "askSerial,   ACME0001ABCDEFGH, EC01, '',   serialUnknown",
    "askSecurity, ACME0001ABCDEFGH, EC01, '',   serialUnknown",
    "rebind,      ACME0001ABCDEFGH, EC01, '',   serialUnknown",
    "preset,      ACME0001ABCDEFGH, EC01, '',   serialUnknown",
    "cleared,     ACME0001ABCDEFGH, EC01, '',   serialUnknown",
  })
  void admitsStrangers(
      String operation, String serial, String app, String allowed, String expected) {
    RegistrationOptions options = allowed.isEmpty() ? open(app, "") : open(app, "", allowed);
    assertThat(said(Case.USUAL.rule(operation, serial, IMEI, IMSI, NOTHING, options)))
        .isEqualTo(expected);
    assertThat(said(Case.USUAL.rule(operation, serial, IMEI, IMSI, NOTHING, PROVISIONED)))
        .isEqualTo(operation.equals("askSerial") ? "terminalDisabled" : "serialUnknown");
  }

  // Verifies what a stranger is given: a serial of the set or the placeholder's prefix, and secrets
  // where they may leave.
  @Test
  void givesStrangersWhatMayLeave() {
    RegistrationOptions options = open("EC01", "");
    assertThat(Case.USUAL.rule("askSerial", PLACEHOLDER, IMEI, IMSI, NOTHING, options))
        .isEqualTo(new Ruling.Admit("EC01", "ACME0001", true));
    assertThat(Case.USUAL.rule(
            "askSerial", PLACEHOLDER, IMEI, IMSI, NOTHING, open("EC01", "FACTORY1")))
        .isEqualTo(new Ruling.Admit("EC01", "FACTORY1", true));
    assertThat(Case.USUAL
            .distribution(Distribution.NONE)
            .rule("askSerial", PLACEHOLDER, IMEI, IMSI, NOTHING, options))
        .isEqualTo(new Ruling.Admit("EC01", "ACME0001", false));
    assertThat(said(
            Case.USUAL.unreachable().rule("askSerial", PLACEHOLDER, IMEI, IMSI, NOTHING, options)))
        .isEqualTo("mappingRefused");
    Found held = new Found(
        Optional.empty(),
        Optional.of(record("T000000000000009", "351692032182974", Optional.of(IMSI), true)));
    assertThat(said(Case.USUAL.rule("askSerial", PLACEHOLDER, IMEI, IMSI, held, options)))
        .isEqualTo("bindingConflict");
  }
}
