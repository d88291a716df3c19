package io.m2mgate.upgrade;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.UpgradeItem;
import io.m2mgate.store.UpgradeItem.State;
import io.m2mgate.store.UpgradePhase;
import io.m2mgate.store.UpgradeStore.Standing;

/** What the end of its command makes of a terminal's part in a campaign. Stateless. */
final class Settling {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Settling() {}

  /** @param retries how often it may be told anew, 0 when nothing begins any more */
  static UpgradeItem settled(Standing standing, int retries, long retryMillis, long nowMillis) {
    UpgradeItem item = standing.item();
    if (standing.command().isEmpty()) {
      return item.unannounced("its announcement was not stored", nowMillis);
    }
    StoredCommand command = standing.command().get();
    State end = switch (command.state()) {
      case SUCCEEDED -> State.SUCCEEDED;
      case CANCELLED -> State.CANCELLED;
      case EXPIRED, TIMED_OUT, UNKNOWN -> State.EXPIRED;
      default -> phase(command) == UpgradePhase.ABORTED ? State.ABORTED : State.FAILED;
    };
    String why = end == State.SUCCEEDED ? "" : cause(command);
    boolean again = (end == State.FAILED || end == State.ABORTED) && item.attempts() <= retries;
    return again
        ? item.to(
            State.WAITING,
            "attempt " + item.attempts() + " " + end.text() + ": " + why,
            nowMillis + retryMillis,
            nowMillis)
        : item.to(end, why, 0, nowMillis);
  }

  private static UpgradePhase phase(StoredCommand command) {
    return UpgradePhase.parse(result(command).path(CommandBody.PHASE).asText())
        .orElse(UpgradePhase.FAILED);
  }

  /** Why an ended one ended, in words, as far as the command knows. */
  static String cause(StoredCommand command) {
    JsonNode result = result(command);
    String cause = result.path(CommandBody.CAUSE).asText();
    if (cause.isEmpty() && command.state() == StoredCommand.State.REJECTED && result.has("code")) {
      return "the terminal answered " + result.path("code").asInt() + " ("
          + result.path("name").asText() + ")";
    }
    return cause.isEmpty() ? command.progress().reason() : cause;
  }

  static JsonNode result(StoredCommand command) {
    try {
      String result = command.progress().result();
      return JSON.readTree(result.isEmpty() ? "{}" : result);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a stored result is no JSON", e);
    }
  }
}
