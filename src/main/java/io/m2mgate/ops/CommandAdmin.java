package io.m2mgate.ops;

import io.m2mgate.bridge.Commands;
import io.m2mgate.bridge.Commands.Refused.Why;
import io.m2mgate.bridge.Later;
import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.CommandEvents;
import io.m2mgate.bus.Lanes;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommandStore.Open;
import io.m2mgate.store.CommitBatch;
import io.m2mgate.store.CommitUnit;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoreFault;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Head;
import io.m2mgate.store.StoredCommand.Mode;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.StoredCommand.Step;
import io.m2mgate.store.StoredCommand.Wake;
import io.m2mgate.store.StoredTerminal;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Makes commands, ends them from outside the lanes, and tells lanes and waiting requests. May be used from any thread; futures
 * complete on the context that asked.
 */
final class CommandAdmin implements Commands {

  private static final int PAGE = 200;

  private final Vertx vertx;
  private final Store store;
  private final Lanes lanes;
  private final InstantSource clock;
  private final Dialect dialect;
  private final int maxOfTerminal;
  private final int maxOfApplication;
  private final CommandFigures figures;
  private final CommandWaits waits;
  private final DoubtfulEnds doubts;

  /**
   * @param dialect in whose terms commands are told of
   * @param maxOfTerminal commands of a terminal that may be open
   * @param maxOfApplication commands of an application that may be open
   */
  CommandAdmin(
      Vertx vertx,
      Store store,
      Lanes lanes,
      InstantSource clock,
      Dialect dialect,
      int maxOfTerminal,
      int maxOfApplication,
      CommandFigures figures,
      CommandWaits waits) {
    this.vertx = vertx;
    this.store = store;
    this.lanes = lanes;
    this.clock = clock;
    this.dialect = dialect;
    this.maxOfTerminal = maxOfTerminal;
    this.maxOfApplication = maxOfApplication;
    this.figures = figures;
    this.waits = waits;
    this.doubts = new DoubtfulEnds(store.commands(), waits.most(), this::ended);
  }

  /** Listens for ends, and for what lanes ask by themselves, from now on. */
  void start() {
    vertx
        .eventBus()
        .<StoredCommand>localConsumer(
            Addresses.commandAsked(), message -> figures.created(message.body()));
    vertx.eventBus().<StoredCommand>localConsumer(Addresses.commandEnded(), message -> {
      figures.ended(message.body());
      waits.ended(message.body());
    });
  }

  private <T> Future<T> here(Future<T> future) {
    return Later.on(vertx.getOrCreateContext(), future);
  }

  @Override
  public Future<Asked> create(Head head) {
    return here(replay(head)
        .compose(found -> found
            .map(Future::succeededFuture)
            .orElseGet(() -> reachable(head).compose(there -> add(head)))));
  }

  @Override
  public Future<Optional<Asked>> replay(String app, String serial, String key, long hash) {
    if (key.isEmpty()) {
      return here(Future.succeededFuture(Optional.empty()));
    }
    return here(store
        .commands()
        .byKey(app, key)
        .map(found -> found.map(command -> {
          if (command.head().requestHash() != hash || !command.serial().equals(serial)) {
            throw new Refused(
                Why.KEY_REUSED,
                "command " + command.id() + " was asked with this key, and otherwise");
          }
          if (command.isOpen()) {
            // Who asked may have been told that the store was away, and then no lane was told of
            // it.
            hint(serial);
          }
          return new Asked(command, true);
        })));
  }

  private Future<Optional<Asked>> replay(Head head) {
    return replay(head.app(), head.serial(), head.key(), head.requestHash());
  }

  private Future<Void> reachable(Head head) {
    if (head.mode() == Mode.QUEUE) {
      return Future.succeededFuture();
    }
    return store.terminals().load(Set.of(head.serial())).map(rows -> {
      if (rows.stream().noneMatch(it -> it.sessions().online())) {
        throw rows.stream().allMatch(StoredTerminal::hasRegistered)
            ? new Refused(Why.OFFLINE, "the terminal is not there, and mode is immediate")
            : new Refused(
                Why.NOT_REGISTERED, "the terminal has no secrets and never registered for some");
      }
      return null;
    });
  }

  private Future<Asked> add(Head head) {
    StoredCommand command = StoredCommand.asked(head);
    return append(CommandEvents.created(command, maxOfTerminal, maxOfApplication))
        .compose(committed -> {
          if (!committed) {
            return refused(head);
          }
          figures.created(command);
          hint(command.serial());
          if (head.wake() == Wake.SMS) {
            WakeRounds.visit(lanes, command.serial());
          }
          return Future.succeededFuture(new Asked(command, false));
        });
  }

  /** Why the writer did not take it; somebody may have been quicker with the same key. */
  private Future<Asked> refused(Head head) {
    return replay(head)
        .compose(found -> found
            .map(Future::succeededFuture)
            .orElseGet(() -> store
                .commands()
                .open(head.serial(), head.app())
                .compose(open -> Future.failedFuture(tooMany(open)))));
  }

  private RuntimeException tooMany(Open open) {
    if (open.ofApplication() >= maxOfApplication) {
      return new Refused(Why.QUOTA, open.ofApplication() + " commands of the application are open");
    }
    return open.ofTerminal() >= maxOfTerminal
        ? new Refused(Why.QUEUE_FULL, open.ofTerminal() + " commands of the terminal are open")
        : new StoreFault(StoreFault.Kind.NOT_FOUND, "terminal", "it is gone");
  }

