package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Fields;
import io.m2mgate.config.Cidr;
import io.m2mgate.store.ApplicationStore.Limits;
import io.m2mgate.store.ApplicationStore.LimitsPatch;
import io.m2mgate.store.ApplicationStore.Rate;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The members {@code rate} and {@code allowFrom} of an application: how much it may ask, and from where. Stateless. */
final class LimitsBody {

  static final String RATE = "rate";
  static final String ALLOW_FROM = "allowFrom";

  private static final String PER_SECOND = "perSecond";
  private static final String BURST = "burst";
  private static final int MOST_PER_SECOND = 1_000_000;
  private static final int MOST_RANGES = 100;
  private static final String RANGES_VALID =
      "at most " + MOST_RANGES + " address ranges such as 10.0.0.0/8 or 2001:db8::/32";

  private LimitsBody() {}

  /** What is to change; null puts back what holds without. */
  static LimitsPatch patch(Fields body) {
    Optional<Optional<Rate>> rate = body.isNull(RATE)
        ? Optional.of(Optional.empty())
        : body.object(RATE, PER_SECOND, BURST).map(inner -> Optional.of(rate(inner)));
    Optional<List<Cidr>> ranges = body.isNull(ALLOW_FROM)
        ? Optional.of(List.of())
        : body.listed(ALLOW_FROM, RANGES_VALID).map(texts -> ranges(body, texts));
    return new LimitsPatch(rate, ranges);
  }

  /** Of an application that is made. */
  static Limits read(Fields body) {
    LimitsPatch given = patch(body);
    return new Limits(
        given.rate().orElse(Limits.NONE.rate()), given.allowFrom().orElse(Limits.NONE.allowFrom()));
  }

  static void put(JsonObject json, Limits limits) {
    json.put(RATE, limits.rate().map(LimitsBody::shape).orElse(null))
        .put(ALLOW_FROM, shape(limits.allowFrom()));
  }

  static JsonObject shape(Rate rate) {
    return new JsonObject().put(PER_SECOND, rate.perSecond()).put(BURST, rate.burst());
  }

  static JsonArray shape(List<Cidr> ranges) {
    return new JsonArray(ranges.stream().map(Cidr::toString).toList());
  }

  /** Twice the second's at once unless told. */
  private static Rate rate(Fields inner) {
    if (!inner.has(PER_SECOND) || inner.isNull(PER_SECOND)) {
      inner.fault(PER_SECOND, "missing", "requests a second; 0 = no limit");
    }
    int perSecond = inner.number(PER_SECOND, 0, MOST_PER_SECOND).orElse(0L).intValue();
    int burst = inner
        .number(BURST, 1, 2L * MOST_PER_SECOND)
        .map(Long::intValue)
        .orElse(Math.max(1, 2 * perSecond));
    return new Rate(perSecond, burst);
  }

  private static List<Cidr> ranges(Fields body, List<String> texts) {
    if (texts.size() > MOST_RANGES) {
      body.fault(ALLOW_FROM, "too many", RANGES_VALID);
    }
    var ranges = new ArrayList<Cidr>();
    for (int i = 0; i < texts.size(); i++) {
      var range = Cidr.parse(texts.get(i));
      if (range.isEmpty()) {
        body.fault(List.of(ALLOW_FROM, String.valueOf(i)), "not an address range", RANGES_VALID);
      }
      range.ifPresent(ranges::add);
    }
    return ranges;
  }
}
