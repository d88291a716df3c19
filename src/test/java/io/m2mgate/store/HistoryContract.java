package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.committed;
import static io.m2mgate.store.StoreBench.event;
import static io.m2mgate.store.StoreBench.provision;
import static io.m2mgate.store.StoreBench.refused;
import static io.m2mgate.store.StoreBench.serial;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.api.Event;
import io.m2mgate.api.EventTypes;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.EventHistory.Query;
import io.m2mgate.store.EventHistory.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How every store lists one terminal's events backwards. */
abstract class HistoryContract extends StoreContract {

  private static Change report(String app, int terminal, long time, String data) {
    return new Change.AppendEvent(
        app, serial(terminal), EventTypes.REPORT, time, data, UplinkMark.NONE);
  }

  private List<String> all(Query query, int limit) {
    List<String> data = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      Page<Event> page = await(store.history().list(query, cursor, limit));
      assertThat(page.items()).hasSizeLessThanOrEqualTo(limit);
      page.items().forEach(event -> data.add(event.dataJson()));
      cursor = page.next();
    } while (cursor.isPresent());
    return data;
  }

  private static Query query(String app, long from, long before) {
    return new Query(app, serial(1), View.REPORTS, Set.of(), from, before, 1 << 20);
  }

  /** Verifies that a terminal's reports come newest first, each once, also those of one instant, and none of another's. */
  @Test
  void reportsComeNewestFirst() {
    application(store, "app");
    application(store, "other");
    provision(store, "app", 1, 3);
    committed(
        store,
        report("app", 1, 10, "1"),
        report("app", 1, 20, "2"),
        report("app", 2, 20, "of another terminal"),
        event("app", serial(1), "no report"),
        report("other", 1, 20, "in another log"),
        report("app", 1, 20, "3"),
        report("app", 1, 20, "4"),
        report("app", 1, 15, "5"));

    assertThat(all(query("app", 0, Long.MAX_VALUE), 2)).containsExactly("4", "3", "2", "5", "1");
    assertThat(all(query("app", 15, 20), 2)).containsExactly("5");
    assertThat(all(query("app", 20, 20), 2)).isEmpty();
    assertThat(all(query("other", 0, Long.MAX_VALUE), 2)).containsExactly("in another log");
  }

  /** Verifies that a page ends where it grows too large, with one report at least. */
  @Test
  void pagesEndWhereTheyGrowTooLarge() {
    application(store, "app");
    provision(store, "app", 1, 2);
    String large = "\"" + "x".repeat(2_000) + "\"";
    committed(store, report("app", 1, 1, large), report("app", 1, 2, large));
    Query narrow = new Query("app", serial(1), View.REPORTS, Set.of(), 0, Long.MAX_VALUE, 100);

    Page<Event> page = await(store.history().list(narrow, Optional.empty(), 10));

    assertThat(page.items()).extracting(Event::timeMillis).containsExactly(2L);
    assertThat(all(narrow, 10)).hasSize(2);
  }

  /** Verifies that a log that is not there and a cursor of nobody are refused. */
  @Test
  void whatIsNotThereIsRefused() {
    application(store, "app");
    Query all = query("app", 0, Long.MAX_VALUE);

    assertThat(refused(store.history().list(query("none", 0, 1), Optional.empty(), 1))
            .subject())
        .isEqualTo("application");
    assertThat(refused(store.history().list(all, Optional.of("MToyYWI"), 1)).subject())
        .isEqualTo("cursor");
  }

  private static Change of(String type, long time) {
    return new Change.AppendEvent(
        "app", serial(1), type, time, "\"" + type + time + "\"", UplinkMark.NONE);
  }

  private static Query view(View view, String... types) {
    return new Query("app", serial(1), view, Set.of(types), 0, Long.MAX_VALUE, 1 << 20);
  }

  /** Verifies that comings and goings are a list of their own, by type and time, and everything comes in the log's order. */
  @Test
  void noticesAndEverythingComeNewestFirst() {
    application(store, "app");
    provision(store, "app", 1, 2);
    committed(
        store,
        of(EventTypes.TERMINAL_LOGIN, 10),
        of(EventTypes.REPORT, 11),
        of(EventTypes.TERMINAL_OFFLINE, 30),
        of(EventTypes.TERMINAL_LOGIN, 20));

    assertThat(all(view(View.NOTICES), 2))
        .containsExactly(
            "\"m2m.terminal.offline30\"", "\"m2m.terminal.login20\"", "\"m2m.terminal.login10\"");
    assertThat(all(view(View.NOTICES, EventTypes.TERMINAL_LOGIN), 1))
        .containsExactly("\"m2m.terminal.login20\"", "\"m2m.terminal.login10\"");
    assertThat(all(new Query("app", serial(1), View.NOTICES, Set.of(), 15, 30, 100), 2))
        .containsExactly("\"m2m.terminal.login20\"");
    assertThat(all(view(View.ALL), 2))
        .containsExactly(
            "\"m2m.terminal.login20\"",
            "\"m2m.terminal.offline30\"",
            "\"m2m.report11\"",
            "\"m2m.terminal.login10\"");
    assertThat(all(view(View.ALL, EventTypes.REPORT), 1)).containsExactly("\"m2m.report11\"");
  }

  /** Verifies that a rare type is found behind many events of others, over pages that may be empty. */
  @Test
  void aRareTypeIsFound() {
    application(store, "app");
    provision(store, "app", 1, 2);
    committed(store, of(EventTypes.TERMINAL_REBOUND, 1));
    Change[] many = new Change[2_600];
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < many.length; i++) {
        many[i] = of(EventTypes.TERMINAL_LOGIN, 2 + i);
      }
      committed(store, many);
    }

    assertThat(all(view(View.NOTICES, EventTypes.TERMINAL_REBOUND), 10))
        .containsExactly("\"m2m.terminal.rebound1\"");
    assertThat(all(view(View.ALL, EventTypes.TERMINAL_REBOUND), 10))
        .containsExactly("\"m2m.terminal.rebound1\"");
  }
}
