package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.COUNT;
import static io.m2mgate.config.SettingForms.count;

import java.util.List;

/** The settings of what applications ask of terminals; used while the catalogue is made. */
final class CommandDefs {
  private static final long TEN_YEARS = 315_360_000;

  private CommandDefs() {}

  static void add(List<SettingDef> defs) {
    add(
        defs,
        "maxPerTerminal",
        COUNT,
        "100",
        "commands",
        "Of one terminal that may be open; more are refused with queue-full.");
    add(
        defs,
        "maxPerApplication",
        COUNT,
        "100000",
        "commands",
        "Of one application that may be open; more are refused with quota-exceeded.");
    add(
        defs,
        "maxWaiting",
        count(0, Integer.MAX_VALUE),
        "1000",
        "requests",
        "That may wait for the end of a command (Prefer: wait) at a time; others are answered at once.");
    add(
        defs,
        "expiresDefaultSeconds",
        count(1, TEN_YEARS),
        "86400",
        "seconds",
        "After which a command ends that names no delivery.expiresIn.");
    add(
        defs,
        "expiresMaxSeconds",
        count(1, TEN_YEARS),
        "2592000",
        "seconds",
        "The longest delivery.expiresIn that is taken.");
    addPace(defs);
    add(
        defs,
        "retentionDays",
        count(1, 36_500),
        "30",
        "days",
        "For which ended commands can be read, and their idempotency keys stay taken; and for which ended reconciliations"
            + " can be read.");
  }

  private static void addPace(List<SettingDef> defs) {
    add(
        defs,
        "checkSeconds",
        count(1, 3_600),
        "5",
        "seconds",
        "How often commands past their time are looked for and ended.");
    add(
        defs,
        "lanesTurnSeconds",
        count(0, 3_600),
        "30",
        "seconds",
        "Past a command's time for which the lane of its terminal, which knows better whether it was sent just now, is left to end it; and after the start for"
            + " which terminals may come back, until what was on its way to them and must not be done twice ends unknown.");
    add(
        defs,
        "looksPerSecond",
        COUNT,
        "100",
        "terminals",
        "Of one lane, whose commands or rotations found no room or no store, that are looked at again.");
    add(
        defs,
        "readRounds",
        count(1, 1_000),
        "8",
        "requests",
        "That one read may take with a terminal that names the tags it does not know a few at a time.");
  }

  private static void add(
      List<SettingDef> defs, String name, SettingType type, String value, String unit, String doc) {
    defs.add(new SettingDef("commands." + name, type, value, unit, doc));
  }
}
