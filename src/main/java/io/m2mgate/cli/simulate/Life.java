package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.SecurityOptions.Registration;
import io.m2mgate.cli.simulate.SecurityOptions.Renewal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * What a terminal has, and what it needs next: to register, to log in, to take or lose secrets. Knows neither sockets nor time; owned
 * by the terminal's event loop.
 */
final class Life {
  /** What comes next. */
  enum Need {
    REGISTER,
    /** The secrets that its registration promised. */
    SECRETS,
    LOGIN,
    CONFIRMATION,
    /** To ask for other secrets. */
    REQUEST,
    /** To end the session, and use the secrets it was given. */
    RENEWAL,
    /** To forget its secrets. */
    CLEARING,
    NOTHING;

    /** Waits until nothing else is open. */
    boolean waitsForQuiet() {
      return this == REQUEST || this == RENEWAL || this == CLEARING;
    }
  }

  private enum Deed {
    BE_ROTATED,
    ASK,
    CLEAR
  }

  /** Nothing is ever added to it. */
  private static final Deque<Deed> NOTHING = new ArrayDeque<>();

  private final byte[] nextImsi;
  private final Deque<Deed> plan;
  private Keys keys;
  private Optional<Keys> renewed = Optional.empty();
  private Optional<Registration> registration;
  private boolean awaitsSecrets;
  private boolean released;
  private boolean asked;
  private boolean renewing;
  private boolean clearing;
  private boolean sessionGiven;
  private boolean confirmed;

  /**
   * @param keys what it begins with
   * @param registration how it begins; absent where it can log in
   * @param nextImsi of the SIM that a rebinding binds
   */
  Life(
      Keys keys,
      Optional<Registration> registration,
      byte[] nextImsi,
      Optional<Renewal> renewal,
      boolean clears) {
    this.keys = keys;
    this.registration = registration;
    this.nextImsi = nextImsi;
    this.plan = renewal.isPresent() || clears ? new ArrayDeque<>() : NOTHING;
    renewal.ifPresent(how -> plan.add(how == Renewal.PLATFORM ? Deed.BE_ROTATED : Deed.ASK));
    if (clears) {
      plan.add(Deed.CLEAR);
    }
  }

  /** One that is in session from the start and stays there. */
  static Life inSession(Keys keys) {
    Life life = new Life(keys, Optional.empty(), keys.imsi(), Optional.empty(), false);
    life.sessionGiven = true;
    life.confirmed = true;
    return life;
  }

  Keys keys() {
    return keys;
  }

  /** The operation of REGISTER; only while {@link Need#REGISTER}. */
  Registration registration() {
    return registration.orElseThrow();
  }

  byte[] nextImsi() {
    return nextImsi;
  }

  boolean confirmed() {
    return confirmed;
  }

  Need need() {
    if (registration.isPresent()) {
      return awaitsSecrets ? Need.SECRETS : Need.REGISTER;
    }
    if (!sessionGiven) {
      return Need.LOGIN;
    }
    if (!confirmed) {
      return Need.CONFIRMATION;
    }
    if (renewed.isPresent()) {
      return Need.RENEWAL;
    }
    return released ? planned() : Need.NOTHING;
  }

  private Need planned() {
    Deed next = plan.peek();
    if (next == Deed.ASK && !asked) {
      return Need.REQUEST;
    }
    return next == Deed.CLEAR ? Need.CLEARING : Need.NOTHING;
  }

  /** Nothing of what it planned or was given is left to do. */
  boolean settled() {
    return renewed.isEmpty() && plan.isEmpty() && !renewing && !clearing;
  }

  /** It may do what it plans. */
  void release() {
    released = true;
  }

  // Registration

  /** @param secretsFollow the platform sends secrets; else those that are there are good */
  void registered(byte[] serial, boolean secretsFollow) {
    if (registration().equals(Registration.REBIND)) {
      keys = keys.withImsi(nextImsi);
    }
    keys = keys.withSerial(serial);
    awaitsSecrets = secretsFollow;
    if (!secretsFollow) {
      registration = Optional.empty();
    }
  }

  /** Secrets of a registration come over the connection that it was made on. */
  void connectionLost() {
    awaitsSecrets = false;
  }

  /** The secrets that its registration promised. */
  void equipped(Given given) {
    keys = given.appliedTo(keys);
    awaitsSecrets = false;
    registration = Optional.empty();
  }

  // Sessions

  void loggedIn() {
    sessionGiven = true;
  }

  /** The first frame of its session verified; true when that ended a renewal. */
  boolean nowConfirmed() {
    confirmed = true;
    boolean ended = renewing;
    Deed next = plan.peek();
    if (renewing && (next == Deed.ASK || next == Deed.BE_ROTATED)
        || clearing && next == Deed.CLEAR) {
      plan.poll();
    }
    renewing = false;
    clearing = false;
    asked = false;
    return ended;
  }

  void sessionLost() {
    sessionGiven = false;
    confirmed = false;
  }

  // Other secrets

  /** A set to use from its next LOGIN on; false where it is what it uses already. */
  boolean renewedBy(Given given) {
    boolean other = !given.isIn(keys);
    if (other) {
      renewed = Optional.of(given.appliedTo(keys));
    }
    return other;
  }

  /** The platform gave nothing new, and is not asked again. */
  void refusedSecrets() {
    if (plan.peek() == Deed.ASK) {
      plan.poll();
    }
  }

  void askedForSecrets() {
    asked = true;
  }

  /** Its session is over: it uses what it was given. */
  void loggedOut() {
    sessionLost();
    if (renewed.isPresent()) {
      keys = renewed.get();
      renewed = Optional.empty();
      renewing = true;
    }
  }

  /** It forgets its secrets, and comes back without. */
  void cleared() {
    sessionLost();
    keys = keys.withoutSecrets();
    registration = Optional.of(Registration.CLEARED);
    renewed = Optional.empty();
    clearing = true;
  }
}
