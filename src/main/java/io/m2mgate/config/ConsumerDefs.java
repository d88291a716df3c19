package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.COUNT;
import static io.m2mgate.config.SettingForms.count;

import java.util.List;

/** The settings of consumers of the event logs; used while the catalogue is made. */
final class ConsumerDefs {
  private ConsumerDefs() {}

  static void add(List<SettingDef> defs) {
    defs.add(new SettingDef(
        "consumers.max",
        COUNT,
        "100",
        "consumers",
        "Named consumers of one application; more get 429."));
    defs.add(
        new SettingDef(
            "consumers.idleDays",
            count(0, 3650),
            "30",
            "days",
            "A named consumer that was neither attached nor committed for so long is removed; 0 = never."));
    defs.add(new SettingDef(
        "consumers.checkSeconds",
        count(1, 86_400),
        "3600",
        "seconds",
        "How often consumers that nobody uses are looked for."));
    defs.add(new SettingDef(
        "consumers.messageBytes",
        count(256, 65_536),
        "4096",
        "bytes",
        "Longest message that a client may send on a WebSocket; a longer one closes it."));
  }
}
