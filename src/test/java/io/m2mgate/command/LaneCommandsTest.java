package io.m2mgate.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.Lane;
import io.m2mgate.bus.LaneFixture;
import io.m2mgate.security.SecretBox;
import io.m2mgate.session.Resident;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommandStore;
import io.m2mgate.store.CommitBatch;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.StoredCommand.Step;
import io.m2mgate.store.StoredCommand.Type;
import io.vertx.core.Future;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaneCommandsTest {
  private static final long NOW = LaneFixture.NOW;

  private final ConcurrentLinkedQueue<CommitBatch> journal = new ConcurrentLinkedQueue<>();
  private volatile Optional<StoredCommand> kept = Optional.empty();
  private LaneFixture fixture;
  private LaneFixture.OnLane on;
  private LaneCommands commands;
  private CommandRequest request;
  private Resident resident;

  @BeforeEach
  void open() {
    fixture = new LaneFixture(1, 1, journal::add);
    on = fixture.single();
    Lane lane = on.its();
    resident = new Resident(SampleTerminal.SERIAL);
    resident.arrived(SampleTerminal.usual());
    SecretBox box = new SecretBox(new byte[32], new SecureRandom());
    commands = LaneCommandsFixture.commands(fixture, lane, store(), box);
    StoredCommand stored = LaneCommandsFixture.asked(
            Type.CONTROL, "{\"control\":\"resetStatistics\"}")
        .after(Step.leaves(7, "tcp", NOW));
    request = new CommandRequest(
        commands,
        resident,
        stored,
        CommandWorks.of(
            stored,
            lane.dialect(resident.terminal().orElseThrow()),
            box,
            8,
            new UpgradeOptions(5_000, 5_000, 5_000)));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private List<State> end(Outcome outcome) {
    on.run(() -> {});
    CommitBatch batch = journal.remove();
    batch.units().forEach(unit -> unit.outcome(outcome));
    batch.onDone().accept(batch);
    on.run(() -> {});
    return batch.units().stream()
        .flatMap(unit -> unit.changes().stream())
        .filter(Change.StepCommand.class::isInstance)
        .map(change -> ((Change.StepCommand) change).step().state())
        .toList();
  }

  // Verifies that a step that the store did not take is never stored after a later one, which would
  // take the command back to where it was.
  @Test
  void keepsTheOrderOfSteps() {
    on.run(() -> commands.steps().insist(request, Step.to(State.QUEUED, "", NOW), List.of()));
    assertThat(end(Outcome.UNAVAILABLE)).containsExactly(State.QUEUED);
    Future<Boolean>[] left = leaves();
    assertThat(end(Outcome.UNAVAILABLE)).containsExactly(State.QUEUED, State.SENT);
    on.run(() -> assertThat(left[0].result()).isFalse());
    Future<Boolean>[] again = leaves();
    assertThat(end(Outcome.COMMITTED)).containsExactly(State.QUEUED, State.SENT);
    on.run(() -> assertThat(again[0].result()).isTrue());
    on.run(() -> assertThat(resident.quiet()).isTrue());

    on.run(commands::tick);
    on.run(() -> {});
    assertThat(journal).as("after the step before").isEmpty();
  }

  private CommandStore store() {
    return (CommandStore) Proxy.newProxyInstance(
        LaneCommandsTest.class.getClassLoader(),
        new Class<?>[] {CommandStore.class},
        (proxy, method, arguments) -> method.getName().equals("read")
            ? Future.succeededFuture(kept)
            : Future.failedFuture("not here"));
  }

  // Verifies that an end that the store kept, though it could not say so, is told once that is
  // found
  // out, and that somebody else's is not told again.
  @ParameterizedTest
  @CsvSource({"SUCCEEDED, 1", "CANCELLED, 0"})
  void tellsAnEndThatCameThrough(State ended, int told) {
    List<StoredCommand> ends = new ArrayList<>();
    on.<StoredCommand>listen(Addresses.commandEnded(), ends::add);
    on.run(
        () -> commands.steps().insist(request, Step.to(State.SUCCEEDED, "", NOW + 5), List.of()));
    kept = Optional.of(request.stored().after(Step.to(ended, "", NOW + 5)));
    on.run(() -> request.taken());
    end(Outcome.UNAVAILABLE);
    assertThat(ends).isEmpty();

    on.run(commands::tick);
    end(Outcome.REJECTED);
    for (int turn = 0; turn < 5; turn++) {
      on.run(() -> {});
    }

    assertThat(ends).hasSize(told).containsAll(told == 0 ? List.of() : List.of(kept.get()));
  }

  @SuppressWarnings("unchecked")
  private Future<Boolean>[] leaves() {
    Future<Boolean>[] left = new Future[1];
    on.run(() -> left[0] = commands.steps().leave(request, Step.leaves(7, "tcp", NOW)));
    return left;
  }
}
