package io.m2mgate.store.sql;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

/** The store's meters, {@code m2mgate_store_…} in Prometheus. Safe from any thread; no label grows with the fleet. */
final class StoreMetrics {
  private final MeterRegistry registry;
  private final Timer commit;
  private final DistributionSummary groupUnits;
  private final Counter events;
  private final Counter unavailable;
  private final Counter rejected;
  private final Counter swept;
  private final AtomicLong bytes = new AtomicLong();
  private final Counter alarmsRaised;
  private final Counter alarmsNotKept;
  private final AtomicLong alarmsOpen = new AtomicLong();

  StoreMetrics(MeterRegistry registry) {
    this.registry = registry;
    commit = Timer.builder("m2mgate.store.commit")
        .description("time from the start of a group's transaction to its durability")
        .publishPercentileHistogram()
        .register(registry);
    groupUnits = DistributionSummary.builder("m2mgate.store.commit.units")
        .description("units that shared a commit")
        .register(registry);
    events = counter("m2mgate.store.events", "events appended to the logs");
    unavailable = counter("m2mgate.store.units.unavailable", "units that the store did not take");
    rejected =
        counter("m2mgate.store.units.rejected", "units whose terminal or application was gone");
    swept = counter("m2mgate.store.events.swept", "events that retention removed");
    alarmsRaised = counter("m2mgate.alarms.raised", "alarms that terminals opened");
    alarmsNotKept = counter(
        "m2mgate.alarms.not.kept", "alarms told of only: their terminals had too many open ones");
    Gauge.builder("m2mgate.alarms.open", alarmsOpen, AtomicLong::get)
        .description("alarms of terminals that are open")
        .register(registry);
    Gauge.builder("m2mgate.store.size", bytes, AtomicLong::get)
        .description("size of the database on disk, as of the last sweep")
        .baseUnit("bytes")
        .register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  void queuedUnits(IntSupplier size) {
    Gauge.builder("m2mgate.store.units.queued", size, IntSupplier::getAsInt)
        .description("units waiting for their commit")
        .strongReference(true)
        .register(registry);
  }

  void committed(int units, int appended, long nanos) {
    commit.record(nanos, TimeUnit.NANOSECONDS);
    groupUnits.record(units);
    events.increment(appended);
  }

  void unavailable(int units) {
    unavailable.increment(units);
  }

  void rejected(int units) {
    rejected.increment(units);
  }

  void swept(long count) {
    swept.increment(count);
  }

  /** What a durable group did to the alarms. */
  void alarms(GroupRows rows) {
    alarmsRaised.increment(rows.alarmsOpened);
    alarmsNotKept.increment(rows.alarmsNotKept);
    alarmsOpen.addAndGet(rows.alarmsOpened - rows.alarmsCleared);
  }

  /** As counted in the database. */
  void alarmsOpen(long count) {
    alarmsOpen.set(count);
  }

  void bytes(long size) {
    bytes.set(size);
  }
}
