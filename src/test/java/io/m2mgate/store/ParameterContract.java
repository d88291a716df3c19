package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.append;
import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static io.m2mgate.store.StoreBench.committed;
import static io.m2mgate.store.StoreBench.outcomes;
import static io.m2mgate.store.StoreBench.provision;
import static io.m2mgate.store.StoreBench.serial;
import static io.m2mgate.store.StoreBench.unit;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.CommandEvents;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.DesiredSet.Desired;
import io.m2mgate.store.ParameterStore.Known;
import io.m2mgate.store.StoredCommand.Mode;
import io.m2mgate.store.StoredCommand.Type;
import io.m2mgate.store.StoredCommand.Wake;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store does with desired parameters: one document a terminal, replaced by who knows it as it is. */
abstract class ParameterContract extends StoreContract {
  private static final int MANY = 1_000;
  private static final Desired BEAT = desired(0x0011, "heartbeat-interval", "60", "C1");
  private static final Desired USER = desired(0x0003, "gprs-user-id", "\"joe\"", "C1");

  @BeforeEach
  void provisionTwo() {
    application(store, "app");
    provision(store, "app", 1, 3);
  }

  private static Desired desired(int tag, String name, String value, String command) {
    return new Desired(
        tag, name, value, 1_000, command, tag == 3, List.of(1_000L, 2_000L), "why", 7);
  }

  private static StoredCommand configure(String id) {
    return StoredCommand.asked(new StoredCommand.Head(
        id,
        serial(1),
        "app",
        Type.CONFIGURE,
        "application",
        Mode.QUEUE,
        Wake.NONE,
        false,
        true,
        "{\"parameters\":{\"heartbeat-interval\":60}}",
        new byte[0],
        "",
        0,
        1_000,
        9_000));
  }

  private Known known(int terminal) {
    return await(store.parameters().read(serial(terminal)));
  }

  private Outcome put(Change... changes) {
    return outcomes(append(store, unit(changes))).get(0);
  }

  private static Change.PutDesired putting(DesiredSet set) {
    return new Change.PutDesired(serial(1), set);
  }

  /** Verifies that a set comes back as it was put, in tag order, with what is reported and the commands that carry it. */
  @Test
  void keepsWhatIsDesired() {
    DesiredSet set = DesiredSet.NONE.asked(List.of(BEAT, USER), List.of());
    assertThat(set.values()).containsExactly(USER, BEAT);
    committed(
        store,
        CommandEvents.created(configure("C1"), MANY, MANY).get(0),
        putting(set),
        new Change.PutReported(
            serial(1), List.of(new ReportedValue(0x0011, "heartbeat-interval", "30", 5))));

    Known known = known(1);
    assertThat(known.desired()).isEqualTo(set);
    assertThat(known.desired().revision()).isEqualTo(1);
    assertThat(known.reported(0x0011).orElseThrow().valueJson()).isEqualTo("30");
    assertThat(known.command("C1").orElseThrow().head().type()).isEqualTo(Type.CONFIGURE);
    assertThat(known.command("C2")).isEmpty();
    assertThat(known(2).desired()).isEqualTo(DesiredSet.NONE);
    assertThat(await(store.terminals().load(List.of(serial(1)))).get(0).desired())
        .isEqualTo(set);
    assertThat(await(store.terminals().load(List.of(serial(2)))).get(0).desired())
        .isEqualTo(DesiredSet.NONE);
  }

  /** Verifies that of two who began with the same set the second is refused with all of its unit, in one group and in two. */
  @Test
  void refusesWhoKnowsAnother() {
    DesiredSet first = DesiredSet.NONE.asked(List.of(BEAT), List.of());
    DesiredSet second = DesiredSet.NONE.asked(List.of(USER), List.of());
    assertThat(outcomes(append(
            store,
            unit(putting(first)),
            unit(CommandEvents.created(configure("C2"), MANY, MANY).get(0), putting(second)))))
        .containsExactly(Outcome.COMMITTED, Outcome.REJECTED);
    assertThat(put(putting(second))).isEqualTo(Outcome.REJECTED);
    assertThat(known(1).desired()).isEqualTo(first);
    assertThat(await(store.commands().read("C2", Optional.empty()))).isEmpty();
    assertThat(outcomes(append(
            store,
            unit(putting(first.noted(List.of(BEAT.drifting("other", 9))))),
            unit(putting(first.noted(List.of()).asked(List.of(USER), List.of(0x0011)))))))
        .containsExactly(Outcome.COMMITTED, Outcome.COMMITTED);
    DesiredSet last = known(1).desired();
    assertThat(last.values()).containsExactly(USER);
    assertThat(last.version()).isEqualTo(3);
    assertThat(last.revision()).isEqualTo(2);
  }

  /** Verifies that a set lasts over a restart and goes with its terminal. */
  @Test
  void lasts() {
    DesiredSet set = DesiredSet.NONE.asked(List.of(BEAT), List.of());
    committed(store, putting(set));
    reopen(options());
    assertThat(known(1).desired()).isEqualTo(set);
    committed(store, putting(set.asked(List.of(), List.of(0x0011))));
    assertThat(await(store.terminals().delete(serial(1)))).isTrue();
    assertThat(known(1).desired()).isEqualTo(DesiredSet.NONE);
    assertThat(put(putting(DesiredSet.NONE.asked(List.of(BEAT), List.of()))))
        .isEqualTo(Outcome.REJECTED);
  }

  /** Verifies that a value keeps the times of so many sends, the newest. */
  @Test
  void countsSends() {
    Desired again = BEAT.given("C9", 3_000, 2);
    assertThat(again.sentMillis()).containsExactly(2_000L, 3_000L);
    assertThat(again.command()).isEqualTo("C9");
    assertThat(again.drift()).isEmpty();
    assertThat(again.atMillis()).isEqualTo(BEAT.atMillis());
  }
}
