package io.m2mgate.bridge;

import java.util.List;
import java.util.Optional;

/** A request that cannot be done as it is, with every place that is wrong; expected, so without a stack trace. */
public final class InvalidRequest extends RuntimeException {

  private final transient List<Fault> faults;

  /**
   * One place.
   *
   * @param pointer JSON pointer into the body, {@code ?name} for a query parameter, or the name of a header
   * @param valid what would be accepted
   */
  public record Fault(String pointer, String detail, Optional<String> valid) {
    public static Fault of(String pointer, String detail) {
      return new Fault(pointer, detail, Optional.empty());
    }

    public static Fault of(String pointer, String detail, String valid) {
      return new Fault(pointer, detail, Optional.of(valid));
    }
  }

  public InvalidRequest(List<Fault> faults) {
    super(faults.isEmpty() ? "invalid" : faults.get(0).detail(), null, false, false);
    this.faults = List.copyOf(faults);
  }

  public static InvalidRequest at(String pointer, String detail, String valid) {
    return new InvalidRequest(List.of(Fault.of(pointer, detail, valid)));
  }

  public List<Fault> faults() {
    return faults;
  }
}
