package io.m2mgate.ops;

import io.m2mgate.bus.Standings;
import io.m2mgate.bus.Standings.Kind;
import io.m2mgate.bus.Standings.Standing;
import io.m2mgate.store.DesiredSet.Desired;
import io.m2mgate.store.ParameterStore.Known;
import io.m2mgate.store.Reconciliation.Ask;
import io.m2mgate.store.Reconciliation.Item;
import io.m2mgate.store.Reconciliation.Stage;
import io.m2mgate.store.TerminalStore.TerminalRow;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a reconciliation makes of one terminal, from where its parameters stand. A value that was sent since the reconciliation
 * began, by whomever, is not sent by it: so nobody is asked twice, whatever was remembered of it. Immutable.
 *
 * @param item the terminal as it is noted when nothing is done; empty where nothing is to be noted
 * @param send to be sent now
 * @param lift to be sent once more than they may, at the terminal's next login
 */
record ReconcileVerdict(Optional<Item> item, List<Desired> send, List<Desired> lift) {

  private static final String OFFLINE = "it is not there; sent at its next login";

  static ReconcileVerdict of(
      Ask ask, TerminalRow row, Known known, Standings.Rules rules, long nowMillis) {
    String serial = row.terminal().serial();
    List<Standing> all = Standings.of(known, rules, nowMillis);
    Predicate<Standing> since =
        it -> it.desired().sentMillis().stream().anyMatch(at -> at >= ask.createdMillis());
    List<Standing> asked = all.stream().filter(since).toList();
    if (asked.stream().anyMatch(ReconcileVerdict::onItsWay)) {
      return note(serial, Stage.ASKED, "", asked, nowMillis);
    }
    List<Standing> mine = all.stream()
        .filter(since.negate())
        .filter(it -> it.due() || ask.overrideAttempts() && usedUp(it))
        .toList();
    if (!mine.isEmpty() && row.terminal().enabled()) {
      return act(row, mine, nowMillis);
    }
    List<Standing> undone = all.stream().filter(it -> it.kind() != Kind.DONE).toList();
    if (!asked.isEmpty()) {
      List<Standing> failed = asked.stream().filter(undone::contains).toList();
      return failed.isEmpty()
          ? note(serial, Stage.CONFIRMED, besides(undone), asked, nowMillis)
          : note(serial, Stage.DRIFT, failed.get(0).reason(), failed, nowMillis);
    }
    return undone.isEmpty()
        ? new ReconcileVerdict(Optional.empty(), List.of(), List.of())
        : note(serial, Stage.SKIPPED, skipped(row, undone), undone, nowMillis);
  }

  private static ReconcileVerdict act(TerminalRow row, List<Standing> mine, long nowMillis) {
    boolean there = row.sessions().online();
    Item waits =
        item(row.terminal().serial(), Stage.WAITING, there ? "" : OFFLINE, mine, nowMillis);
    List<Desired> lift =
        mine.stream().filter(ReconcileVerdict::usedUp).map(Standing::desired).toList();
    return there
        ? new ReconcileVerdict(
            Optional.of(waits), mine.stream().map(Standing::desired).toList(), List.of())
        : new ReconcileVerdict(Optional.of(waits), List.of(), lift);
  }

  private static boolean onItsWay(Standing standing) {
    return standing.kind() == Kind.PENDING && !standing.due();
  }

  /** It is not sent by itself any more, for no other reason than that it was sent so often. */
  private static boolean usedUp(Standing standing) {
    return standing.kind() == Kind.DRIFT
        && !standing.due()
        && !standing.desired().reachability();
  }

  private static String skipped(TerminalRow row, List<Standing> undone) {
    if (!row.terminal().enabled()) {
      return "an administrator disabled it";
    }
    return undone.stream()
        .filter(ReconcileVerdict::onItsWay)
        .findFirst()
        .map(it -> "command " + it.desired().command() + " is on its way already")
        .orElseGet(() -> undone.get(0).reason());
  }

  private static String besides(List<Standing> undone) {
    return undone.isEmpty() ? "" : "but for " + String.join(", ", names(undone));
  }

  private static List<String> names(List<Standing> standings) {
    return standings.stream().map(it -> it.desired().name()).toList();
  }

  private static ReconcileVerdict note(
      String serial, Stage stage, String reason, List<Standing> about, long nowMillis) {
    return new ReconcileVerdict(
        Optional.of(item(serial, stage, reason, about, nowMillis)), List.of(), List.of());
  }

  private static Item item(
      String serial, Stage stage, String reason, List<Standing> about, long nowMillis) {
    String command = stage == Stage.WAITING || stage == Stage.SKIPPED
        ? ""
        : about.get(about.size() - 1).desired().command();
    return new Item(serial, stage, reason, names(about), command, nowMillis);
  }
}
