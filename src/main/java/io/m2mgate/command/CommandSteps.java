package io.m2mgate.command;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.CommandEffects.Shown;
import io.m2mgate.bus.Lane;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommandStore;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.ReportedValue;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Step;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes durable what becomes of one lane's commands, each step with the event that tells of it. Used on the lane's thread. */
final class CommandSteps {

  private static final Logger LOG = LoggerFactory.getLogger(CommandSteps.class);

  private final Lane lane;
  private final Context context;
  private final CommandStore store;
  private final Consumer<CommandRequest> gone;
  private final OwedSteps owed = new OwedSteps();

  /** @param gone told of one whose end is durable */
  CommandSteps(Lane lane, Context context, CommandStore store, Consumer<CommandRequest> gone) {
    this.lane = lane;
    this.context = context;
    this.store = store;
    this.gone = gone;
  }

  /** Makes durable that it leaves; false when it must not. */
  Future<Boolean> leave(CommandRequest request, Step step) {
    Promise<Boolean> done = Promise.promise();
    StoredCommand before = request.stored();
    List<Change> changes = request.stepped(step);
    append(request, changes, false, outcome -> {
      boolean goes = outcome == Outcome.COMMITTED && !request.over() && request.stored() == before;
      if (goes) {
        request.moved(before.after(step));
      }
      done.complete(goes);
    });
    return done.future();
  }

  /** A step that may be lost. */
  void note(CommandRequest request, Step step) {
    List<Change> changes = request.stepped(step);
    request.moved(request.stored().after(step));
    append(request, changes, false, outcome -> {});
  }

  /** A step that no terminal repeats: told to the store until it takes it. */
  void insist(CommandRequest request, Step step, List<ReportedValue> reported) {
    append(request, stepped(request, step, reported), true, outcome -> {});
  }

  /** Values that a terminal told of, whatever becomes of the command that asked for them. */
  void keep(CommandRequest request, List<ReportedValue> reported) {
    if (!reported.isEmpty()) {
      keep(request, new Change.PutReported(request.stored().serial(), reported));
    }
  }

  private void keep(CommandRequest request, Change reported) {
    lane.commit(request.resident(), List.of(reported), outcome -> {});
  }

  /** Takes a step in memory, and gives what makes it durable. */
  List<Change> stepped(CommandRequest request, Step step, List<ReportedValue> reported) {
    List<Change> changes = new ArrayList<>(request.stepped(step));
    request.moved(request.stored().after(step));
    if (!reported.isEmpty()) {
      changes.add(new Change.PutReported(request.stored().serial(), reported));
    }
    return changes;
  }

  /** What a report that moved one of a terminal's commands on is stored with: the step, and those that are owed. */
  Shown shown(Collection<CommandRequest> all, CommandRequest moved, List<Change> changes) {
    Map<CommandRequest, List<Change>> steps = takeOwed(all);
    steps.computeIfAbsent(moved, any -> new ArrayList<>()).addAll(changes);
    return shown(steps);
  }

  /** The same of one that moved none. */
  Shown shown(Collection<CommandRequest> all) {
    return shown(takeOwed(all));
  }

  private Map<CommandRequest, List<Change>> takeOwed(Collection<CommandRequest> all) {
    Map<CommandRequest, List<Change>> steps = new LinkedHashMap<>();
    for (CommandRequest request : all) {
      List<Change> its = owed.take(request);
      if (!its.isEmpty()) {
        steps.put(request, new ArrayList<>(its));
      }
    }
    return steps;
  }

  private Shown shown(Map<CommandRequest, List<Change>> steps) {
    if (steps.isEmpty()) {
      return Shown.NOTHING;
    }
    List<Change> all = steps.values().stream().flatMap(List::stream).toList();
    return new Shown(
        all,
        outcome -> steps.forEach((request, its) -> {
          if (outcome == Outcome.REJECTED) {
            // One of them, or the report itself: each is tried alone.
            append(request, its, true, alone -> {});
          } else {
            settle(request, its, its, outcome);
          }
        }));
  }

  /** Tries again to store what the store did not take. */
  void payDebts() {
    owed.debtors().forEach(again -> append(again, List.of(), true, outcome -> {}));
  }

  private void append(
      CommandRequest request, List<Change> changes, boolean must, Consumer<Outcome> told) {
    List<Change> before = owed.take(request);
    List<Change> all = new ArrayList<>(before);
    all.addAll(changes);
    lane.commit(request.resident(), all, outcome -> {
      settle(request, all, must ? all : before, outcome);
      told.accept(outcome);
    });
  }

  /** @param kept what is tried again when the store does not take it now */
  private void settle(
      CommandRequest request, List<Change> all, List<Change> kept, Outcome outcome) {
    if (outcome == Outcome.UNAVAILABLE) {
      owed.add(request, kept);
    } else if (outcome == Outcome.REJECTED) {
      boolean ended = request.over();
      request.taken();
      gone.accept(request);
      all.stream()
          .filter(Change.PutReported.class::isInstance)
          .forEach(reported -> keep(request, reported));
      if (ended) {
        tellIfKept(request.stored());
      }
    } else if (request.over() && ends(all)) {
      lane.publish(Addresses.commandEnded(), request.stored());
      gone.accept(request);
    }
  }

  /** The store may have kept an end of which it could not say so. */
  private void tellIfKept(StoredCommand ended) {
    store
        .read(ended.id(), Optional.empty())
        .onComplete(read -> context.runOnContext(nothing -> {
          if (read.failed()) {
            LOG.warn(
                "terminal {}: cannot read how command {} ended: {}",
                ended.serial(),
                ended.id(),
                read.cause().getMessage());
          } else {
            read.result()
                .filter(ended::endedAs)
                .ifPresent(kept -> lane.publish(Addresses.commandEnded(), kept));
          }
        }));
  }

  private static boolean ends(List<Change> changes) {
    return changes.stream()
        .anyMatch(change ->
            change instanceof Change.StepCommand step && step.step().state().isEnd());
  }
}
