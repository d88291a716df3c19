package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.append;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.committed;
import static io.m2mgate.store.StoreBench.outcomes;
import static io.m2mgate.store.StoreBench.refused;
import static io.m2mgate.store.StoreBench.serial;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.CommandEvents;
import io.m2mgate.security.Rekeying;
import io.m2mgate.security.SecretBox;
import io.m2mgate.store.CommandStore.Filter;
import io.m2mgate.store.CommandStore.Open;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.StoredCommand.Step;
import io.m2mgate.store.StoredCommand.Type;
import io.m2mgate.store.TerminalStore.TerminalPatch;
import io.m2mgate.store.sql.SqlResealing;
import io.m2mgate.store.sql.SqlStore;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every store finds again of commands, and when it forgets them and their secrets. */
abstract class KeptCommandContract extends CommandFixture {
  /** Verifies lists: newest first, by page, by each filter, of one application. */
  @Test
  void lists() {
    asked("A", 1);
    asked("B", 2);
    asked("C", 1);
    asked("D", 3);
    move(read("B"), Step.to(State.CANCELLED, "", 2_000));
    Filter all = new Filter(Optional.empty(), Optional.empty(), Set.of(), Set.of());
    Filter app = new Filter(Optional.of("app"), Optional.empty(), Set.of(), Set.of());

    Page<StoredCommand> first = list(app, Optional.empty(), 2);
    assertThat(first.items()).extracting(StoredCommand::id).containsExactly("C", "B");
    Page<StoredCommand> second = list(app, first.next(), 2);
    assertThat(second.items()).extracting(StoredCommand::id).containsExactly("A");
    assertThat(second.next()).isEmpty();
    assertThat(list(all, Optional.empty(), 10).items()).hasSize(4);
    assertThat(list(
                new Filter(Optional.empty(), Optional.of(serial(1)), Set.of(), Set.of()),
                Optional.empty(),
                10)
            .items())
        .extracting(StoredCommand::id)
        .containsExactly("C", "A");
    assertThat(list(
                new Filter(
                    Optional.of("app"),
                    Optional.empty(),
                    Set.of(State.CANCELLED, State.FAILED),
                    Set.of(Type.CONTROL)),
                Optional.empty(),
                10)
            .items())
        .extracting(StoredCommand::id)
        .containsExactly("B");
    assertThat(list(
                new Filter(Optional.empty(), Optional.empty(), Set.of(), Set.of(Type.READ)),
                Optional.empty(),
                10)
            .items())
        .isEmpty();
    assertThat(refused(store.commands().list(all, Optional.of("?"), 10)).kind())
        .isEqualTo(StoreFault.Kind.NOT_FOUND);
  }

