package io.m2mgate.bus;

import io.m2mgate.session.Resident;
import io.m2mgate.store.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Events of terminals whose commit the store did not take, and that no terminal repeats. Owned by its lane. */
final class OwedChanges {

  /** Events that one terminal may owe; the oldest go first. */
  private static final int DEBTS = 16;

  /** Terminals whose debts are tried at a time. */
  private static final int DEBTORS = 500;

  private final Map<Resident, List<Change>> owed = new LinkedHashMap<>();

  /** Some of those that owe something. */
  List<Resident> debtors() {
    return owed.keySet().stream().limit(DEBTORS).toList();
  }

  void add(Resident resident, List<Change> changes) {
    if (changes.isEmpty()) {
      return;
    }
    List<Change> debts = owed.computeIfAbsent(resident, debtor -> {
      debtor.begin();
      return new ArrayList<>();
    });
    changes.stream()
        .filter(
            change -> change instanceof Change.AppendEvent || change instanceof Change.ClearAlarms)
        .forEach(debts::add);
    if (debts.size() > DEBTS) {
      debts.subList(0, debts.size() - DEBTS).clear();
    }
  }

  List<Change> take(Resident resident) {
    List<Change> debts = owed.remove(resident);
    if (debts == null) {
      return List.of();
    }
    resident.end();
    return debts;
  }

  /** What is owed, the session as it is by now, and the changes at hand. */
  static List<Change> before(Resident resident, List<Change> debts, List<Change> changes) {
    if (debts.isEmpty()) {
      return changes;
    }
    List<Change> all = new ArrayList<>(debts);
    resident.terminal().map(TerminalEvents::session).ifPresent(all::add);
    all.addAll(changes);
    return all;
  }
}
