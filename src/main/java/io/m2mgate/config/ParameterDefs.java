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
    reconcile(defs);
  }

  private static void reconcile(List<SettingDef> defs) {
    reconcile(
        defs,
        "ratePerSecond",
        count(1, 1_000),
        "10",
        "terminals",
        "That a reconciliation asks in a second at most, unless it says another ratePerSecond.");
    reconcile(
        defs,
        "maxRatePerSecond",
        count(1, 1_000),
        "100",
        "terminals",
        "The greatest ratePerSecond that is taken.");
    reconcile(
        defs,
        "cap",
        count(1, 10_000_000),
        "1000",
        "terminals",
        "That a reconciliation takes on at most, unless it says another cap; further ones of its filter are left alone.");
    reconcile(
        defs,
        "maxCap",
        count(1, 10_000_000),
        "100000",
        "terminals",
        "The greatest cap that is taken.");
    reconcile(
        defs, "maxSerials", count(1, 10_000), "1000", "serials", "That a reconciliation may name.");
    reconcile(
        defs,
        "maxOpen",
        count(1, 100),
        "4",
        "reconciliations",
        "That may be at work at a time; more are refused with quota-exceeded.");
    reconcile(
        defs,
        "looks",
        count(1, 1_000),
        "200",
        "terminals",
        "That a reconciliation looks at in a turn, of those that are new to it and of those that it waits for; a turn takes a"
            + " second and what there is to do.");
    reconcile(
        defs,
        "endSeconds",
        count(1, 31_536_000),
        "86400",
        "seconds",
        "After which a reconciliation ends, whoever it still waits for.");
  }

  private static void reconcile(
      List<SettingDef> defs, String name, SettingType type, String value, String unit, String doc) {
    defs.add(new SettingDef("parameters.reconcile." + name, type, value, unit, doc));
  }
}
