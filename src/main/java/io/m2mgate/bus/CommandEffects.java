package io.m2mgate.bus;

import io.m2mgate.store.Change;
import io.m2mgate.store.CommitUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What reports of a lane's terminals show of commands. Used on the lane's thread. */
@FunctionalInterface
public interface CommandEffects {

  /** Nobody asks anything of terminals. */
  CommandEffects NONE = (report, then) -> then.accept(Optional.of(Shown.NOTHING));

  /**
   * Takes a report of a terminal with open commands.
   *
   * @param then told once what it shows: in this call, or later where the commands must be read first; empty when they cannot be
   */
  void of(Reported report, Consumer<Optional<Shown>> then);

  /**
   * What a report shows, to be made durable together with it: its acknowledgement says that both are.
   *
   * @param changes steps of commands, with what tells of them
   * @param told what became of them
   */
  record Shown(List<Change> changes, CommitUnit.Listener told) {

    public static final Shown NOTHING = new Shown(List.of(), outcome -> {});

    public Shown {
      changes = List.copyOf(changes);
    }

    public boolean isNothing() {
      return changes.isEmpty();
    }

    /** These before the changes of the report. */
    public List<Change> before(List<Change> report) {
      List<Change> all = new ArrayList<>(changes);
      all.addAll(report);
      return all;
    }
  }
}
