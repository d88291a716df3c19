package io.m2mgate.ops;

import io.m2mgate.session.TerminalLocator;
import io.m2mgate.store.CommandStore;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.StoredCommand.Type;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Ends what was on its way when the gateway stopped, where doing it twice could do harm and the terminal has not come back since
 * (5.4.6): of one that has, its lane decides. Goes through what is open once, in pages. One look at a time, from any thread.
 */
final class LostCommands {

  private static final int PAGE = 200;
  private static final int NO_LANE = -1;

  /** Types of which some may not be sent twice. */
  private static final Set<Type> DELICATE = Set.of(Type.CONTROL, Type.CONFIGURE, Type.DATA);

  private final CommandStore store;
  private final CommandAdmin commands;
  private final TerminalLocator locator;
  private final long startedMillis;
  private final long patienceMillis;
  private volatile boolean done;

  /** @param patienceMillis after the start, in which terminals may come back */
  LostCommands(
      CommandStore store,
      CommandAdmin commands,
      TerminalLocator locator,
      long startedMillis,
      long patienceMillis) {
    this.store = store;
    this.commands = commands;
    this.locator = locator;
    this.startedMillis = startedMillis;
    this.patienceMillis = patienceMillis;
  }

  /** Fails as the store does, and then begins anew. */
  Future<Void> look(long nowMillis) {
    if (done || nowMillis - startedMillis < patienceMillis) {
      return Future.succeededFuture();
    }
    return from(Optional.empty()).onSuccess(through -> done = true);
  }

  private Future<Void> from(Optional<StoredCommand> last) {
    return store.openAfter(last, PAGE).compose(page -> {
      List<Future<Optional<StoredCommand>>> ends = page.stream()
          .filter(this::isLost)
          .map(lost ->
              commands.end(lost, State.UNKNOWN, "it was sent, then the gateway was started anew"))
          .toList();
      return Future.all(ends)
          .compose(ended -> page.size() < PAGE
              ? Future.succeededFuture()
              : from(Optional.of(page.get(PAGE - 1))));
    });
  }

  private boolean isLost(StoredCommand command) {
    return command.state() == State.SENT
        && command.progress().updatedMillis() < startedMillis
        && DELICATE.contains(command.head().type())
        && !command.head().repeatable()
        && locator.laneOf(command.serial(), NO_LANE) == NO_LANE;
  }
}
