package io.m2mgate.command;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.LaneVerticle;
import io.m2mgate.bus.PresenceAsked;
import io.m2mgate.bus.TerminalEvents;
import io.m2mgate.session.Origin;
import io.m2mgate.session.PresenceRules;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Round;
import io.m2mgate.session.SessionState;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.CommitUnit.Outcome;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Notices terminals that fell silent, tells what is known of their presence, and forgets those that logged out, and those that
 * have nothing to do here when there are too many. Silence changes presence only: the session stays good (5.2.1). One on each lane.
 */
public final class PresenceVerticle extends LaneVerticle {

  /** All of them are looked at within two seconds, so few at a time that frames need not wait for it. */
  private static final long TICK_MILLIS = 50;

  private static final int TICKS = 40;

  /** After its LOGOUT, in which what was still to be looked at of it is. */
  private static final long LINGER_MILLIS = 3000;

  private final int most;
  private final PresenceRules rules;

  /** @param most terminals that one lane keeps in memory when they have nothing under way */
  public PresenceVerticle(int most, PresenceRules rules) {
    this.most = most;
    this.rules = rules;
  }

  @Override
  protected Future<?> open() {
    this.<PresenceAsked>consume(
        Addresses.presence(lane().index()),
        asked -> asked.told().complete(states(asked.serials())));
    Round round = new Round(lane().terminals(), TICKS);
    vertx.setPeriodic(TICK_MILLIS, timer -> tick(round, lane().nowMillis()));
    return Future.succeededFuture();
  }

  private void tick(Round round, long nowMillis) {
    if (round.begins()) {
      lane().payDebts();
    }
    int excess = lane().terminals().size() - most;
    List<Resident> forgotten = new ArrayList<>();
    List<Resident> moving = new ArrayList<>();
    round.part(resident -> {
      look(resident, nowMillis);
      if (resident.moves()) {
        moving.add(resident);
      } else if (leaves(resident, forgotten.size() < excess, nowMillis)) {
        forgotten.add(resident);
      }
    });
    moving.forEach(lane()::settle);
    forgotten.forEach(resident -> {
      lane().terminals().remove(resident);
      lane().services().locator().release(resident.serial(), lane().index());
    });
  }

  /** Nothing of it need be here. */
  static boolean leaves(Resident resident, boolean tooMany, long nowMillis) {
    return resident.quiet() && (loggedOut(resident, nowMillis) || tooMany && idle(resident));
  }

  void look(Resident resident, long nowMillis) {
    resident.terminal().ifPresent(terminal -> look(resident, terminal, nowMillis));
  }

  private void look(Resident resident, Terminal terminal, long nowMillis) {
    // Sessions that are over are let go with their keys, also where no frame comes any more.
    terminal.expire(nowMillis);
    terminal.segments().ifPresent(segments -> {
      segments.expire(terminal.confirmed(), nowMillis);
      if (segments.idle()) {
        terminal.segments(Optional.empty());
      }
    });
    if (terminal.online() && rules.offline(terminal, nowMillis)) {
      terminal.online(false);
      lane().insist(resident, TerminalEvents.offline(terminal, nowMillis), outcome -> {});
    } else if (terminal.online() && terminal.silent() != rules.misses(terminal, nowMillis)) {
      boolean silent = !terminal.silent();
      terminal.silent(silent);
      lane().commit(resident, List.of(TerminalEvents.session(terminal)), outcome -> {
        if (outcome == Outcome.UNAVAILABLE) {
          terminal.silent(!silent);
        }
      });
    }
  }

  /** The sessions of those that are in memory here, as they are now. */
  private Map<String, SessionState> states(Collection<String> serials) {
    Map<String, SessionState> states = new HashMap<>();
    for (String serial : serials) {
      lane()
          .terminals()
          .find(serial)
          .flatMap(Resident::terminal)
          .ifPresent(terminal -> states.put(serial, terminal.state()));
    }
    return states;
  }

  /** Its secrets are not kept in memory longer than its session; a repeated LOGOUT finds the ended one in the store. */
  private static boolean loggedOut(Resident resident, long nowMillis) {
    return resident
        .terminal()
        .filter(Terminal::loggedOut)
        .flatMap(Terminal::ended)
        .filter(session -> nowMillis - session.token().endedMillis() >= LINGER_MILLIS)
        .isPresent();
  }

  private static boolean idle(Resident resident) {
    return resident
        .terminal()
        .filter(terminal -> !terminal.online() && !isConnected(terminal))
        .isPresent();
  }

  /** Only here is its connection known; any other address is as good as it was when it comes back from the store. */
  private static boolean isConnected(Terminal terminal) {
    return terminal
        .place()
        .home()
        .filter(home -> home.bearer().equals(Origin.TCP) && home.open())
        .isPresent();
  }
}
