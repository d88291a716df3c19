package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.COUNT;
import static io.m2mgate.config.SettingForms.count;

import java.util.List;

/** The settings of what terminals send to other terminals; used while the catalogue is made. */
final class RelayDefs {
  private static final long TEN_YEARS = 315_360_000;

  private RelayDefs() {}

  static void add(List<SettingDef> defs) {
    defs.add(new SettingDef(
        "relay.maxPerTerminal",
        COUNT,
        "50",
        "commands",
        "Open commands of a terminal, of any kind, from which on data from other terminals is refused; the rest of"
            + " commands.maxPerTerminal is left to its application."));
    defs.add(
        new SettingDef(
            "relay.maxPerApplication",
            COUNT,
            "50000",
            "commands",
            "Open commands of an application, of any kind, from which on data from terminals to its terminals is refused."));
    defs.add(new SettingDef(
        "relay.expiresSeconds",
        count(1, TEN_YEARS),
        "86400",
        "seconds",
        "After which data for another terminal is given up that it did not take."));
  }
}