  /** Verifies that what is open comes oldest first, by page, that what is overdue is found, and that loading a terminal tells of both. */
  @Test
  void findsWhatIsOpenAndOverdue() {
    append(store, asking(command("C", 1, "app", "", 3_000, SEALED)));
    append(store, asking(command("A", 1, "app", "", 5_000, SEALED)));
    append(store, asking(command("D", 1, "app", "", 9_000, SEALED)));
    assertThat(outcomes(append(store, asking(command("B", 2, "app", "", 4_000, SEALED)))))
        .containsExactly(Outcome.COMMITTED);

    assertThat(openOf(1)).containsExactly("A", "C", "D");
    assertThat(await(store.commands().openOf(serial(1), "A", 1)))
        .extracting(StoredCommand::id)
        .containsExactly("C");
    assertThat(await(store.commands().overdue(5_000, 10)))
        .extracting(StoredCommand::id)
        .containsExactly("C", "B", "A");
    assertThat(await(store.commands().overdue(5_000, 1)))
        .extracting(StoredCommand::id)
        .containsExactly("C");

    assertThat(await(store.commands().openAfter(Optional.empty(), 10)))
        .extracting(StoredCommand::id)
        .containsExactly("C", "B", "A", "D");
    assertThat(await(store.commands().openAfter(Optional.of(read("B")), 1)))
        .extracting(StoredCommand::id)
        .containsExactly("A");

    move(read("B"), Step.to(State.EXPIRED, "", 5_000));
    assertThat(await(store.commands().openAfter(Optional.of(read("C")), 10)))
        .extracting(StoredCommand::id)
        .containsExactly("A", "D");
    assertThat(await(store.commands().overdue(4_000, 10)))
        .extracting(StoredCommand::id)
        .containsExactly("C");
    assertThat(openOf(2)).isEmpty();
    assertThat(await(store.terminals().load(List.of(serial(1), serial(2)))))
        .extracting(found -> found.record().serial(), StoredTerminal::commandsOpen)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(serial(1), true),
            org.assertj.core.groups.Tuple.tuple(serial(2), false));
  }

  /** Verifies that what of a command is a secret stays through its steps and is gone with its end. */
  @Test
  void erasesSecretsAtTheEnd() {
    StoredCommand command = command("A", 1, "app", "", 9_000, SEALED);
    append(store, asking(command));
    move(command, Step.leaves(1, "tcp", 2_000));
    assertThat(read("A").head().sealed()).isEqualTo(SEALED);

    move(command, Step.to(State.TIMED_OUT, "", 3_000));
    assertThat(read("A").head().sealed()).isEmpty();

    assertThat(outcomes(append(
            store,
            asking(command("B", 1, "app", "", 9_000, SEALED)),
            moving(
                command("B", 1, "app", "", 9_000, SEALED), Step.to(State.CANCELLED, "", 4_000)))))
        .containsExactly(Outcome.COMMITTED, Outcome.COMMITTED);
    assertThat(read("B").head().sealed()).isEmpty();
  }

  /** Verifies that the secrets of open commands go to another master key with the rest. */
  @Test
  void resealsSecrets() {
    SecretBox before = box(1);
    SecretBox after = box(2);
    byte[] clear = "a password".getBytes(StandardCharsets.US_ASCII);
    byte[] sealed = before.seal(serial(1), SecretKinds.COMMAND, clear);
    committed(
        store,
        CommandEvents.created(command("A", 1, "app", "", 9_000, sealed), MANY, MANY)
            .toArray(Change[]::new));
    await(store.close());

    Resealing resealing = await(SqlResealing.open(vertx, options()));
    Rekeying rekeying = new Rekeying(before, after, Rekeying.Mode.RESEAL);
    for (String place : resealing.places()) {
      await(resealing.next(place, "", 100, rekeying));
    }
    await(resealing.close());
    store = await(SqlStore.open(vertx, options()));

    assertThat(rekeying.old()).isEqualTo(1);
    assertThat(after.open(serial(1), SecretKinds.COMMAND, read("A").head().sealed()))
        .isEqualTo(clear);
  }

  private static SecretBox box(int key) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) key;
    return new SecretBox(bytes, new SecureRandom());
  }

  /** Verifies that all of it survives a restart, and that keys stay taken. */
  @Test
  void survivesARestart() {
    append(store, asking(command("A", 1, "app", "key", 9_000, SEALED)));
    StoredCommand before = command("A", 1, "app", "key", 9_000, SEALED);
    move(before, Step.leaves(5, "tcp", 2_000));
    StoredCommand sent = read("A");

    reopen(options());

    assertThat(read("A")).usingRecursiveComparison().isEqualTo(sent);
    assertThat(outcomes(append(store, asking(command("B", 1, "app", "key")))))
        .containsExactly(Outcome.REJECTED);
    assertThat(move(sent, Step.to(State.UNKNOWN, "", 3_000))).containsExactly(Outcome.COMMITTED);
  }

  /** Verifies that retention removes what ended long ago, and nothing that is open or ended since. */
  @Test
  void forgetsWhatEndedLongAgo() {
    asked("A", 1);
    asked("B", 1);
    asked("C", 1);
    move(read("A"), Step.to(State.SUCCEEDED, "", 2_000));
    move(read("B"), Step.to(State.SUCCEEDED, "", 7_000));

    await(store.sweep(
        new Store.Retention(10_000, 100_000, 1L << 40, 100_000, 1L << 40, 5_000, 1L << 40, 100)));

    assertThat(list(
                new Filter(Optional.empty(), Optional.empty(), Set.of(), Set.of()),
                Optional.empty(),
                10)
            .items())
        .extracting(StoredCommand::id)
        .containsExactly("C", "B");
    assertThat(await(store.commands().open(serial(1), "app"))).isEqualTo(new Open(1, 1));
  }

  /** Verifies that the commands of a deleted application go with it, so that no terminal waits for what nobody reads. */
  @Test
  void goesWithItsApplication() {
    asked("A", 3);
    await(store
        .terminals()
        .update(
            serial(3),
            new TerminalPatch(
                Optional.empty(),
                Optional.empty(),
                Optional.of("app"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            Optional.empty()));
    await(store.applications().delete("other"));
    await(store.sweep(
        new Store.Retention(10_000, 100_000, 1L << 40, 100_000, 1L << 40, 5_000, 1L << 40, 100)));

    assertThat(await(store.commands().read("A", Optional.empty()))).isEmpty();
    assertThat(await(store.terminals().load(List.of(serial(3)))))
        .extracting(StoredTerminal::commandsOpen)
        .containsExactly(false);
  }
}
