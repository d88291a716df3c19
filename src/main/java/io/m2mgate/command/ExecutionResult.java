package io.m2mgate.command;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.wire.ValueCodec;
import java.util.Map;
import java.util.Optional;

/**
 * What a terminal reports of the execution of a request (behaviour 5.2.3).
 *
 * @param status its code
 * @param name of the status
 * @param sequence of the request as the terminal has it, unsigned; not to be relied on everywhere
 */
record ExecutionResult(int status, String name, boolean success, long sequence) {

  /** Empty when the report has none, or one of an unexpected form. */
  static Optional<ExecutionResult> of(Dialect dialect, Map<Integer, byte[]> values) {
    int tag = dialect.tags().executionResult();
    if (!values.containsKey(tag)
        || !(ValueCodec.decode(dialect.tlv(tag), values.get(tag)) instanceof Map<?, ?> fields)
        || !(fields.get("status") instanceof Number status)
        || !(fields.get("sequence") instanceof Number sequence)) {
      return Optional.empty();
    }
    int code = status.intValue();
    return Optional.of(new ExecutionResult(
        code,
        dialect.executionStatuses().nameOf(code),
        dialect.executionStatuses().success(code),
        sequence.longValue()));
  }

  CommandOutcome outcome() {
    CommandOutcome seen = success
        ? CommandOutcome.seen(State.SUCCEEDED, "")
        : CommandOutcome.seen(State.FAILED, "the terminal reported " + name);
    seen.result().put("status", status).put("statusName", name);
    return seen;
  }
}
