package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.append;
import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.committed;
import static io.m2mgate.store.StoreBench.outcomes;
import static io.m2mgate.store.StoreBench.page;
import static io.m2mgate.store.StoreBench.provision;
import static io.m2mgate.store.StoreBench.serial;
import static io.m2mgate.store.StoreBench.unit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.m2mgate.api.Event;
import io.m2mgate.store.AlarmStore.Acked;
import io.m2mgate.store.AlarmStore.Filter;
import io.m2mgate.store.AlarmStore.Stage;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.StoredAlarm.Ack;
import io.m2mgate.store.StoredAlarm.Cause;
import io.m2mgate.store.StoredAlarm.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every store does with alarms. */
abstract class AlarmContract extends StoreContract {
  private static final long FAR = 1L << 40;

  private static Change raise(int terminal, int code, long time) {
    return new Change.RaiseAlarm(
        "app",
        serial(terminal),
        new Kind(code, "name-" + code, 1, "communication"),
        time,
        "{\"status\":1}",
        3);
  }

  private static Change clear(int terminal, boolean elseAll, long time, Integer... codes) {
    return new Change.ClearAlarms(
        "app", serial(terminal), Set.of(codes), elseAll, Cause.TERMINAL, time, "{}");
  }

  private List<StoredAlarm> alarms(Optional<Boolean> open) {
    Optional<Stage> stage = open.map(is -> is ? Stage.OPEN : Stage.CLEARED);
    return alarms(new Filter(
        Optional.empty(),
        Optional.empty(),
        stage,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        Long.MAX_VALUE));
  }

