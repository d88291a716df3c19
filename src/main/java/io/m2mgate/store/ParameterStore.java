package io.m2mgate.store;

import io.m2mgate.store.TerminalStore.TerminalFilter;
import io.m2mgate.store.TerminalStore.TerminalRow;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * What terminals' parameters are to be and are. It is written through the {@link Journal} alone ({@link Change.PutDesired},
 * {@link Change.PutReported}). Futures may complete on any thread.
 */
public interface ParameterStore {

  /** What is known of a terminal's parameters at one moment; empty sets where the terminal is not there. */
  Future<Known> read(String serial);

  /**
   * Terminals of which something is desired, in serial order, after {@code afterSerial}.
   *
   * @param serials none but these, at most 256; empty for all of the filter
   */
  Future<List<TerminalRow>> desiring(
      TerminalFilter filter, List<String> serials, String afterSerial, int limit);

  /**
   * @param reported in ascending tag order
   * @param commands that carry desired values, those of them that are still kept
   */
  record Known(DesiredSet desired, List<ReportedValue> reported, List<StoredCommand> commands) {
    public Known {
      reported = List.copyOf(reported);
      commands = List.copyOf(commands);
    }

    public Optional<ReportedValue> reported(int tag) {
      return reported.stream().filter(value -> value.tag() == tag).findFirst();
    }

    public Optional<StoredCommand> command(String id) {
      return commands.stream().filter(command -> command.id().equals(id)).findFirst();
    }
  }
}
