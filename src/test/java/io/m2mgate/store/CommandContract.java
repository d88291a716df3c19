package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.append;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.committed;
import static io.m2mgate.store.StoreBench.outcomes;
import static io.m2mgate.store.StoreBench.refused;
import static io.m2mgate.store.StoreBench.serial;
import static io.m2mgate.store.StoreBench.unit;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.CommandEvents;
import io.m2mgate.store.CommandStore.Open;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.StoredCommand.Step;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every store does with commands: asked once, moved on in order, ended once, told of in the same commit. */
abstract class CommandContract extends CommandFixture {
  /** Verifies that a command comes back as it was asked, with the event that tells of it, and only to its application. */
  @Test
  void keepsWhatWasAsked() {
    StoredCommand asked = command("A", 1, "app", "key", 9_000, SEALED);
    committed(store, CommandEvents.created(asked, MANY, MANY).toArray(Change[]::new));

    StoredCommand stored = read("A");
    assertThat(stored.head()).usingRecursiveComparison().isEqualTo(asked.head());
    assertThat(stored.progress()).isEqualTo(asked.progress());
    assertThat(stored.isOpen()).isTrue();
    assertThat(await(store.commands().read("A", Optional.of("app")))).isPresent();
    assertThat(await(store.commands().read("A", Optional.of("other")))).isEmpty();
    assertThat(await(store.commands().read("B", Optional.empty()))).isEmpty();
    assertThat(await(store.commands().byKey("app", "key"))).isPresent();
    assertThat(await(store.commands().byKey("other", "key"))).isEmpty();
    assertThat(await(store.commands().byKey("app", ""))).isEmpty();
    assertThat(events("app")).singleElement().satisfies(event -> {
      assertThat(event.type()).isEqualTo("m2m.command.updated");
      assertThat(event.dataJson()).contains("\"state\":\"queued\"", "\"id\":\"A\"");
    });
  }

  /** Verifies that terminals with open commands that wake them are listed once each, in order, page by page. */
  @Test
  void listsWhomToWake() {
    assertThat(await(store.commands().toWake("", 10))).isEmpty();
    asked("A", 2);
    asked("B", 1);
    asked("C", 1);
    asked("D", 3);

    assertThat(await(store.commands().toWake("", 2))).containsExactly(serial(1), serial(2));
    assertThat(await(store.commands().toWake(serial(2), 2))).containsExactly(serial(3));
    move(read("A"), Step.to(State.CANCELLED, "", 2_000));
    assertThat(await(store.commands().toWake("", 10))).containsExactly(serial(1), serial(3));
  }

  /** Verifies that of the same idempotency key one is taken: in one group, in a later one, per application, also once ended. */
  @Test
  void takesAKeyOnce() {
    assertThat(outcomes(append(
            store,
            asking(command("A", 1, "app", "key")),
            asking(command("B", 2, "app", "key")),
            asking(command("C", 3, "other", "key")),
            asking(command("D", 1, "app", "")),
            asking(command("E", 1, "app", "")))))
        .containsExactly(
            Outcome.COMMITTED,
            Outcome.REJECTED,
            Outcome.COMMITTED,
            Outcome.COMMITTED,
            Outcome.COMMITTED);
    assertThat(outcomes(append(store, asking(command("F", 1, "app", "key")))))
        .containsExactly(Outcome.REJECTED);
    move(read("A"), Step.to(State.CANCELLED, "", 2_000));
    assertThat(outcomes(append(store, asking(command("G", 1, "app", "key")))))
        .containsExactly(Outcome.REJECTED);

    assertThat(await(store.commands().byKey("app", "key")).orElseThrow().id()).isEqualTo("A");
    assertThat(events("app")).hasSize(4);
  }

  /** Verifies that of racing requests with one key exactly one is taken. */
  @Test
  void takesAKeyOnceOfMany() {
    List<CompletableFuture<CommitBatch>> racing = IntStream.range(0, 50)
        .mapToObj(i -> append(store, asking(command("R" + i, 1 + i % 2, "app", "key"))))
        .toList();

    assertThat(racing.stream().flatMap(batch -> outcomes(batch).stream()))
        .filteredOn(outcome -> outcome == Outcome.COMMITTED)
        .hasSize(1);
    assertThat(events("app")).hasSize(1);
  }

  /** Verifies that no more are open than allowed, of a terminal and of an application, in one group and later, and that ends make room. */
  @Test
  void boundsWhatIsOpen() {
    assertThat(outcomes(append(
            store,
            asking(command("A", 1, "app", ""), 2, 3),
            asking(command("B", 1, "app", ""), 2, 3),
            asking(command("C", 1, "app", ""), 2, 3),
            asking(command("D", 2, "app", ""), 2, 3),
            asking(command("E", 2, "app", ""), 2, 3),
            asking(command("F", 3, "other", ""), 2, 3))))
        .containsExactly(
            Outcome.COMMITTED,
            Outcome.COMMITTED,
            Outcome.REJECTED,
            Outcome.COMMITTED,
            Outcome.REJECTED,
            Outcome.COMMITTED);
    assertThat(await(store.commands().open(serial(1), "app"))).isEqualTo(new Open(2, 3));
    assertThat(outcomes(append(store, asking(command("G", 2, "app", ""), 2, 3))))
        .containsExactly(Outcome.REJECTED);

    assertThat(outcomes(append(
            store,
            moving(read("A"), Step.to(State.CANCELLED, "", 2_000)),
            asking(command("H", 1, "app", ""), 2, 3),
            asking(command("I", 1, "app", ""), 2, 3))))
        .containsExactly(Outcome.COMMITTED, Outcome.COMMITTED, Outcome.REJECTED);
    reopen(options());
    assertThat(outcomes(append(store, asking(command("J", 2, "app", ""), 2, 3))))
        .containsExactly(Outcome.REJECTED);
    assertThat(await(store.commands().open(serial(2), "app"))).isEqualTo(new Open(1, 3));
  }

