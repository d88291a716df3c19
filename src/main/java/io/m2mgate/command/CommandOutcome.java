package io.m2mgate.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.dictionary.CodeTable;
import io.m2mgate.store.ReportedValue;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.State;
import java.util.List;

/**
 * What an answer, a report or a LOGIN makes of a command.
 *
 * @param state it goes to
 * @param reason where the state does not say all, else empty
 * @param code of the answer, or {@link StoredCommand#NONE} where it is none
 * @param result members of the command's result; those that are there already stay
 * @param reported values of the terminal that are known now
 * @param again its next request goes out before others
 */
record CommandOutcome(
    State state,
    String reason,
    int code,
    ObjectNode result,
    List<ReportedValue> reported,
    boolean again) {

  private static final ObjectMapper JSON = new ObjectMapper();

  CommandOutcome {
    reported = List.copyOf(reported);
  }

  /** An answer of this code. */
  static CommandOutcome answer(State state, CodeTable results, int code) {
    ObjectNode result = JSON.createObjectNode();
    result.put("code", code).put("name", results.nameOf(code));
    return new CommandOutcome(state, "", code, result, List.of(), false);
  }

  /** Something that was seen after the answer. */
  static CommandOutcome seen(State state, String reason) {
    return new CommandOutcome(
        state, reason, StoredCommand.NONE, JSON.createObjectNode(), List.of(), false);
  }

  /** What an answer said stays beside what was seen after it. */
  String besides(String before) {
    return besides(before, result);
  }

  /**
   * @param before a JSON object as text, or nothing
   * @param more wins where both have a member
   */
  static String besides(String before, ObjectNode more) {
    if (before.isEmpty()) {
      return more.isEmpty() ? "" : more.toString();
    }
    try {
      return ((ObjectNode) JSON.readTree(before)).setAll(more).toString();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a stored result is no JSON", e);
    }
  }

  CommandOutcome because(String why) {
    return new CommandOutcome(state, why, code, result, reported, again);
  }

  CommandOutcome coded(int answer) {
    return new CommandOutcome(state, reason, answer, result, reported, again);
  }

  CommandOutcome reporting(List<ReportedValue> values) {
    return new CommandOutcome(state, reason, code, result, values, again);
  }

  CommandOutcome asksAgain() {
    return new CommandOutcome(state, reason, code, result, reported, true);
  }
}
