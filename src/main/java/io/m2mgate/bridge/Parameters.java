package io.m2mgate.bridge;

import io.m2mgate.bus.Standings.Standing;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.DesiredSet;
import io.m2mgate.store.ParameterStore.Known;
import io.m2mgate.store.StoredCommand;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What bridges may do with terminals' parameters. May be used from any thread; futures complete where they were asked. */
public interface Parameters {

  /**
   * A terminal's parameters at one moment.
   *
   * @param standings of the desired values, in ascending tag order
   * @param desiredCrc32 that a LOGIN would carry when all that is desired is done; empty where a synchronised value is not known
   * @param reportedCrc32 that it would carry by what the terminal last reported
   */
  record View(
      Known known, List<Standing> standings, OptionalInt desiredCrc32, OptionalInt reportedCrc32) {}

  Future<View> view(TerminalRecord terminal);

  /**
   * Replaces what is desired, the commands that were to bring it about, and tells the terminal's lane; durable when it completes.
   * False when somebody else was quicker: look again. Fails with {@link Commands.Refused}, and as the store does.
   *
   * @param others open commands that end by it
   * @param head the command that takes their place, where there is something to send
   */
  Future<Boolean> replace(
      DesiredSet next,
      String serial,
      List<StoredCommand> others,
      Optional<StoredCommand.Head> head);

  /** How many sends of a value are remembered. */
  int sends();
}
