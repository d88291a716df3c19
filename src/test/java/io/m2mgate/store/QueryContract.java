package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.committed;
import static io.m2mgate.store.StoreBench.provision;
import static io.m2mgate.store.StoreBench.refused;
import static io.m2mgate.store.StoreBench.serial;
import static io.m2mgate.store.StoreBench.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.m2mgate.session.SessionState;
import io.m2mgate.store.ExpiryStore.Expiry;
import io.m2mgate.store.ExpiryStore.Query;
import io.m2mgate.store.TerminalStore.SecretExpiries;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import io.m2mgate.store.TerminalStore.TerminalPatch;
import io.m2mgate.store.TerminalStore.TerminalQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How every store counts terminals, and finds them by when they were heard and by when their secrets expire. */
abstract class QueryContract extends StoreContract {

  private static Change heard(int terminal, long at, boolean online) {
    SessionState state = session(5, online);
    return new Change.PutSession(
        serial(terminal),
        new SessionState(
            5, state.confirmed(), List.of(), Optional.empty(), online, false, at, "{}"));
  }

  private List<String> heard(Optional<Long> from, Optional<Long> before) {
    TerminalQuery query = new TerminalQuery(TerminalFilter.ALL, Set.of(), from, before);
    List<String> all = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      Page<TerminalStore.TerminalRow> page = await(store.terminals().list(query, cursor, 1));
      page.items().forEach(row -> all.add(row.terminal().serial()));
      cursor = page.next();
    } while (cursor.isPresent());
    return all;
  }

  /** Verifies that what was heard in a time is found, with all that are online where that has no end, and nobody who never was. */
  @Test
  void terminalsAreFoundByWhenTheyWereHeard() {
    application(store, "app");
    provision(store, "app", 1, 6);
    committed(
        store, heard(1, 100, false), heard(2, 200, false), heard(3, 100, true), heard(4, 0, false));

    assertThat(heard(Optional.of(150L), Optional.empty())).containsExactly(serial(2), serial(3));
    assertThat(heard(Optional.empty(), Optional.of(200L))).containsExactly(serial(1), serial(3));
    assertThat(heard(Optional.of(50L), Optional.of(150L))).containsExactly(serial(1), serial(3));
  }

  /** Verifies that a list of serials gives those that are there, within the filter. */
  @Test
  void terminalsAreFoundByTheirSerials() {
    application(store, "app");
    application(store, "other");
    provision(store, "app", 1, 4);
    provision(store, "other", 4, 5);
    TerminalFilter own = new TerminalFilter(
        Optional.of("app"), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    TerminalQuery query = new TerminalQuery(
        own, Set.of(serial(3), serial(1), serial(4), "none"), Optional.empty(), Optional.empty());

    assertThat(await(store.terminals().list(query, Optional.empty(), 10)).items())
        .extracting(row -> row.terminal().serial())
        .containsExactly(serial(1), serial(3));
  }

  /** Verifies that states are counted, of one application and of all. */
  @Test
  void statesAreCounted() {
    application(store, "app");
    application(store, "other");
    provision(store, "app", 1, 4);
    provision(store, "other", 4, 5);
    committed(store, heard(1, 100, false), heard(2, 200, true));

    assertThat(await(store.terminals().states(Optional.of("app"))))
        .containsOnly(
            entry(TerminalState.OFFLINE, 1L),
            entry(TerminalState.ONLINE, 1L),
            entry(TerminalState.NEVER, 1L));
    assertThat(await(store.terminals().states(Optional.empty())))
        .containsEntry(TerminalState.NEVER, 2L);
    assertThat(await(store.terminals().states(Optional.of("none")))).isEmpty();
  }

  private void expires(int terminal, SecretExpiries expiries) {
    await(store
        .terminals()
        .update(serial(terminal), TerminalPatch.expiring(expiries), Optional.empty()));
  }

  private List<String> expiring(Query query, int limit) {
    List<String> all = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      Page<Expiry> page = await(store.expiries().list(query, cursor, limit));
      page.items()
          .forEach(it -> all.add(it.second() + " " + it.serial().substring(15) + it.secret()));
      cursor = page.next();
    } while (cursor.isPresent());
    return all;
  }

  /** Verifies that expiries come soonest first, page by page, each once, and follow a terminal to another application. */
  @Test
  void expiriesComeSoonestFirst() {
    application(store, "app");
    application(store, "other");
    provision(store, "app", 1, 4);
    expires(1, new SecretExpiries(Optional.of(20L), Optional.of(10L), Optional.of(10L)));
    expires(2, new SecretExpiries(Optional.of(10L), Optional.empty(), Optional.empty()));
    Query all = new Query("app", Optional.empty(), 0, 1L << 32);

    for (int limit = 1; limit <= 5; limit++) {
      assertThat(expiring(all, limit))
          .as("pages of %s", limit)
          .containsExactly(
              "10 1baseKey", "10 1downlinkPassword", "10 2uplinkPassword", "20 1uplinkPassword");
    }
    assertThat(expiring(new Query("app", Optional.empty(), 10, 20), 9)).hasSize(3);
    assertThat(expiring(new Query("app", Optional.of(serial(2)), 0, 99), 9)).hasSize(1);

    TerminalPatch moved = new TerminalPatch(
        Optional.empty(),
        Optional.empty(),
        Optional.of("other"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
    await(store.terminals().update(serial(2), moved, Optional.empty()));
    assertThat(expiring(all, 9)).hasSize(3);
    assertThat(expiring(new Query("other", Optional.empty(), 0, 99), 9)).hasSize(1);
    assertThat(refused(store.expiries().list(all, Optional.of("MToyYWI"), 1)).subject())
        .isEqualTo("cursor");
  }
}
