package io.m2mgate.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.api.EventTypes;
import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.session.FakeOrigin;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.Resident;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommitBatch;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.Vectors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LaneTest {
  private final ConcurrentLinkedQueue<CommitBatch> journal = new ConcurrentLinkedQueue<>();
  private final FakeOrigin origin = FakeOrigin.at("a");
  private LaneFixture fixture;
  private LaneFixture.OnLane on;
  private Lane lane;

  @BeforeEach
  void open() {
    fixture = new LaneFixture(1, 1, journal::add);
    on = fixture.single();
    lane = on.its();
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private Inbound frame(FakeOrigin from) throws Exception {
    Frame frame = Vectors.named("trap-signed").frame();
    return new Inbound(frame, from, LaneFixture.NOW);
  }

  private Inbound taken() throws Exception {
    Inbound frame = frame(origin);
    on.run(() -> lane.credits().take(frame.frame().length()));
    return frame;
  }

  private static Resident resident() {
    Resident resident = new Resident(SampleTerminal.SERIAL);
    resident.arrived(SampleTerminal.usual());
    return resident;
  }

  // Verifies that a handler that throws loses its frame and no other, and that the fault is
  // counted.
  @Test
  void losesOneFrameToAFault() throws Exception {
    List<Inbound> batch = List.of(taken(), taken(), taken());
    List<Inbound> served = new ArrayList<>();

    on.run(() -> batch.forEach(in -> lane.guard(in, () -> lane.done(in), () -> {
      if (in == batch.get(1)) {
        throw new IllegalStateException("a fault of ours, part of this test");
      }
      served.add(in);
      lane.done(in);
    })));

    assertThat(served).containsExactly(batch.get(0), batch.get(2));
    assertThat(origin.completed()).containsExactlyElementsOf(batch);
    assertThat(lane.credits().frames()).isZero();
    assertThat(lane.credits().bytes()).isZero();
    assertThat(fixture.dropped(Drop.FAULT)).isEqualTo(1);
  }

  // Verifies that credits come back once, also when a handler was through before it threw.
  @Test
  void givesCreditsBackOnce() throws Exception {
    Inbound in = taken();
    Inbound other = taken();

    on.run(() -> lane.guard(in, () -> lane.done(in), () -> {
      lane.done(in);
      lane.done(in);
      throw new IllegalStateException("a fault of ours, part of this test");
    }));

    assertThat(origin.completed()).containsExactly(in);
    assertThat(lane.credits().frames()).isEqualTo(1);
    assertThat(lane.credits().bytes()).isEqualTo(other.frame().length());
  }

  // Verifies that changes of one pass go to the store together, in order, and that each listener is
  // told its own outcome on the lane.
  @Test
  void commitsInOneBatch() {
    Resident resident = resident();
    CompletableFuture<Thread> told = new CompletableFuture<>();
    List<Outcome> outcomes = new ArrayList<>();
    CompletableFuture<Thread> loop = new CompletableFuture<>();
    on.run(() -> {
      loop.complete(Thread.currentThread());
      lane.commit(resident, List.of(), outcomes::add);
      lane.commit(resident, List.of(), outcome -> {
        outcomes.add(outcome);
        told.complete(Thread.currentThread());
      });
    });
    on.run(() -> {});
    assertThat(resident.quiet()).isFalse();

    CommitBatch batch = journal.remove();
    batch.units().get(0).outcome(Outcome.COMMITTED);
    batch.units().get(1).outcome(Outcome.UNAVAILABLE);
    batch.onDone().accept(batch);

    assertThat(journal).isEmpty();
    assertThat(LaneFixture.await(told)).isSameAs(loop.join());
    assertThat(outcomes).containsExactly(Outcome.COMMITTED, Outcome.UNAVAILABLE);
    on.run(() -> assertThat(resident.quiet()).isTrue());
  }

  // Verifies that an event that is owed does not go under with the change that it was sent along
  // with, but is stored by itself.
  @Test
  void keepsWhatIsOwedFromARejectedChange() {
    Resident resident = resident();
    Change owed = event();
    on.run(() -> lane.insist(resident, List.of(owed), outcome -> {}));
    end(Outcome.UNAVAILABLE);
    on.run(() -> lane.commit(resident, List.of(event()), outcome -> {}));
    on.run(() -> {});
    assertThat(journal.element().units().get(0).changes()).contains(owed);
    end(Outcome.REJECTED);

    on.run(lane::payDebts);
    on.run(() -> {});
    assertThat(journal.element().units().get(0).changes()).contains(owed);
    end(Outcome.REJECTED);
    on.run(lane::payDebts);
    on.run(() -> {});
    assertThat(journal).as("of a terminal that is gone").isEmpty();
    on.run(() -> assertThat(resident.quiet()).isTrue());
  }

  private static Change event() {
    return new Change.AppendEvent(
        "EC01", SampleTerminal.SERIAL, EventTypes.REPORT, LaneFixture.NOW, "{}", UplinkMark.NONE);
  }

  /** What was committed comes back with this outcome. */
  private void end(Outcome outcome) {
    on.run(() -> {});
    CommitBatch batch = journal.remove();
    batch.units().forEach(unit -> unit.outcome(outcome));
    batch.onDone().accept(batch);
    on.run(() -> {});
  }

  // Verifies that a listener that throws does not keep the others from being told.
  @Test
  void tellsTheOthersAfterAFault() {
    Resident resident = resident();
    CompletableFuture<Outcome> told = new CompletableFuture<>();
    on.run(() -> {
      lane.commit(resident, List.of(), outcome -> {
        throw new IllegalStateException("a fault of ours, part of this test");
      });
      lane.commit(resident, List.of(), told::complete);
    });
    on.run(() -> {});

    CommitBatch batch = journal.remove();
    batch.units().forEach(unit -> unit.outcome(Outcome.COMMITTED));
    batch.onDone().accept(batch);

    assertThat(LaneFixture.await(told)).isEqualTo(Outcome.COMMITTED);
    assertThat(fixture.dropped(Drop.FAULT)).isEqualTo(1);
    on.run(() -> assertThat(resident.quiet()).isTrue());
  }

  // Verifies that the answers of one pass leave as one batch, in order.
  @Test
  void gathersAnswers() throws Exception {
    CompletableFuture<ReplyBatch> sent = new CompletableFuture<>();
    AtomicInteger batches = new AtomicInteger();
    on.<ReplyBatch>listen(Addresses.replies(0), batch -> {
      batches.incrementAndGet();
      sent.complete(batch);
    });
    Reply first = Reply.unsigned(frame(origin), new byte[] {0});
    Reply second = Reply.unsigned(frame(origin), new byte[] {1});

    on.run(() -> {
      lane.reply(first);
      lane.reply(second);
    });

    assertThat(LaneFixture.await(sent).replies()).containsExactly(first, second);
    on.run(() -> {});
    assertThat(batches).hasValue(1);
  }

  // Verifies that a frame that another lane read is completed there, once, with its credits.
  @Test
  void completesOnTheReadersLane() throws Exception {
    try (LaneFixture two = new LaneFixture(2, 2, journal::add)) {
      var each = two.onEach();
      FakeOrigin there = new FakeOrigin(1, "b");
      Inbound in = frame(there);
      each.get(1).run(() -> each.get(1).its().credits().take(in.frame().length()));

      each.get(0).run(() -> {
        each.get(0).its().done(in);
        each.get(0).its().done(in);
      });
      each.get(0).run(() -> {});

      each.get(1).run(() -> {
        assertThat(there.completed()).containsExactly(in);
        assertThat(each.get(1).its().credits().frames()).isZero();
      });
      each.get(0).run(() -> assertThat(each.get(0).its().credits().frames()).isZero());
    }
  }

  // Verifies that a terminal that is to move goes when the last of it is done, and is claimed by
  // its
  // new lane.
  @Test
  void movesWhenQuiet() throws Exception {
    Resident resident = resident();
    var locator = lane.services().locator();
    locator.claim(resident.serial(), 0);
    CompletableFuture<Object> adopted = new CompletableFuture<>();
    on.listen(Addresses.adopted(1), adopted::complete);

    on.run(() -> {
      resident.moveTo(1);
      resident.begin();
      lane.settle(resident);
    });
    assertThat(locator.laneOf(resident.serial(), 9)).isZero();

    on.run(() -> {
      resident.end();
      lane.settle(resident);
    });
    assertThat(LaneFixture.await(adopted)).isSameAs(resident.terminal().orElseThrow());
    assertThat(locator.laneOf(resident.serial(), 9)).isEqualTo(1);
    assertThat(resident.moves()).isFalse();
  }
}
