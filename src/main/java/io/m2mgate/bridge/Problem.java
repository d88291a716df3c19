package io.m2mgate.bridge;

import io.m2mgate.bridge.InvalidRequest.Fault;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/** An answer of RFC 9457, thrown or failed with wherever a request ends badly; expected, so without a stack trace. */
public final class Problem extends RuntimeException {

  private final transient ProblemType type;
  private final transient List<Fault> faults;
  private final transient Map<String, String> headers;

  private Problem(
      ProblemType type, String detail, List<Fault> faults, Map<String, String> headers) {
    super(detail, null, false, false);
    this.type = type;
    this.faults = faults;
    this.headers = headers;
  }

  public static Problem of(ProblemType type, String detail) {
    return new Problem(type, detail, List.of(), Map.of());
  }

  public static Problem of(ProblemType type, String detail, List<Fault> faults) {
    return new Problem(type, detail, faults, Map.of());
  }

  public static <T> Future<T> failed(ProblemType type, String detail) {
    return Future.failedFuture(of(type, detail));
  }

  public Problem with(String header, String value) {
    return new Problem(type, getMessage(), faults, Map.of(header, value));
  }

  public ProblemType type() {
    return type;
  }

  public List<Fault> faults() {
    return faults;
  }

  public Map<String, String> headers() {
    return headers;
  }

  public JsonObject toJson() {
    var json = new JsonObject()
        .put("type", type.uri())
        .put("title", type.title())
        .put("status", type.status())
        .put("detail", getMessage());
    if (!faults.isEmpty()) {
      var errors = new JsonArray();
      faults.forEach(fault -> errors.add(toJson(fault)));
      json.put("errors", errors);
    }
    return json;
  }

  private static JsonObject toJson(Fault fault) {
    String place = fault.pointer();
    var json = place.startsWith("?")
        ? new JsonObject().put("parameter", place.substring(1))
        : new JsonObject()
            .put(place.isEmpty() || place.startsWith("/") ? "pointer" : "header", place);
    json.put("detail", fault.detail());
    fault.valid().ifPresent(valid -> json.put("valid", valid));
    return json;
  }
}
