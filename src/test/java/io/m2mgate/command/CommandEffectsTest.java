package io.m2mgate.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.Lane;
import io.m2mgate.bus.LaneFixture;
import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.UplinkBatch;
import io.m2mgate.dictionary.Command;
import io.m2mgate.security.RequestFrames;
import io.m2mgate.security.SecretBox;
import io.m2mgate.session.Resident;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommandStore;
import io.m2mgate.store.CommitBatch;
import io.m2mgate.store.CommitUnit;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.StoredCommand.Step;
import io.m2mgate.store.StoredCommand.Type;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A CONFIG_TRAP that shows that a command was carried out (5.2.3), between the lane and the store. */
class CommandEffectsTest {
  private static final long NOW = LaneFixture.NOW;
  private static final int ASKED_AS = 7;

  private final ConcurrentLinkedQueue<CommitBatch> journal = new ConcurrentLinkedQueue<>();
  private final Promise<List<StoredCommand>> open = Promise.promise();
  private LaneFixture fixture;
  private LaneFixture.OnLane on;
  private Resident resident;
  private LaneCommands commands;

  @BeforeEach
  void open() {
    fixture = new LaneFixture(1, 1, journal::add);
    on = fixture.single();
    SecretBox box = new SecretBox(new byte[32], new SecureRandom());
    LaneFixture.await(fixture.lanes().deploy("config-trap", () -> new ConfigTrapVerticle(box, 10)));
    on.run(() -> {
      Lane lane = on.its();
      resident = lane.terminals().place(SampleTerminal.SERIAL);
      resident.arrived(SampleTerminal.usual());
      resident.commandsOpen(true);
      commands = LaneCommandsFixture.commands(fixture, lane, store(), box);
      lane.effects(commands);
    });
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private CommandStore store() {
    return (CommandStore) Proxy.newProxyInstance(
        CommandEffectsTest.class.getClassLoader(),
        new Class<?>[] {CommandStore.class},
        (proxy, method, arguments) -> arguments[1] instanceof Set<?> types
            ? open.future()
                .map(all ->
                    all.stream().filter(it -> types.contains(it.head().type())).toList())
            : Future.failedFuture("not here"));
  }

  /** CONFIG_SET that was sent and answered. */
  private static StoredCommand answered() {
    return LaneCommandsFixture.asked(Type.CONFIGURE, "{\"parameters\":{\"heartbeat-interval\":60}}")
        .after(Step.leaves(ASKED_AS, "tcp", NOW))
        .after(Step.answered(State.ACKED, "", 0, "{\"code\":0}", NOW));
  }

  private void trap(int sequence) {
    on.run(() -> {
      resident.begin();
      on.its()
          .send(
              Addresses.command(0, Command.CONFIG_TRAP),
              new UplinkBatch(List.of(ReportTest.uplink(
                  RequestFrames.unsigned(RequestFrames.of(Command.CONFIG_TRAP, sequence)
                      .tlv(0x4010, new byte[] {0, 0, 0, 0, ASKED_AS})),
                  Command.CONFIG_TRAP,
                  resident,
                  resident.terminal().orElseThrow()))));
    });
    turns();
  }

  private void turns() {
    for (int turn = 0; turn < 5; turn++) {
      on.run(() -> {});
    }
  }

  /** Ends what waits for the store; what its units asked for. */
  private List<List<String>> end(Outcome outcome) {
    CommitBatch batch = journal.remove();
    batch.units().forEach(unit -> unit.outcome(outcome));
    batch.onDone().accept(batch);
    turns();
    return batch.units().stream().map(CommandEffectsTest::asked).toList();
  }

  private static List<String> asked(CommitUnit unit) {
    return unit.changes().stream()
        .filter(change -> !(change instanceof Change.PutReported))
        .map(CommandEffectsTest::kind)
        .toList();
  }

  private static String kind(Change change) {
    if (change instanceof Change.StepCommand step) {
      return step.step().state().text();
    }
    return change instanceof Change.AppendEvent event ? event.type() : "other";
  }

  // Verifies that the command's end and the report that shows it are one unit, also when the report
  // is the first that is heard of the terminal and its commands are still to be read.
  @Test
  void endsTheCommandWithTheReport() {
    trap(1);
    assertThat(journal).as("before the commands are known").isEmpty();

    open.complete(List.of(answered()));
    turns();

    assertThat(end(Outcome.COMMITTED))
        .containsExactly(List.of("succeeded", "m2m.command.updated", "m2m.report"));
    on.run(() -> {
      assertThat(resident.quiet()).isTrue();
      assertThat(resident.commandsOpen()).isFalse();
    });
  }

  // Verifies that a report of which the command's end was not stored takes that along when it is
  // repeated: no ack goes without it.
  @Test
  void repeatsTheEndWithTheReport() {
    open.complete(List.of(answered()));
    trap(1);
    end(Outcome.UNAVAILABLE);
    assertThat(fixture.dropped(Drop.STORE_UNAVAILABLE)).isEqualTo(1);

    trap(2);

    assertThat(end(Outcome.COMMITTED))
        .containsExactly(List.of("succeeded", "m2m.command.updated", "m2m.report"));
    on.run(() -> assertThat(resident.quiet()).isTrue());
  }

  // Verifies that a report is stored though somebody else has ended the command that it shows.
  @Test
  void storesTheReportWithoutTheCommand() {
    open.complete(List.of(answered()));
    trap(1);
    end(Outcome.REJECTED);

    assertThat(end(Outcome.COMMITTED))
        .containsExactly(List.of("succeeded", "m2m.command.updated"), List.of("m2m.report"));
    on.run(() -> assertThat(resident.quiet()).isTrue());
  }

  // Verifies that a report is not acknowledged while it cannot be known what it shows.
  @Test
  void asksAgainWhenTheCommandsCannotBeRead() {
    open.fail("the store is away");
    trap(1);

    assertThat(journal).isEmpty();
    assertThat(fixture.dropped(Drop.STORE_UNAVAILABLE)).isEqualTo(1);
    on.run(() -> assertThat(resident.quiet()).isTrue());
  }
}