  /** Page by page. */
  private List<StoredAlarm> alarms(Filter filter) {
    List<StoredAlarm> all = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      Page<StoredAlarm> page = await(store.alarms().list(filter, cursor, 2));
      all.addAll(page.items());
      cursor = page.next();
    } while (cursor.isPresent());
    return all;
  }

  private List<String> told() {
    return page(store, "app", 0, 100).events().stream().map(Event::type).toList();
  }

  private void fleet() {
    application(store, "app");
    application(store, "other");
    provision(store, "app", 1, 3);
  }

  /** Verifies that within one group, too, an alarm opens once, counts, ends once and opens anew. */
  @Test
  void anAlarmOpensAndEndsOnce() {
    fleet();

    List<Outcome> outcomes = outcomes(append(
        store,
        unit(raise(1, 5, 10)),
        unit(raise(1, 5, 11)),
        unit(clear(1, true, 12, 5)),
        unit(clear(1, true, 13, 5)),
        unit(raise(1, 5, 14), raise(2, 5, 14))));
    committed(store, raise(1, 5, 15));

    assertThat(outcomes).containsOnly(Outcome.COMMITTED);
    assertThat(alarms(Optional.of(false))).singleElement().satisfies(ended -> {
      assertThat(ended.occurrences()).isEqualTo(2);
      assertThat(ended.raisedMillis()).isEqualTo(10);
      assertThat(ended.lastMillis()).isEqualTo(11);
      assertThat(ended.clearedMillis()).isEqualTo(12);
      assertThat(ended.clearedBy()).contains(Cause.TERMINAL);
    });
    assertThat(alarms(Optional.of(true)))
        .extracting(StoredAlarm::serial, StoredAlarm::occurrences)
        .containsExactly(tuple(serial(2), 1L), tuple(serial(1), 2L));
    assertThat(told())
        .containsExactly(
            "m2m.alarm.raised", "m2m.alarm.cleared", "m2m.alarm.raised", "m2m.alarm.raised");
    assertThat(page(store, "app", 0, 1).events().get(0).dataJson())
        .contains("\"code\":5", "\"hex\":\"0005\"", "\"status\":1", "\"count\":1");
  }

  /** Verifies that a code that is not open ends all of its terminal where that is asked, and none where it is not. */
  @Test
  void anUnknownCodeEndsAllWhereAsked() {
    fleet();
    committed(store, raise(1, 1, 1), raise(1, 2, 1), raise(2, 1, 1));

    committed(store, clear(1, false, 2, 9));
    assertThat(alarms(Optional.of(true))).hasSize(3);
    committed(store, clear(1, true, 3, 9));

    assertThat(alarms(Optional.of(true)))
        .extracting(StoredAlarm::serial)
        .containsExactly(serial(2));
    assertThat(alarms(Optional.of(false)))
        .extracting(StoredAlarm::clearedBy)
        .containsOnly(Optional.of(Cause.ALL));
  }

  /** Verifies that one more than the terminal may have is told and not kept. */
  @Test
  void openOnesAreBounded() {
    fleet();
    for (int code = 1; code <= 4; code++) {
      committed(store, raise(1, code, code));
    }

    assertThat(alarms(Optional.empty())).hasSize(3);
    assertThat(told()).hasSize(4);
    assertThat(page(store, "app", 3, 1).events().get(0).dataJson()).contains("\"id\":null");
  }

  /** Verifies that the first acknowledgement stays, across what the terminal does, and others cannot see the alarm. */
  @Test
  void theFirstAcknowledgementStays() {
    fleet();
    committed(store, raise(1, 1, 1));
    String id = alarms(Optional.empty()).get(0).id();
    Ack li = new Ack(7, "Li", "seen");

    Acked first = await(store.alarms().acknowledge(id, Optional.of("app"), li)).orElseThrow();
    committed(store, raise(1, 1, 2));
    Acked second = await(store.alarms().acknowledge(id, Optional.empty(), new Ack(8, "Wu", "")))
        .orElseThrow();

    assertThat(first.first()).isTrue();
    assertThat(second.first()).isFalse();
    assertThat(second.alarm().ack()).contains(li);
    assertThat(second.alarm().occurrences()).isEqualTo(2);
    assertThat(await(store.alarms().acknowledge(id, Optional.of("other"), li))).isEmpty();
    assertThat(await(store.alarms().read(id, Optional.of("other")))).isEmpty();
  }

  /** Verifies that retention cuts cleared alarms by age and by terminal, and no open one, and that a terminal takes its own along. */
  @Test
  void clearedOnesAreCut() {
    fleet();
    for (int time = 1; time <= 5; time++) {
      committed(store, raise(1, 1, time * 10), clear(1, true, time * 10, 1));
    }
    committed(store, raise(1, 1, 1), raise(2, 1, 1));

    await(store.sweep(new Store.Retention(1_000, FAR, FAR, FAR, FAR, FAR, 985, 100)));
    assertThat(alarms(Optional.of(false)))
        .extracting(StoredAlarm::clearedMillis)
        .containsExactly(50L, 40L, 30L, 20L);
    await(store.sweep(new Store.Retention(1_000, FAR, FAR, FAR, FAR, FAR, 1_000, 2)));
    assertThat(alarms(Optional.of(false)))
        .extracting(StoredAlarm::clearedMillis)
        .containsExactly(50L, 40L);
    assertThat(alarms(Optional.of(true))).hasSize(2);

    await(store.terminals().delete(serial(1)));
    assertThat(alarms(Optional.empty())).extracting(StoredAlarm::serial).containsExactly(serial(2));
  }

  private static Filter by(Optional<Stage> stage, Optional<Integer> type, long from, long before) {
    return new Filter(
        Optional.of("app"),
        Optional.empty(),
        stage,
        Optional.empty(),
        Optional.empty(),
        type,
        from,
        before);
  }

  /** Verifies that alarms come by their opening, newest first, and by how far they have come, type and time. */
  @Test
  void alarmsAreFoundByStageTypeAndTime() {
    fleet();
    committed(store, raise(1, 1, 30), raise(1, 2, 10), raise(2, 1, 20), raise(2, 2, 20));
    List<StoredAlarm> all = alarms(Filter.ALL);
    await(store.alarms().acknowledge(all.get(3).id(), Optional.empty(), new Ack(40, "Li", "")));
    committed(store, clear(1, false, 50, 1));
    Optional<Stage> any = Optional.empty();

    assertThat(all).extracting(StoredAlarm::raisedMillis).containsExactly(30L, 20L, 20L, 10L);
    assertThat(alarms(by(Optional.of(Stage.RAISED), Optional.empty(), 0, 99)))
        .extracting(StoredAlarm::raisedMillis)
        .containsExactly(20L, 20L);
    assertThat(alarms(by(Optional.of(Stage.ACKNOWLEDGED), Optional.empty(), 0, 99)))
        .extracting(StoredAlarm::raisedMillis)
        .containsExactly(10L);
    assertThat(alarms(by(any, Optional.of(1), 10, 30)))
        .extracting(StoredAlarm::raisedMillis)
        .containsExactly(20L, 20L, 10L);
    assertThat(alarms(by(any, Optional.of(2), 0, 99))).isEmpty();
  }
}
