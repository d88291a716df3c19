package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.append;
import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.outcomes;
import static io.m2mgate.store.StoreBench.provisionMany;
import static io.m2mgate.store.StoreBench.refused;
import static io.m2mgate.store.StoreBench.serial;
import static io.m2mgate.store.StoreBench.unit;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.api.Event;
import io.m2mgate.session.UplinkMark;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every store does with consumers of the event logs, and with reading what several terminals said. */
abstract class ConsumerContract extends StoreContract {
  private static final int TERMINALS = 40;
  private static final int EVENTS = 3_000;

  /** Verifies that consumers are listed by name and kind, page by page, each application's own. */
  @Test
  void listsConsumers() {
    application(store, "app");
    application(store, "other");
    for (int i = 0; i < 5; i++) {
      await(store.consumers().put("app", cursor("n" + i, "named", 10)));
      await(store.consumers().put("app", cursor("mqtt:" + i, "mqtt", 10)));
    }
    await(store.consumers().put("other", cursor("foreign", "named", 10)));

    Page<ConsumerStore.Cursor> first =
        await(store.consumers().list("app", Optional.of("named"), Optional.empty(), 3));
    Page<ConsumerStore.Cursor> second =
        await(store.consumers().list("app", Optional.of("named"), first.next(), 3));
    Page<ConsumerStore.Cursor> all =
        await(store.consumers().list("app", Optional.empty(), Optional.empty(), 100));

    assertThat(first.items()).extracting("name").containsExactly("n0", "n1", "n2");
    assertThat(second.items()).extracting("name").containsExactly("n3", "n4");
    assertThat(second.next()).isEmpty();
    assertThat(all.items()).hasSize(10).extracting("name").isSorted().doesNotContain("foreign");
    assertThat(refused(store.consumers().list("none", Optional.empty(), Optional.empty(), 1))
            .kind())
        .isEqualTo(StoreFault.Kind.NOT_FOUND);
  }

  /** Verifies that an application has so many consumers of a kind and no more, whatever it has of others. */
  @Test
  void boundsConsumers() {
    application(store, "app");
    await(store.consumers().put("app", cursor("mqtt:1", "mqtt", 10)));

    assertThat(await(store.consumers().create("app", cursor("one", "named", 10), 2)))
        .isTrue();
    assertThat(await(store.consumers().create("app", cursor("two", "named", 10), 2)))
        .isTrue();
    assertThat(await(store.consumers().create("app", cursor("three", "named", 10), 2)))
        .isFalse();
    assertThat(refused(store.consumers().create("app", cursor("one", "named", 10), 9))
            .kind())
        .isEqualTo(StoreFault.Kind.CONFLICT);
    assertThat(await(store.consumers().read("app", "three"))).isEmpty();
    await(store.consumers().commit("app", "one", 7));
    await(store.consumers().change("app", "one", "{\"a\":1}", 99));
    assertThat(await(store.consumers().read("app", "one")))
        .contains(new ConsumerStore.Cursor("one", "named", 7, "{\"a\":1}", 99));
  }

  /** Verifies that only consumers that nobody used since are found and deleted, the oldest first. */
  @Test
  void findsUnusedConsumers() {
    application(store, "app");
    application(store, "gone");
    await(store.consumers().put("app", cursor("newer", "named", 20)));
    await(store.consumers().put("app", cursor("older", "named", 10)));
    await(store.consumers().put("app", cursor("touched", "named", 10)));
    await(store.consumers().put("app", cursor("mqtt:1", "mqtt", 10)));
    await(store.consumers().put("gone", cursor("gone", "named", 10)));
    await(store.applications().delete("gone"));
    await(store.consumers().touch("app", "touched", 30));
    await(store.consumers().touch("app", "touched", 5));

    List<ConsumerStore.Unused> unused = await(store.consumers().unused("named", 30, 10));

    assertThat(unused).extracting(ConsumerStore.Unused::name).containsExactly("older", "newer");
    assertThat(await(store.consumers().unused("named", 30, 1))).hasSize(1);
    await(store.consumers().touch("app", "newer", 40));
    assertThat(await(store.consumers().deleteUnused(unused.get(0), 30))).isTrue();
    assertThat(await(store.consumers().deleteUnused(unused.get(0), 30))).isFalse();
    assertThat(await(store.consumers().deleteUnused(unused.get(1), 30))).isFalse();
    assertThat(await(store.consumers().read("app", "newer"))).isPresent();
  }

  private static ConsumerStore.Cursor cursor(String name, String kind, long updatedMillis) {
    return new ConsumerStore.Cursor(name, kind, 1, "{}", updatedMillis);
  }

  /**
   * Verifies that the events of several terminals in a long log come all, in order, in pages of any size, with and without a filter
   * of types, also where one of them says much more than the others.
   */
  @Test
  void readsSeveralTerminals() {
    application(store, "app");
    provisionMany(store, "app", 0, TERMINALS);
    for (int from = 0; from < EVENTS; from += 1_000) {
      assertThat(outcomes(append(
              store,
              IntStream.range(from, from + 1_000)
                  .mapToObj(i -> unit(said(i)))
                  .toArray(CommitUnit[]::new))))
          .containsOnly(CommitUnit.Outcome.COMMITTED);
    }
    for (Set<String> serials : List.of(
        Set.of(serial(1), serial(2), serial(0)),
        Set.of(serial(7), serial(8)),
        Set.of(serial(7), serial(9_999)),
        of(TERMINALS))) {
      for (int limit : new int[] {60, 1_000}) {
        assertThat(read(serials, Set.of(), limit)).isEqualTo(expected(serials, 1));
        assertThat(read(serials, Set.of("m2m.report"), limit)).isEqualTo(expected(serials, 10));
      }
    }
  }

  /** Every other event is the first terminal's. */
  private static Change.AppendEvent said(int i) {
    return new Change.AppendEvent(
        "app", teller(i), i % 10 == 0 ? "m2m.report" : "m2m.data.up", i, "{}", UplinkMark.NONE);
  }

  private static String teller(int i) {
    return serial(i % 2 == 0 ? 0 : i % TERMINALS);
  }

  private static Set<String> of(int terminals) {
    Set<String> serials = new TreeSet<>();
    IntStream.range(0, terminals).forEach(i -> serials.add(serial(i)));
    return serials;
  }

  private static List<Long> expected(Set<String> serials, int every) {
    return IntStream.range(0, EVENTS)
        .filter(i -> i % every == 0 && serials.contains(teller(i)))
        .mapToObj(i -> i + 1L)
        .toList();
  }

  private List<Long> read(Set<String> serials, Set<String> types, int limit) {
    List<Long> offsets = new ArrayList<>();
    long after = 0;
    while (true) {
      EventLog.EventPage page = await(store
          .events()
          .read(new EventLog.EventQuery("app", after, limit, 1 << 20, types, serials)));
      page.events().stream().map(Event::offset).forEach(offsets::add);
      assertThat(page.events()).hasSizeLessThanOrEqualTo(limit);
      if (page.next() == page.last()) {
        return offsets;
      }
      assertThat(page.next()).isGreaterThan(after);
      after = page.next();
    }
  }
}
