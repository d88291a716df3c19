package io.m2mgate.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.Standings;
import io.m2mgate.session.SessionState;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.DesiredSet;
import io.m2mgate.store.DesiredSet.Desired;
import io.m2mgate.store.ParameterStore.Known;
import io.m2mgate.store.Reconciliation.Ask;
import io.m2mgate.store.Reconciliation.Stage;
import io.m2mgate.store.ReportedValue;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Head;
import io.m2mgate.store.StoredCommand.Mode;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.StoredCommand.Step;
import io.m2mgate.store.StoredCommand.Type;
import io.m2mgate.store.StoredCommand.Wake;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import io.m2mgate.store.TerminalStore.TerminalRow;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a reconciliation that began at 1,000 makes of a terminal, two sends being allowed. */
class ReconcileVerdictTest {
  private static final long BEGAN = 1_000;
  private static final long NOW = 2_000;
  private static final Standings.Rules TWICE = new Standings.Rules(2, 10_000);
  private static final StoredCommand OLD = ended("OLD", 900);
  private static final StoredCommand NEW = ended("NEW", 1_500);
  private static final StoredCommand OPEN = asked("OPEN", 950);

  private static StoredCommand asked(String id, long millis) {
    return StoredCommand.asked(new Head(
        id,
        "T000000000000001",
        "app",
        Type.CONFIGURE,
        "platform",
        Mode.QUEUE,
        Wake.NONE,
        false,
        true,
        "{}",
        new byte[0],
        "",
        0,
        millis,
        9_000));
  }

  private static StoredCommand ended(String id, long millis) {
    return asked(id, millis).after(Step.to(State.REJECTED, "", millis));
  }

  private static Desired desired(
      int tag, StoredCommand command, boolean reachability, Long... sent) {
    return new Desired(
        tag, "tag-" + tag, "60", 500, command.id(), reachability, Arrays.asList(sent), "", 0);
  }

  private static ReconcileVerdict verdict(
      boolean online, boolean override, List<ReportedValue> reported, Desired... values) {
    return verdict(true, online, override, reported, values);
  }

  private static ReconcileVerdict verdict(
      boolean enabled,
      boolean online,
      boolean override,
      List<ReportedValue> reported,
      Desired... values) {
    SessionState none = SessionState.NONE;
    TerminalRow row = new TerminalRow(
        new TerminalRecord(
            "T000000000000001",
            "860000000000001",
            Optional.empty(),
            "app",
            "wmmp-3",
            Optional.empty(),
            enabled,
            0,
            0,
            1),
        new SessionState(
            1,
            none.confirmed(),
            none.tentative(),
            none.ended(),
            online,
            false,
            1,
            none.factsJson()));
    Ask ask = new Ask(
        "R", "admin", "app", TerminalFilter.ALL, List.of(), 1, 1, false, override, BEGAN, 9_000);
    Known known = new Known(
        DesiredSet.NONE.asked(List.of(values), List.of()), reported, List.of(OLD, NEW, OPEN));
    return ReconcileVerdict.of(ask, row, known, TWICE, NOW);
  }

  private static ReportedValue has(int tag) {
    return new ReportedValue(tag, "tag-" + tag, "60", 1_900);
  }

  private static void is(
      ReconcileVerdict verdict, Stage stage, String reason, int sends, int lifts) {
    assertThat(verdict.item().orElseThrow().stage()).isEqualTo(stage);
    assertThat(verdict.item().get().reason()).contains(reason);
    assertThat(verdict.send()).hasSize(sends);
    assertThat(verdict.lift()).hasSize(lifts);
  }

  // Verifies that what is due goes out at once where the terminal is there, and waits where not.
  @Test
  void sendsWhatIsDue() {
    is(verdict(true, false, List.of(), desired(1, OLD, false, 900L)), Stage.WAITING, "", 1, 0);
    is(
        verdict(false, false, List.of(), desired(1, OLD, false, 900L)),
        Stage.WAITING,
        "next login",
        0,
        0);
    is(
        verdict(false, true, false, List.of(), desired(1, OLD, false, 900L)),
        Stage.SKIPPED,
        "disabled",
        0,
        0);
  }

  // Verifies that what was sent since it began is not sent by it, whatever became of it.
  @Test
  void sendsNothingTwice() {
    Desired failed = desired(1, NEW, false, 1_500L);
    is(verdict(true, true, List.of(), failed), Stage.DRIFT, "rejected", 0, 0);
    is(verdict(true, true, List.of(has(1)), failed), Stage.CONFIRMED, "", 0, 0);
    is(
        verdict(true, true, List.of(has(1)), failed, desired(2, OLD, true, 900L)),
        Stage.CONFIRMED,
        "but for tag-2",
        0,
        0);
    is(
        verdict(true, true, List.of(), failed, desired(2, OLD, false, 900L)),
        Stage.WAITING,
        "",
        1,
        0);
    is(verdict(true, true, List.of(), desired(1, OPEN, false, 1_500L)), Stage.ASKED, "", 0, 0);
    is(
        verdict(true, true, List.of(), desired(1, OPEN, false, 950L)),
        Stage.SKIPPED,
        "OPEN is on its way already",
        0,
        0);
  }

  // Verifies that the limit of sends holds unless it is lifted, and for what cuts off always.
  @Test
  void liftsTheLimit() {
    Desired usedUp = desired(1, OLD, false, 800L, 900L);
    is(verdict(true, false, List.of(), usedUp), Stage.SKIPPED, "sent 2 times", 0, 0);
    is(verdict(true, true, List.of(), usedUp), Stage.WAITING, "", 1, 0);
    is(verdict(false, true, List.of(), usedUp), Stage.WAITING, "next login", 0, 1);
    is(verdict(false, true, List.of(), usedUp.oneMore(2)), Stage.WAITING, "next login", 0, 0);
    Stream.of(true, false)
        .forEach(online -> is(
            verdict(online, true, List.of(), desired(1, OLD, true, 900L)),
            Stage.SKIPPED,
            "unreachable",
            0,
            0));
  }

  // Verifies that a terminal that has all is not noted.
  @Test
  void notesNobodyWhoHasAll() {
    ReconcileVerdict none = verdict(true, true, List.of(has(1)), desired(1, OLD, false, 900L));
    assertThat(none.item()).isEmpty();
    assertThat(none.send()).isEmpty();
  }
}