  /**
   * A command in the place of others, or nothing in their place, durable together with another change of the same terminal. False
   * when one of the others has ended, or when the change is not possible any more: who asks looks again. Fails with {@link Refused}.
   */
  Future<Boolean> replace(List<StoredCommand> others, Optional<Head> head, Change with) {
    Optional<StoredCommand> asked = head.map(StoredCommand::asked);
    String by = asked.map(it -> "superseded by command " + it.id()).orElse("taken back");
    List<Change> changes = new ArrayList<>();
    Step over = Step.to(State.CANCELLED, by, clock.millis());
    others.forEach(other -> changes.addAll(CommandEvents.stepped(other, over, dialect)));
    asked.ifPresent(
        it -> changes.addAll(CommandEvents.created(it, maxOfTerminal, maxOfApplication)));
    changes.add(with);
    return here(append(changes)
        .onFailure(unsure -> others.forEach(other -> doubts.add(other.after(over))))
        .compose(committed -> committed
            ? replaced(others, over, asked, with.serial())
            : head.map(this::unlessFull).orElseGet(() -> Future.succeededFuture(false))));
  }

  private Future<Boolean> replaced(
      List<StoredCommand> others, Step over, Optional<StoredCommand> asked, String serial) {
    asked.ifPresent(figures::created);
    others.forEach(other -> lanes.publish(Addresses.commandEnded(), other.after(over)));
    hint(serial);
    return Future.succeededFuture(true);
  }

  private Future<Boolean> unlessFull(Head head) {
    return store.commands().open(head.serial(), head.app()).compose(open -> {
      boolean full = open.ofTerminal() >= maxOfTerminal || open.ofApplication() >= maxOfApplication;
      return full ? Future.failedFuture(tooMany(open)) : Future.succeededFuture(false);
    });
  }

  @Override
  public Future<Optional<StoredCommand>> cancel(StoredCommand command) {
    return here(end(command, State.CANCELLED, "asked for"));
  }

  @Override
  public Future<Void> cancelAll(String serial, Optional<String> app, String reason) {
    return here(cancelAfter("", serial, app, reason));
  }

  private Future<Void> cancelAfter(String id, String serial, Optional<String> app, String reason) {
    return store.commands().openOf(serial, id, PAGE).compose(page -> {
      List<Future<Optional<StoredCommand>>> ends = page.stream()
          .filter(command -> !app.equals(Optional.of(command.head().app())))
          .map(command -> end(command, State.CANCELLED, reason))
          .toList();
      return Future.all(ends)
          .compose(done -> page.size() < PAGE
              ? Future.succeededFuture()
              : cancelAfter(page.get(PAGE - 1).id(), serial, app, reason));
    });
  }

  /** Ends an open one; empty when it has ended before. */
  Future<Optional<StoredCommand>> end(StoredCommand command, State state, String reason) {
    Step step = Step.to(state, reason, clock.millis());
    return append(CommandEvents.stepped(command, step, dialect))
        .onFailure(unsure -> doubts.add(command.after(step)))
        .compose(committed -> committed
            ? current(command.after(step)).map(Optional::of)
            : Future.succeededFuture(Optional.<StoredCommand>empty()))
        .onSuccess(ended -> ended.ifPresent(this::ended));
  }

  private void ended(StoredCommand command) {
    lanes.publish(Addresses.commandEnded(), command);
    hint(command.serial());
  }

  /** Finds out, and tells, which ends the store kept though it could not say so. */
  Future<Void> lookAtDoubts() {
    return doubts.look();
  }

  @Override
  public Future<StoredCommand> await(StoredCommand command, long millis) {
    if (!command.isOpen() || millis <= 0) {
      return here(Future.succeededFuture(command));
    }
    Optional<Future<StoredCommand>> waiting = waits.add(command.id());
    if (waiting.isEmpty()) {
      return here(Future.succeededFuture(command));
    }
    Future<StoredCommand> end = waiting.get();
    // It may have ended between the asking and the waiting.
    Future<StoredCommand> ended = current(command)
        .compose(now -> now.isOpen()
            ? end.timeout(millis, TimeUnit.MILLISECONDS)
            : Future.succeededFuture(now));
    return here(ended
        .recover(tooLong -> current(command))
        .onComplete(done -> waits.remove(command.id(), end)));
  }

  /** As it is stored, or as it was where it is gone or cannot be read: what was taken is never told as a failure. */
  private Future<StoredCommand> current(StoredCommand command) {
    return store
        .commands()
        .read(command.id(), Optional.empty())
        .map(found -> found.orElse(command))
        .otherwise(command);
  }

  /** All lanes: one that has it, or is about to, looks; the others do nothing. */
  private void hint(String serial) {
    for (int lane = 0; lane < lanes.count(); lane++) {
      lanes.send(Addresses.commandsDue(lane), serial);
    }
  }

  /** True when it is durable, false when it is not possible any more. */
  private Future<Boolean> append(List<Change> changes) {
    Promise<Boolean> done = Promise.promise();
    CommitUnit unit = new CommitUnit(changes, outcome -> {});
    store.journal().append(new CommitBatch(List.of(unit), batch -> {
      if (unit.outcome() == Outcome.UNAVAILABLE) {
        done.fail(new StoreFault(StoreFault.Kind.UNAVAILABLE, "journal", "not taken now"));
      } else {
        done.complete(unit.outcome() == Outcome.COMMITTED);
      }
    }));
    return done.future();
  }
}
