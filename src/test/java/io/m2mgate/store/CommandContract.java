package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.append;
import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.committed;
import static io.m2mgate.store.StoreBench.outcomes;
import static io.m2mgate.store.StoreBench.page;
import static io.m2mgate.store.StoreBench.provision;
import static io.m2mgate.store.StoreBench.refused;
import static io.m2mgate.store.StoreBench.serial;
import static io.m2mgate.store.StoreBench.unit;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.api.Event;
import io.m2mgate.bus.CommandEvents;
import io.m2mgate.security.Rekeying;
import io.m2mgate.security.SecretBox;
import io.m2mgate.store.CommandStore.Filter;
import io.m2mgate.store.CommandStore.Open;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.StoredCommand.Mode;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.StoredCommand.Step;
import io.m2mgate.store.StoredCommand.Type;
import io.m2mgate.store.StoredCommand.Wake;
import io.m2mgate.store.TerminalStore.TerminalPatch;
import io.m2mgate.store.sql.SqlResealing;
import io.m2mgate.store.sql.SqlStore;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store does with commands: asked once, moved on in order, ended once, told of in the same commit. */
abstract class CommandContract extends StoreContract {
  private static final int MANY = 1_000;
  private static final byte[] SEALED = "sealed".getBytes(StandardCharsets.US_ASCII);

  @BeforeEach
  void provisionTwo() {
    application(store, "app");
    application(store, "other");
    provision(store, "app", 1, 3);
    provision(store, "other", 3, 4);
  }

  private static StoredCommand command(String id, int terminal, String app, String key) {
    return command(id, terminal, app, key, 9_000, new byte[0]);
  }

  private static StoredCommand command(
      String id, int terminal, String app, String key, long expires, byte[] sealed) {
    return StoredCommand.asked(new StoredCommand.Head(
        id,
        serial(terminal),
        app,
        Type.CONTROL,
        "application",
        Mode.QUEUE,
        Wake.SMS,
        true,
        false,
        "{\"control\":\"reboot\"}",
        sealed,
        key,
        -77,
        1_000,
        expires));
  }

  private static CommitUnit asking(StoredCommand command) {
    return asking(command, MANY, MANY);
  }

  private static CommitUnit asking(StoredCommand command, int ofTerminal, int ofApplication) {
    return unit(CommandEvents.created(command, ofTerminal, ofApplication).toArray(Change[]::new));
  }

  private StoredCommand asked(String id, int terminal) {
    StoredCommand command = command(id, terminal, terminal == 3 ? "other" : "app", "");
    assertThat(outcomes(append(store, asking(command)))).containsExactly(Outcome.COMMITTED);
    return command;
  }

  private static CommitUnit moving(StoredCommand command, Step step) {
    return unit(CommandEvents.stepped(command, step).toArray(Change[]::new));
  }

  private List<Outcome> move(StoredCommand command, Step step) {
    return outcomes(append(store, moving(command, step)));
  }

  private StoredCommand read(String id) {
    return await(store.commands().read(id, Optional.empty())).orElseThrow();
  }

  private List<Event> events(String app) {
    return page(store, app, 0, 1_000).events();
  }

  private List<String> openOf(int terminal) {
    return await(store.commands().openOf(serial(terminal), "", 100)).stream()
        .map(StoredCommand::id)
        .toList();
  }

  private Page<StoredCommand> list(Filter filter, Optional<String> cursor, int limit) {
    return await(store.commands().list(filter, cursor, limit));
  }

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

  /** Verifies that ends of commands that were counted and deleted terminals make room. */
  @Test
  void deletionMakesRoom() {
    asked("A", 1);
    asked("B", 2);
    assertThat(outcomes(append(store, asking(command("C", 2, "app", ""), MANY, 2))))
        .containsExactly(Outcome.REJECTED);

    await(store.terminals().delete(serial(1)));

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

    move(read("B"), Step.to(State.EXPIRED, "", 5_000));
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

    await(store.sweep(new Store.Retention(10_000, 100_000, 1L << 40, 100_000, 1L << 40, 5_000)));

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
    await(store.sweep(new Store.Retention(10_000, 100_000, 1L << 40, 100_000, 1L << 40, 5_000)));

    assertThat(await(store.commands().read("A", Optional.empty()))).isEmpty();
    assertThat(await(store.terminals().load(List.of(serial(3)))))
        .extracting(StoredTerminal::commandsOpen)
        .containsExactly(false);
  }
}
