package io.m2mgate.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.Lane;
import io.m2mgate.bus.LaneFixture;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.Resident;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommandStore;
import io.m2mgate.store.CommitBatch;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Head;
import io.m2mgate.store.StoredCommand.Mode;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.StoredCommand.Step;
import io.m2mgate.store.StoredCommand.Type;
import io.m2mgate.store.StoredCommand.Wake;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LaneCommandsTest {
  private static final long NOW = LaneFixture.NOW;

  private final ConcurrentLinkedQueue<CommitBatch> journal = new ConcurrentLinkedQueue<>();
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
    commands = new LaneCommands(
        lane,
        fixture.vertx().getOrCreateContext(),
        LaneFixture.absent(CommandStore.class),
        new DownlinkOptions(1, 4, 1000, NOW),
        any -> Optional.empty(),
        any -> Optional.empty());
    request = sent(Type.CONTROL, "{\"control\":\"resetStatistics\"}");
  }

  /** One that left under the sequence 7. */
  private CommandRequest sent(Type type, String body) {
    StoredCommand stored = StoredCommand.asked(new Head(
            "01J00000000000000000000000",
            SampleTerminal.SERIAL,
            "EC01",
            type,
            "application",
            Mode.QUEUE,
            Wake.NONE,
            false,
            false,
            body,
            new byte[0],
            "",
            0,
            NOW,
            NOW + 1_000_000))
        .after(Step.leaves(7, "tcp", NOW));
    Dialect dialect = on.its().dialect(resident.terminal().orElseThrow());
    return new CommandRequest(commands, resident, stored, CommandWorks.of(stored, dialect));
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
    on.run(() -> commands.insist(request, Step.to(State.QUEUED, "", NOW), List.of()));
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

  // Verifies that of the requests of one command, of which every session makes one, the latest are
  // known.
  @Test
  void knowsTheLatestSequences() {
    CommandRequest set = sent(Type.CONFIGURE, "{\"parameters\":{\"heartbeat-interval\":60}}");
    on.run(() -> {
      for (int sequence = 8; sequence < 100; sequence++) {
        set.left(sequence, "tcp", false);
      }
      set.take(CommandOutcome.seen(State.ACKED, ""));
      assertThat(set.reported(executed(8))).as("one of long ago").isFalse();
      assertThat(set.reported(executed(98))).as("one of the latest").isTrue();
    });
  }

  /** The execution result of the request under this sequence. */
  private static Map<Integer, byte[]> executed(int sequence) {
    return Map.of(0x4010, new byte[] {0, 0, 0, 0, (byte) sequence});
  }

  @SuppressWarnings("unchecked")
  private Future<Boolean>[] leaves() {
    Future<Boolean>[] left = new Future[1];
    on.run(() -> left[0] = commands.leave(request, Step.leaves(7, "tcp", NOW)));
    return left;
  }
}
