package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.count;

import java.util.List;

/** The settings of presence; used while the catalogue is made. */
final class PresenceDefs {
  private static final int DAY_SECONDS = 86_400;
  private static final int YEAR_HOURS = 8_760;

  private PresenceDefs() {}

  static void add(List<SettingDef> defs) {
    add(
        defs,
        "silentPercent",
        count(100, 10_000),
        "150",
        "percent",
        "Of its heartbeat interval, after which a terminal of which nothing was heard is silent; offline is the profile's silenceSeconds. Only of terminals that beat.");
    add(
        defs,
        "shortIdleSeconds",
        count(1, DAY_SECONDS),
        "180",
        "seconds",
        "After which a terminal on a short connection that did not log out is offline when nothing is heard of it; what waits for it waits until it is heard.");
    add(
        defs,
        "smsSilenceHours",
        count(1, YEAR_HOURS),
        "72",
        "hours",
        "After which a terminal that speaks by short messages alone is offline when nothing is heard of it.");
  }

  private static void add(
      List<SettingDef> defs,
      String name,
      SettingType type,
      String defaultText,
      String unit,
      String doc) {
    defs.add(new SettingDef("presence." + name, type, defaultText, unit, doc));
  }
}
