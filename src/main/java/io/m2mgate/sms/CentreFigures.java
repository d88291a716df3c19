package io.m2mgate.sms;

import io.m2mgate.api.ShortMessageFault;
import io.m2mgate.api.ShortMessageReceipt;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The figures of the way to the short message centre. Safe for any thread. */
final class CentreFigures {

  private final MeterRegistry meters;
  private final Counter sent;
  private final Counter repeats;
  private final Counter received;
  private final Counter left;
  private final Map<ShortMessageFault.Kind, Counter> failed;
  private final Map<ShortMessageReceipt.State, Counter> receipts;

  CentreFigures(MeterRegistry meters) {
    this.meters = meters;
    sent = counter("m2mgate_sms_sent", "Short messages that the centre took");
    repeats = counter("m2mgate_sms_repeats", "Times that one went again which was not taken");
    received = meters.counter("m2mgate_sms_received", "outcome", "taken");
    left = meters.counter("m2mgate_sms_received", "outcome", "left");
    failed = each(ShortMessageFault.Kind.class, "m2mgate_sms_failed", "kind");
    receipts = each(ShortMessageReceipt.State.class, "m2mgate_sms_receipts", "state");
  }

  void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value).description(description).strongReference(true).register(meters);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(meters);
  }

  private <E extends Enum<E>> Map<E, Counter> each(Class<E> type, String name, String label) {
    var counters = new EnumMap<E, Counter>(type);
    for (E one : type.getEnumConstants()) {
      counters.put(one, meters.counter(name, label, label(one)));
    }
    return counters;
  }

  private static String label(Enum<?> one) {
    return one.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  void sent() {
    sent.increment();
  }

  void repeated() {
    repeats.increment();
  }

  void received() {
    received.increment();
  }

  /** One that stays with the centre, to come again. */
  void left() {
    left.increment();
  }

  void failed(ShortMessageFault.Kind kind) {
    failed.get(kind).increment();
  }

  void receipt(ShortMessageReceipt.State state) {
    receipts.get(state).increment();
  }

  CentreStatus status(
      String link,
      CentreStatus.State state,
      int queued,
      int underWay,
      CentreOptions limits,
      double rate,
      Optional<CentreStatus.Fault> fault) {
    return new CentreStatus(
        link,
        state,
        queued,
        underWay,
        limits,
        rate,
        (long) sent.count(),
        counts(failed),
        (long) repeats.count(),
        (long) received.count(),
        (long) left.count(),
        counts(receipts),
        fault);
  }

  private static <E> Map<E, Long> counts(Map<E, Counter> counters) {
    return counters.entrySet().stream()
        .collect(Collectors.toUnmodifiableMap(
            Map.Entry::getKey, entry -> (long) entry.getValue().count()));
  }
}
