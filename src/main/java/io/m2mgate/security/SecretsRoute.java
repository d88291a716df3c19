package io.m2mgate.security;

import io.m2mgate.session.Origin;
import io.m2mgate.session.TerminalRecord;
import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * By which way secrets may leave the platform: encrypted, over TLS, by short message to the bound number, or in clear over TCP to a
 * permitted source (behaviour 5.3.1). Immutable; may be used from any thread.
 */
public final class SecretsRoute {

  private static final String CLEAR_SETTING = "security.clearSecretsTo";
  private static final String DISTRIBUTION_SETTING = "registration.distribution";

  private final Distribution distribution;
  private final Predicate<InetAddress> clearSecretsTo;
  private final ShortMessages shortMessages;

  /** What the operator wants, {@code registration.distribution}. */
  public enum Distribution {
    /** By short message where that reaches the terminal, else in band. */
    AUTO,
    SMS,
    INBAND,
    /** Terminals have their secrets already. */
    NONE
  }

  /** The way that was found. */
  public enum Way {
    INBAND,
    SMS,
    NONE
  }

  /** Whether a short message reaches a terminal: there is a bearer for them, and a number is bound. */
  @FunctionalInterface
  public interface ShortMessages {
    ShortMessages ABSENT = terminal -> false;

    boolean reach(TerminalRecord terminal);
  }

  /**
   * @param setting that an operator can change where there is no way, else empty
   * @param reason for logs and events, empty where there is a way
   */
  public record Decision(Way way, String setting, String reason) {

    static final Decision INBAND = new Decision(Way.INBAND, "", "");
    static final Decision SMS = new Decision(Way.SMS, "", "");

    static Decision none(String setting, String reason) {
      return new Decision(Way.NONE, setting, reason);
    }

    public boolean permitted() {
      return way != Way.NONE;
    }
  }

  /** @param clearSecretsTo true for the addresses that may be given secrets in clear */
  public SecretsRoute(
      Distribution distribution,
      Predicate<InetAddress> clearSecretsTo,
      ShortMessages shortMessages) {
    this.distribution = distribution;
    this.clearSecretsTo = clearSecretsTo;
    this.shortMessages = shortMessages;
  }

  public Distribution distribution() {
    return distribution;
  }

  /** For the parameters of a registration, which no session protects. */
  public Decision ofRegistration(Origin to, TerminalRecord terminal) {
    boolean cameByMessage = to.bearer().equals(Origin.SMS);
    boolean byMessage =
        shortMessages.reach(cameByMessage ? terminal.withNumber(to.remote()) : terminal);
    return switch (distribution) {
      case NONE -> Decision.none(DISTRIBUTION_SETTING, "registration.distribution is none");
      case SMS ->
        byMessage
            ? Decision.SMS
            : Decision.none(
                DISTRIBUTION_SETTING,
                "registration.distribution is sms, and no short message reaches the terminal");
      case AUTO -> byMessage ? Decision.SMS : inBand(to);
      case INBAND ->
        cameByMessage
            ? Decision.none(
                DISTRIBUTION_SETTING,
                "registration.distribution is inband, and the terminal registered by short message")
            : inBand(to);
    };
  }

  /**
   * For secrets in a confirmed session, such as those of a rotation.
   *
   * @param encrypted the session has a key, so that they leave inside an encrypted body
   */
  public Decision inSession(Origin to, TerminalRecord terminal, boolean encrypted) {
    if (encrypted || mayBeRead(to)) {
      return Decision.INBAND;
    }
    return shortMessages.reach(terminal) ? Decision.SMS : inBand(to);
  }

  /** Where the parameters of a registration go that came from there: back, or to the number of the terminal. */
  public Origin ofParameters(
      Origin from,
      TerminalRecord terminal,
      Function<TerminalRecord, Optional<? extends Origin>> number) {
    return from.bearer().equals(Origin.SMS) || ofRegistration(from, terminal).way() != Way.SMS
        ? from.lasting()
        : number.apply(terminal).<Origin>map(to -> to).orElseGet(from::lasting);
  }

  private Decision inBand(Origin to) {
    return mayBeRead(to)
        ? Decision.INBAND
        : Decision.none(
            CLEAR_SETTING, "the terminal's address is not within security.clearSecretsTo");
  }

  private boolean mayBeRead(Origin to) {
    return to.confidential()
        || to.bearer().equals(Origin.TCP) && to.address().filter(clearSecretsTo).isPresent();
  }
}
