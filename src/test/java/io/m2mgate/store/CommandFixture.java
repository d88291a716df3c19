package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.append;
import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.outcomes;
import static io.m2mgate.store.StoreBench.page;
import static io.m2mgate.store.StoreBench.provision;
import static io.m2mgate.store.StoreBench.serial;
import static io.m2mgate.store.StoreBench.unit;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.api.Event;
import io.m2mgate.bus.CommandEvents;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.store.CommandStore.Filter;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.StoredCommand.Mode;
import io.m2mgate.store.StoredCommand.Step;
import io.m2mgate.store.StoredCommand.Type;
import io.m2mgate.store.StoredCommand.Wake;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;

/** What tests of stored commands say often. */
abstract class CommandFixture extends StoreContract {
  static final int MANY = 1_000;
  private static final Dialect DIALECT = Dictionary.load().dialect();
  static final byte[] SEALED = "sealed".getBytes(StandardCharsets.US_ASCII);

  @BeforeEach
  void provisionTwo() {
    application(store, "app");
    application(store, "other");
    provision(store, "app", 1, 3);
    provision(store, "other", 3, 4);
  }

  static StoredCommand command(String id, int terminal, String app, String key) {
    return command(id, terminal, app, key, 9_000, new byte[0]);
  }

  static StoredCommand command(
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

  static CommitUnit asking(StoredCommand command) {
    return asking(command, MANY, MANY);
  }

  static CommitUnit asking(StoredCommand command, int ofTerminal, int ofApplication) {
    return unit(CommandEvents.created(command, ofTerminal, ofApplication).toArray(Change[]::new));
  }

  StoredCommand asked(String id, int terminal) {
    StoredCommand command = command(id, terminal, terminal == 3 ? "other" : "app", "");
    assertThat(outcomes(append(store, asking(command)))).containsExactly(Outcome.COMMITTED);
    return command;
  }

  static CommitUnit moving(StoredCommand command, Step step) {
    return unit(CommandEvents.stepped(command, step, DIALECT).toArray(Change[]::new));
  }

  List<Outcome> move(StoredCommand command, Step step) {
    return outcomes(append(store, moving(command, step)));
  }

  StoredCommand read(String id) {
    return await(store.commands().read(id, Optional.empty())).orElseThrow();
  }

  List<Event> events(String app) {
    return page(store, app, 0, 1_000).events();
  }

  List<String> openOf(int terminal) {
    return await(store.commands().openOf(serial(terminal), "", 100)).stream()
        .map(StoredCommand::id)
        .toList();
  }

  Page<StoredCommand> list(Filter filter, Optional<String> cursor, int limit) {
    return await(store.commands().list(filter, cursor, limit));
  }
}
