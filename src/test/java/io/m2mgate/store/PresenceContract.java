package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.committed;
import static io.m2mgate.store.StoreBench.provision;
import static io.m2mgate.store.StoreBench.serial;
import static io.m2mgate.store.StoreBench.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.session.SessionState;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import io.m2mgate.store.TerminalStore.TerminalPatch;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every store makes of a terminal that misses a heartbeat. */
abstract class PresenceContract extends StoreContract {
  private static final TerminalPatch NOTHING = new TerminalPatch(
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty(),
      Optional.empty());

  private List<String> list(TerminalState state) {
    TerminalFilter filter = new TerminalFilter(
        Optional.empty(), Optional.of(state), Optional.empty(), Optional.empty(), Optional.empty());
    return await(store.terminals().list(filter, Optional.empty(), 100)).items().stream()
        .map(row -> row.terminal().serial())
        .toList();
  }

  /** Verifies that a silent terminal is a state of its own, is looked after like one online, and stays so when its record changes. */
  @Test
  void silentTerminalsAreListed() {
    application(store, "app");
    provision(store, "app", 1, 3);
    SessionState online = session(5, true);
    SessionState silent =
        new SessionState(5, online.confirmed(), List.of(), Optional.empty(), true, true, 99, "{}");
    committed(
        store, new Change.PutSession(serial(1), silent), new Change.PutSession(serial(2), online));
    await(store.terminals().update(serial(1), NOTHING, Optional.empty()));

    assertThat(list(TerminalState.SILENT)).containsExactly(serial(1));
    assertThat(list(TerminalState.ONLINE)).containsExactly(serial(2));
    assertThat(await(store.terminals().onlineAfter("", 9))).containsExactly(serial(1), serial(2));
    assertThat(await(store.terminals().read(serial(1), Optional.empty()))
            .orElseThrow()
            .sessions())
        .isEqualTo(silent);
  }

  /** Verifies that one that is asleep is a state of its own, is not looked after, and stays so when its record changes. */
  @Test
  void sleepingTerminalsAreListed() {
    application(store, "app");
    provision(store, "app", 1, 3);
    SessionState before = session(5, false);
    SessionState asleep = new SessionState(
        5, Optional.empty(), List.of(), before.confirmed(), false, false, 99, true, "{}");
    committed(
        store,
        new Change.PutSession(serial(1), asleep),
        new Change.PutSession(serial(2), session(5, true)));
    await(store.terminals().update(serial(1), NOTHING, Optional.empty()));

    assertThat(list(TerminalState.ASLEEP)).containsExactly(serial(1));
    assertThat(list(TerminalState.OFFLINE)).isEmpty();
    assertThat(await(store.terminals().onlineAfter("", 9))).containsExactly(serial(2));
    assertThat(await(store.terminals().states(Optional.of("app"))))
        .containsEntry(TerminalState.ASLEEP, 1L);
    assertThat(await(store.terminals().read(serial(1), Optional.empty()))
            .orElseThrow()
            .sessions())
        .isEqualTo(asleep);
  }
}
