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
import io.m2mgate.store.EventLog.ReportQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How every store lists what one terminal reported. */
abstract class ReportContract extends StoreContract {

  private static Change report(String app, int terminal, long time, String data) {
    return new Change.AppendEvent(
        app, serial(terminal), EventTypes.REPORT, time, data, UplinkMark.NONE);
  }

  private List<String> all(ReportQuery query, int limit) {
    List<String> data = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      Page<Event> page = await(store.events().reports(query, cursor, limit));
      assertThat(page.items()).hasSizeLessThanOrEqualTo(limit);
      page.items().forEach(event -> data.add(event.dataJson()));
      cursor = page.next();
    } while (cursor.isPresent());
    return data;
  }

  private static ReportQuery query(String app, long from, long before) {
    return new ReportQuery(app, serial(1), from, before, 1 << 20);
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
    ReportQuery narrow = new ReportQuery("app", serial(1), 0, Long.MAX_VALUE, 100);

    Page<Event> page = await(store.events().reports(narrow, Optional.empty(), 10));

    assertThat(page.items()).extracting(Event::timeMillis).containsExactly(2L);
    assertThat(all(narrow, 10)).hasSize(2);
  }

  /** Verifies that a log that is not there and a cursor of nobody are refused. */
  @Test
  void whatIsNotThereIsRefused() {
    application(store, "app");
    ReportQuery all = query("app", 0, Long.MAX_VALUE);

    assertThat(refused(store.events().reports(query("none", 0, 1), Optional.empty(), 1))
            .subject())
        .isEqualTo("application");
    assertThat(refused(store.events().reports(all, Optional.of("MToyYWI"), 1)).subject())
        .isEqualTo("cursor");
  }
}
