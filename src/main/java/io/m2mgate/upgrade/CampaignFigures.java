package io.m2mgate.upgrade;

import io.m2mgate.store.UpgradeItem;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** What campaigns count. Safe for any thread. */
public final class CampaignFigures {
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger held = new AtomicInteger();
  private final Counter announced;
  private final Counter pauses;
  private final Map<UpgradeItem.State, Counter> ended = new EnumMap<>(UpgradeItem.State.class);

  public CampaignFigures(MeterRegistry registry) {
    Gauge.builder("m2mgate_upgrades_open", open, AtomicInteger::get)
        .description("Campaigns that have not ended, as of the last look")
        .register(registry);
    Gauge.builder("m2mgate_upgrades_paused", held, AtomicInteger::get)
        .description("Those of them that pause")
        .register(registry);
    announced = Counter.builder("m2mgate_upgrades_announced")
        .description("Terminals that were told of a package")
        .register(registry);
    pauses = Counter.builder("m2mgate_upgrades_pauses")
        .description("Campaigns that paused by themselves")
        .register(registry);
    for (UpgradeItem.State state : UpgradeItem.State.values()) {
      if (state.isEnd()) {
        ended.put(
            state,
            Counter.builder("m2mgate_upgrades_ended")
                .description("Terminals whose part in a campaign ended")
                .tag("state", state.text())
                .register(registry));
      }
    }
  }

  void open(int campaigns, int paused) {
    open.set(campaigns);
    held.set(paused);
  }

  void announced() {
    announced.increment();
  }

  void paused() {
    pauses.increment();
  }

  void ended(UpgradeItem item) {
    ended.get(item.state()).increment();
  }
}
