package io.m2mgate.command;

import io.m2mgate.exchange.Link;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Profile;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import java.util.Optional;

/**
 * By which session and to where requests go to a terminal.
 *
 * @param next where a heartbeat came from since, for what stays unanswered and is no secret (5.2.1)
 * @param confirmed secrets may go there: the session is confirmed, and the address was verified
 */
record Way(Session session, Origin to, Optional<Origin> next, boolean confirmed) {

  /** After LOGIN_ACK at which a terminal without login trap is asked something (5.2.1). */
  private static final long UNCONFIRMED_MILLIS = 5000;

  /** Empty when it cannot be reached now, or must not be: it is disabled. */
  static Optional<Way> to(Terminal terminal, long nowMillis) {
    if (!terminal.terminalRecord().enabled()) {
      return Optional.empty();
    }
    Profile profile = terminal.profile();
    Optional<Origin> candidate =
        terminal.place().candidate().filter(it -> it.open() && profile.allows(it));
    Optional<Way> confirmed = terminal
        .confirmed()
        .filter(session -> !terminal.dormant())
        .flatMap(session -> terminal
            .place()
            .address(profile)
            .map(address -> new Way(session, address, candidate, true)));
    Optional<Way> fresh = unconfirmed(terminal, nowMillis);
    boolean sameTerminal = confirmed.isEmpty()
        || fresh.filter(it -> terminal.place().isHome(it.to())).isPresent();
    if (fresh.isPresent() && sameTerminal) {
      return fresh;
    }
    return confirmed.or(() -> terminal
        .confirmed()
        .filter(session -> !terminal.dormant())
        .flatMap(
            session -> candidate.map(origin -> new Way(session, origin, Optional.empty(), false))));
  }

  /** The session of a terminal that shows by nothing of its own that LOGIN_ACK reached it. */
  private static Optional<Way> unconfirmed(Terminal terminal, long nowMillis) {
    if (terminal.profile().loginTrap() != Profile.LoginTrap.NONE || !terminal.hasSession()) {
      return Optional.empty();
    }
    Session latest = terminal.latest();
    boolean due = nowMillis - latest.token().openedMillis() >= UNCONFIRMED_MILLIS;
    return due && terminal.isTentative(latest)
        ? latest
            .openedFrom()
            .filter(from -> from.open() && terminal.profile().allows(from))
            .map(from -> new Way(latest, from, Optional.empty(), false))
        : Optional.empty();
  }

  /**
   * Where the terminal was verified, and by turns where it was heard since, once that stays silent (5.2.1).
   *
   * @param elsewhere it may go to an address that nothing has proven
   */
  Origin address(Conversation conversation, boolean elsewhere) {
    return next.filter(candidate -> elsewhere && conversation.wasSentTo(to)).orElse(to);
  }

  /** In the same session, to a number. */
  Way by(Origin number) {
    return new Way(session, number, Optional.empty(), confirmed);
  }

  /** What goes there is neither signed nor encrypted, and in one piece (sms.md). */
  boolean byMessage() {
    return to.bearer().equals(Origin.SMS);
  }

  /** The same as the exchange sees it. */
  Link link(Terminal terminal, long nowMillis) {
    Profile.Exchange timing = terminal.profile().exchange();
    return new Link(
        session.token().timestamp(),
        to.bearer(),
        confirmed,
        timing.timeoutMillis(to.bearer()),
        timing.sends(to.bearer()),
        terminal.recent().downloadingAt(nowMillis));
  }
}
