package io.m2mgate.ops;

import io.m2mgate.config.CommandSettings;
import io.m2mgate.session.TerminalLocator;
import io.m2mgate.store.CommandStore;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.State;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends commands past their time page by page, and those that a restart has lost (5.4.6). A terminal's lane ends its own; what it
 * leaves is ended a little later. Driven by a timer; may be used from any thread, one look at a time.
 */
final class CommandExpiry {

  private static final Logger LOG = LoggerFactory.getLogger(CommandExpiry.class);
  private static final int PAGE = 200;

  private static final long COUNT_MILLIS = TimeUnit.MINUTES.toMillis(1);
  private static final int NO_LANE = -1;

  private final CommandStore store;
  private final CommandAdmin commands;
  private final CommandFigures figures;
  private final TerminalLocator locator;
  private final LostCommands lost;
  private final InstantSource clock;

  /** A lane knows better whether a command was sent in this very moment. */
  private final long lanesTurnMillis;

  private boolean looking;
  private long countedMillis;

  CommandExpiry(
      CommandStore store,
      CommandAdmin commands,
      CommandFigures figures,
      TerminalLocator locator,
      InstantSource clock,
      CommandSettings limits) {
    this.store = store;
    this.commands = commands;
    this.figures = figures;
    this.locator = locator;
    this.clock = clock;
    this.lanesTurnMillis = TimeUnit.SECONDS.toMillis(limits.lanesTurnSeconds());
    this.lost = new LostCommands(store, commands, locator, clock.millis(), lanesTurnMillis);
  }

  /** Does nothing while the look before is not through. */
  synchronized void look() {
    if (looking) {
      return;
    }
    looking = true;
    long now = clock.millis();
    boolean counts = now - countedMillis >= COUNT_MILLIS;
    countedMillis = counts ? now : countedMillis;
    end(now - lanesTurnMillis, true)
        .compose(done -> end(now, false))
        .compose(done -> lost.look(now))
        .compose(done -> commands.lookAtDoubts())
        .compose(done -> counts ? count() : Future.succeededFuture())
        .onFailure(cause -> LOG.warn("cannot end what is past its time: {}", cause.getMessage()))
        .onComplete(done -> ended());
  }

  private synchronized void ended() {
    looking = false;
  }

  private Future<Void> count() {
    return store.open().map(open -> {
      figures.open(open);
      return null;
    });
  }

  /** @param all those of terminals that a lane has, too */
  private Future<Void> end(long before, boolean all) {
    return store.overdue(before, PAGE).compose(page -> {
      List<Future<Optional<StoredCommand>>> ends = new ArrayList<>();
      page.stream()
          .filter(command -> all || locator.laneOf(command.serial(), NO_LANE) == NO_LANE)
          .forEach(command -> ends.add(end(command)));
      return Future.all(ends).compose(done -> {
        // A page of which nothing can be ended would come again at once.
        boolean more =
            page.size() == PAGE && ends.stream().anyMatch(end -> end.result().isPresent());
        return more ? end(before, all) : Future.succeededFuture();
      });
    });
  }

  private Future<Optional<StoredCommand>> end(StoredCommand command) {
    boolean sent = command.progress().attempts() > 0;
    return commands.end(command, sent ? State.TIMED_OUT : State.EXPIRED, "past its time");
  }
}
