package io.m2mgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.Vectors;
import org.junit.jupiter.api.Test;

class ResidentTest {
  private final Resident resident = new Resident(SampleTerminal.SERIAL);

  private static Inbound frame() {
    try {
      return new Inbound(Vectors.named("heartbeat").frame(), FakeOrigin.at("a"), 0);
    } catch (MalformedFrame e) {
      throw new IllegalStateException(e);
    }
  }

  // Verifies that frames wait, in order, until the terminal is there.
  @Test
  void waitsForTheTerminal() {
    Inbound first = frame();
    Inbound second = frame();
    assertThat(resident.blocked()).isTrue();
    assertThat(resident.await(first)).isTrue();
    assertThat(resident.await(second)).isTrue();
    assertThat(resident.nextWaiting()).isEmpty();

    resident.arrived(SampleTerminal.usual());

    assertThat(resident.nextWaiting()).containsSame(first);
    assertThat(resident.nextWaiting()).containsSame(second);
    assertThat(resident.nextWaiting()).isEmpty();
  }

  // Verifies that a change of the session holds back what comes after it.
  @Test
  void waitsForTheBarrier() {
    resident.arrived(SampleTerminal.usual());
    resident.raise();
    resident.await(frame());
    assertThat(resident.nextWaiting()).isEmpty();
    assertThat(resident.hasWaiting()).isTrue();

    resident.lower();

    assertThat(resident.nextWaiting()).isPresent();
    assertThat(resident.hasWaiting()).isFalse();
  }

  // Verifies that no more than 64 frames wait, and that those of a stranger can be taken out.
  @Test
  void boundsWhatWaits() {
    for (int i = 0; i < 64; i++) {
      assertThat(resident.await(frame())).isTrue();
    }
    assertThat(resident.await(frame())).isFalse();

    for (int i = 0; i < 64; i++) {
      assertThat(resident.nextAbandoned()).isPresent();
    }
    assertThat(resident.nextAbandoned()).isEmpty();
  }

  // Verifies that it is quiet only when nothing of it is on its way.
  @Test
  void knowsWhenQuiet() {
    assertThat(resident.quiet()).isFalse();
    resident.arrived(SampleTerminal.usual());
    assertThat(resident.quiet()).isTrue();

    resident.begin();
    assertThat(resident.quiet()).isFalse();
    resident.end();
    resident.raise();
    assertThat(resident.quiet()).isFalse();
    resident.lower();
    resident.await(frame());
    assertThat(resident.quiet()).isFalse();
  }

  // Verifies that the wish to move and the mark of a changed record hold until they are taken.
  @Test
  void remembersWishes() {
    assertThat(resident.moves()).isFalse();
    resident.moveTo(0);
    assertThat(resident.moves()).isTrue();
    assertThat(resident.destination()).isZero();
    resident.moved();
    assertThat(resident.moves()).isFalse();

    resident.markStale();
    assertThat(resident.takeStale()).isTrue();
    assertThat(resident.takeStale()).isFalse();
  }

  // Verifies that a frame is finished with once, and that a table forgets only what it has.
  @Test
  void finishesOnce() {
    Inbound frame = frame();
    assertThat(frame.finish()).isTrue();
    assertThat(frame.finish()).isFalse();

    SessionTable table = new SessionTable();
    Resident placed = table.place("A");
    table.remove(new Resident("A"));
    assertThat(table.find("A")).containsSame(placed);
    table.remove(placed);
    assertThat(table.size()).isZero();
  }
}
