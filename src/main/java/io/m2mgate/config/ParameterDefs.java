package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.count;

import java.util.List;

/** The settings of desired parameters; used while the catalogue is made. */
final class ParameterDefs {

  private ParameterDefs() {}

  static void add(List<SettingDef> defs) {
    defs.add(
        new SettingDef(
            "parameters.sends",
            count(1, 100),
            "3",
            "sends",
            "How often a desired value that a terminal does not confirm is sent within parameters.windowSeconds, the first"
                + " time included; then it is told as drift. Those by which the terminal is reached are never sent again."));
    defs.add(new SettingDef(
        "parameters.windowSeconds",
        count(1, 31_536_000),
        "86400",
        "seconds",
        "In which the sends of a desired value are counted."));
    defs.add(
        new SettingDef(
            "parameters.looksPerSecond",
            count(1, 1_000_000),
            "200",
            "terminals",
            "Of one lane whose desired parameters are looked at; those that are asked something go first."));
  }
}