  /** Verifies that a terminal stays while a command of it is open, and that deleted ones make room. */
  @Test
  void deletionMakesRoom() {
    asked("A", 1);
    asked("B", 2);
    assertThat(outcomes(append(store, asking(command("C", 2, "app", ""), MANY, 2))))
        .containsExactly(Outcome.REJECTED);

    assertThat(refused(store.terminals().delete(serial(1))).kind())
        .isEqualTo(StoreFault.Kind.IN_USE);
    move(read("A"), Step.to(State.CANCELLED, "", 2_000));
    assertThat(await(store.terminals().delete(serial(1)))).isTrue();

    assertThat(await(store.commands().read("A", Optional.empty()))).isEmpty();
    assertThat(await(store.commands().open(serial(2), "app"))).isEqualTo(new Open(0 + 1, 1));
    assertThat(outcomes(append(store, asking(command("C", 2, "app", ""), MANY, 2))))
        .containsExactly(Outcome.COMMITTED);
    assertThat(outcomes(append(store, asking(command("D", 1, "app", "")))))
        .containsExactly(Outcome.REJECTED);
  }

  /** Verifies that steps count and keep first times and what they do not say, each with its event. */
  @Test
  void movesOn() {
    StoredCommand command = asked("A", 1);
    assertThat(move(command, Step.leaves(-2, "tcp", 2_000))).containsExactly(Outcome.COMMITTED);
    StoredCommand sent = read("A");
    assertThat(move(sent, Step.leaves(-1, "", 3_000))).containsExactly(Outcome.COMMITTED);
    assertThat(move(read("A"), Step.answered(State.ACKED, "", 0, "{\"code\":0}", 4_000)))
        .containsExactly(Outcome.COMMITTED);
    assertThat(move(read("A"), Step.to(State.SUCCEEDED, "", 5_000)))
        .containsExactly(Outcome.COMMITTED);

    StoredCommand ended = read("A");
    assertThat(ended.progress())
        .isEqualTo(new StoredCommand.Progress(
            State.SUCCEEDED,
            "",
            2,
            0xFFFFFFFFL,
            "tcp",
            0,
            "{\"code\":0}",
            5_000,
            2_000,
            4_000,
            5_000));
    assertThat(ended.head().body()).isEqualTo(command.head().body());
    assertThat(ended.isOpen()).isFalse();
    // Leaving again is no other state, and so no event.
    assertThat(events("app"))
        .extracting(event -> event.dataJson().replaceAll(".*\"state\":\"(\\w+)\".*", "$1"))
        .containsExactly("queued", "sent", "acked", "succeeded");
  }

  /** Verifies that nothing moves a command after its end and that nobody hears of it, in one group and later. */
  @Test
  void endsOnce() {
    StoredCommand command = asked("A", 1);
    assertThat(outcomes(append(
            store,
            moving(command, Step.leaves(7, "tcp", 2_000)),
            moving(command, Step.to(State.CANCELLED, "asked", 3_000)),
            moving(command, Step.to(State.SUCCEEDED, "", 3_000)))))
        .containsExactly(Outcome.COMMITTED, Outcome.COMMITTED, Outcome.REJECTED);
    assertThat(move(command, Step.to(State.EXPIRED, "", 4_000))).containsExactly(Outcome.REJECTED);
    StoredCommand stranger = command("nobody", 1, "app", "");
    assertThat(move(stranger, Step.to(State.EXPIRED, "", 4_000))).containsExactly(Outcome.REJECTED);

    assertThat(read("A").progress().finishedMillis()).isEqualTo(3_000);
    assertThat(read("A").progress().reason()).isEqualTo("asked");
    assertThat(read("A").progress().attempts()).isEqualTo(1);
    assertThat(events("app")).hasSize(3);
  }

  /** Verifies that of a cancel and an end that race one wins, whoever it is, with one event. */
  @Test
  void racesEndOnce() {
    for (int i = 0; i < 20; i++) {
      StoredCommand command = asked("A" + i, 1);
      List<CompletableFuture<CommitBatch>> racing = List.of(
          append(store, moving(command, Step.to(State.CANCELLED, "", 2_000))),
          append(store, moving(command, Step.to(State.SUCCEEDED, "", 2_000))),
          append(store, moving(command, Step.to(State.EXPIRED, "", 2_000))));

      assertThat(racing.stream().flatMap(batch -> outcomes(batch).stream()))
          .containsExactlyInAnyOrder(Outcome.COMMITTED, Outcome.REJECTED, Outcome.REJECTED);
    }
    assertThat(events("app")).hasSize(40);
  }

  /** Verifies that a unit's event and step come together or not at all. */
  @Test
  void movesWithItsEventOrNotAtAll() {
    StoredCommand command = asked("A", 1);
    assertThat(outcomes(append(
            store,
            unit(
                new Change.StepCommand(serial(1), "A", Step.to(State.CANCELLED, "", 2_000)),
                StoreBench.event("nobody", serial(1), "{}")))))
        .containsExactly(Outcome.REJECTED);

    assertThat(read("A").state()).isEqualTo(State.QUEUED);
    assertThat(move(command, Step.to(State.CANCELLED, "", 3_000)))
        .containsExactly(Outcome.COMMITTED);
  }
}
