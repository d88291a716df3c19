package io.m2mgate.bridge.http;

import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.InvalidRequest.Fault;
import io.m2mgate.bridge.Problem;
import java.util.List;
import java.util.function.UnaryOperator;

/** Says of what was refused where it stands in the request as the client made it. Stateless. */
final class Places {

  private Places() {}

  /** The same refusal with its places renamed; anything else as it is. */
  static Throwable renamed(Throwable refused, UnaryOperator<String> place) {
    if (refused instanceof InvalidRequest invalid) {
      return new InvalidRequest(renamed(invalid.faults(), place));
    }
    return refused instanceof Problem problem && !problem.faults().isEmpty()
        ? Problem.of(problem.type(), problem.getMessage(), renamed(problem.faults(), place))
        : refused;
  }

  private static List<Fault> renamed(List<Fault> faults, UnaryOperator<String> place) {
    return faults.stream()
        .map(fault -> new Fault(place.apply(fault.pointer()), fault.detail(), fault.valid()))
        .toList();
  }
}
