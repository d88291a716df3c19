package io.m2mgate.command;

import io.m2mgate.store.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Steps of commands that the store did not take, in their order; no more than two of each command in memory. Their terminals stay.
 * Used on a lane's thread.
 */
final class OwedSteps {

  private final Map<CommandRequest, List<Change>> steps = new LinkedHashMap<>();

  void add(CommandRequest request, List<Change> changes) {
    if (!changes.isEmpty()) {
      steps
          .computeIfAbsent(request, debtor -> {
            debtor.resident().hold();
            return new ArrayList<>();
          })
          .addAll(changes);
    }
  }

  /** What is owed of it, to go before its next step, which it would undo. */
  List<Change> take(CommandRequest request) {
    List<Change> owed = steps.remove(request);
    if (owed == null) {
      return List.of();
    }
    request.resident().unhold();
    return owed;
  }

  List<CommandRequest> debtors() {
    return List.copyOf(steps.keySet());
  }
}
