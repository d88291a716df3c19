package io.m2mgate.command;

import io.m2mgate.session.FakeOrigin;
import io.m2mgate.session.PresenceRules;
import io.m2mgate.session.Round;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.session.Session;
import io.m2mgate.session.SessionTable;
import io.m2mgate.session.Terminal;

/** Terminals of one lane that are all online and well, and the look at each of them that presence takes. */
public final class PresencePath {
  private static final long NOW = 1_700_000_000_000L;

  private final SessionTable table = new SessionTable();
  private final PresenceVerticle presence =
      new PresenceVerticle(Integer.MAX_VALUE, new PresenceRules(150, 180_000, 259_200_000));
  private final Round round;
  private int leaving;

  /** @param parts of one round */
  public PresencePath(int terminals, int parts) {
    for (int i = 0; i < terminals; i++) {
      Terminal terminal = SampleTerminal.usual();
      Session session = terminal.open(terminal.keyring().current(), false, i, NOW);
      terminal.confirm(session);
      terminal.heard(FakeOrigin.at("192.0.2.7:" + i), NOW);
      terminal.online(true);
      table.place("A97203" + (1_000_000_000L + i)).arrived(terminal);
    }
    round = new Round(table, parts);
  }

  /** One part of a round; how many were to leave so far. */
  public int part() {
    round.part(resident -> {
      presence.look(resident, NOW + 1000);
      if (!resident.moves() && PresenceVerticle.leaves(resident, false, NOW + 1000)) {
        leaving++;
      }
    });
    return leaving;
  }
}
