package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.InvalidRequest.Fault;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.store.Provision;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One line of an upload: what it asks for, or why it cannot be done. Immutable.
 *
 * @param serial as the line has it, if it has the form of one
 */
record ImportRow(
    long line, Optional<String> serial, Optional<Provision> asked, Optional<Problem> problem) {

  /** A line as it is read; one that cannot be is a failed one. */
  static ImportRow of(
      LineSplitter.Line line, TerminalLines lines, Function<Fields, Provision> provision) {
    Optional<String> serial = Optional.empty();
    try {
      var fields = lines.read(line.bytes());
      serial = fields.shown("serial", Forms.SERIAL);
      return asking(line.number(), provision.apply(fields));
    } catch (Problem problem) {
      return failed(line.number(), serial, problem);
    } catch (InvalidRequest invalid) {
      return failed(line.number(), serial, invalid);
    }
  }

  private static ImportRow asking(long line, Provision asked) {
    return new ImportRow(
        line, Optional.of(asked.terminal().serial()), Optional.of(asked), Optional.empty());
  }

  static ImportRow failed(long line, Optional<String> serial, Problem problem) {
    return new ImportRow(line, serial, Optional.empty(), Optional.of(problem));
  }

  private static ImportRow failed(long line, Optional<String> serial, InvalidRequest invalid) {
    return failed(line, serial, problem(invalid));
  }

  /** The row as the store left it. */
  ImportRow ended(Provision.Result result) {
    return switch (result.outcome()) {
      case CREATED, UPDATED, UNCHANGED -> this;
      case TAKEN ->
        failed(
            line,
            serial,
            Problem.of(
                ProblemType.ALREADY_EXISTS,
                result.subject().equals("serial")
                    ? "a terminal of this serial is there and differs"
                    : "another terminal has this " + result.subject(),
                List.of(Fault.of("/" + result.subject(), "taken"))));
      case NO_APPLICATION ->
        failed(
            line,
            serial,
            InvalidRequest.at("/app", "no application of this code", "an existing appCode"));
    };
  }

  /** The line of the answer; only for one that failed. */
  JsonObject toJson() {
    var full = problem.orElseThrow().toJson();
    var json = new JsonObject()
        .put("line", line)
        .put("serial", serial.orElse(null))
        .put("type", full.getString("type"))
        .put("detail", full.getString("detail"));
    return full.containsKey("errors") ? json.put("errors", full.getJsonArray("errors")) : json;
  }

  private static Problem problem(InvalidRequest invalid) {
    return Problem.of(ProblemType.INVALID_REQUEST, invalid.getMessage(), invalid.faults());
  }
}
