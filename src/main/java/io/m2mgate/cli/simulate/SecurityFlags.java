package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.SecurityOptions.Registration;
import io.m2mgate.cli.simulate.SecurityOptions.Renewal;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.session.CipherKind;
import io.m2mgate.session.MacKind;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of {@code simulate} that are about registration, keys and secrets. One run, one thread. */
final class SecurityFlags {
  private static final Map<String, Renewal> RENEWALS = Map.of(
      "platform", Renewal.PLATFORM,
      "ask", Renewal.ASK_PLAIN,
      "ask-encrypted", Renewal.ASK_ENCRYPTED);

  @Option(
      names = "--register",
      paramLabel = "OP",
      converter = RegistrationConverter.class,
      description = {
        "Terminals begin with REGISTER, by number or name:",
        "0 askSerial: without serial and secrets; 1 askSecurity: without secrets;",
        "2 rebind: with another SIM; 3 preset: with all secrets; 4 cleared: has lost them.",
        "The gateway's registration.perSourcePerMinute holds for the fleet."
      })
  private Optional<Registration> register = Optional.empty();

  @Option(
      names = "--strangers",
      description = "With --register 0: the gateway is not told of the terminals before;"
          + " it needs registration.mode: open and the application as registration.defaultApp.")
  private boolean strangers;

  @Option(
      names = "--encrypt",
      description = "LOGIN proves the base key, asks for a session key, and bodies go encrypted.")
  private boolean encrypt;

  @Option(
      names = "--cipher",
      defaultValue = "3des",
      converter = AlgorithmNames.Cipher.class,
      description = "3des, aes or sm4; the terminals get a profile with it (default: 3des).")
  private CipherKind cipher = CipherKind.TRIPLE_DES;

  @Option(
      names = "--mac",
      defaultValue = "md5",
      converter = AlgorithmNames.Mac.class,
      description =
          "md5, hmac-sha256 or hmac-sm3; the terminals get a profile with it (default: md5).")
  private MacKind mac = MacKind.MD5;

  @Option(
      names = "--rotate",
      paramLabel = "HOW",
      converter = RenewalConverter.class,
      description =
          "Once online each terminal comes to other secrets: platform (the operator orders it"
              + " over HTTP), ask (the terminal asks for them) or ask-encrypted; then LOGOUT 9 and LOGIN with"
              + " them. What the gateway rotates by itself is taken without this option too.")
  private Optional<Renewal> renewal = Optional.empty();

  @Option(
      names = "--clear",
      description = "Once online (and rotated) each terminal forgets its secrets and comes back by"
          + " REGISTER operation 4.")
  private boolean clear;

  @Option(
      names = "--keep",
      paramLabel = "FILE",
      description =
          "Keeps the terminals' secrets in this file (0600, a line of JSON each, in clear) and"
              + " begins with those in it. Written every second and at the end.")
  private Optional<Path> keep = Optional.empty();

  @Option(
      names = "--misbehave",
      paramLabel = "KIND",
      split = ",",
      converter = MisdeedConverter.class,
      description =
          "What goes wrong beside the exchanges, each over a connection of its own, in turn:"
              + " wrong-digest (LOGIN), wrong-binding (LOGIN with another SIM), replay (of LOGIN and login"
              + " trap), clock-skew (an hour in the session's timestamp), duplicate-serial (REGISTER of"
              + " another device). The summary counts what the gateway answers within a second.")
  private List<Misdeed> misdeeds = List.of();

  @Option(
      names = "--misbehave-share",
      defaultValue = "0.1",
      description = "Part of the exchanges that one of them goes beside, above 0 up to 1"
          + " (default: ${DEFAULT-VALUE}).")
  private double share;

  /** What is wrong with them together; empty where nothing is. */
  Optional<String> problem() {
    if (!(share > 0 && share <= 1)) {
      return Optional.of("--misbehave-share: valid is above 0 up to 1");
    }
    if (strangers && !register.equals(Optional.of(Registration.ASK_SERIAL))) {
      return Optional.of("--strangers: valid is together with --register 0");
    }
    boolean ownProfile = cipher != CipherKind.TRIPLE_DES || mac != MacKind.MD5;
    if (strangers && ownProfile) {
      return Optional.of("--strangers: they have the default profile; valid is 3des and md5");
    }
    if (cipher != CipherKind.TRIPLE_DES && !encrypt) {
      return Optional.of("--cipher: valid is together with --encrypt");
    }
    return Optional.empty();
  }

  SecurityOptions options() {
    Set<Misdeed> kinds = misdeeds.isEmpty() ? Set.of() : EnumSet.copyOf(misdeeds);
    return new SecurityOptions(
        register, strangers, encrypt, cipher, mac, renewal, clear, keep, kinds, share);
  }

  private static <T> T named(String text, Map<String, T> values) {
    return Optional.ofNullable(values.get(text))
        .orElseThrow(() -> none(text, values.keySet().stream().sorted()));
  }

  private static <T> T named(String text, T[] values, Function<T, String> name) {
    return Arrays.stream(values)
        .filter(it -> name.apply(it).equals(text))
        .findFirst()
        .orElseThrow(() -> none(text, Arrays.stream(values).map(name)));
  }

  private static TypeConversionException none(String text, Stream<String> valid) {
    return new TypeConversionException("'" + text + "' is none of " + valid.toList());
  }

  /** By name, or by its number in the dictionary. */
  private static final class RegistrationConverter implements ITypeConverter<Registration> {
    @Override
    public Registration convert(String text) {
      String name = text.matches("[0-9]{1,3}")
          ? Dictionary.load().dialect().registerOperations().nameOf(Integer.parseInt(text))
          : text;
      return named(name, Registration.values(), Registration::code);
    }
  }

  private static final class RenewalConverter implements ITypeConverter<Renewal> {
    @Override
    public Renewal convert(String text) {
      return named(text, RENEWALS);
    }
  }

  private static final class MisdeedConverter implements ITypeConverter<Misdeed> {
    @Override
    public Misdeed convert(String text) {
      return named(text, Misdeed.values(), Misdeed::text);
    }
  }
}
