package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.COUNT;
import static io.m2mgate.config.SettingForms.count;

import java.util.List;

/** The settings of remote upgrades; used while the catalogue is made. */
final class UpgradeDefs {
  private static final int LONGEST_BLOCK = 60_000;
  private static final int YEAR_SECONDS = 31_536_000;

  private UpgradeDefs() {}

  static void add(List<SettingDef> defs) {
    serving(defs);
    waiting(defs);
    lives(defs);
  }

  private static void serving(List<SettingDef> defs) {
    add(
        defs,
        "cacheBytes",
        count(65_536, Long.MAX_VALUE),
        "67108864",
        "bytes",
        "Of package files that are kept in memory for all terminals that fetch them.");
    add(
        defs,
        "readers",
        count(1, 64),
        "4",
        "threads",
        "That read package files; as many of them are open at a time.");
    add(
        defs,
        "maxBlockBytes",
        count(1, LONGEST_BLOCK),
        "60000",
        "bytes",
        "The longest block that a terminal may ask for; more is refused as a wrong size.");
    add(
        defs,
        "bytesPerSecond",
        count(0, Long.MAX_VALUE),
        "0",
        "bytes",
        "Of package files to all terminals in a second; 0 is no limit. Blocks wait for their turn.");
    add(
        defs,
        "terminalBytesPerSecond",
        count(0, Long.MAX_VALUE),
        "0",
        "bytes",
        "Of package files to one terminal in a second; 0 is no limit.");
  }

  private static void waiting(List<SettingDef> defs) {
    add(
        defs,
        "waiting",
        COUNT,
        "4096",
        "requests",
        "For blocks that may wait for their turn, for the store or for the disk; more get no answer, and the terminal asks again.");
    add(defs, "waitingPerTerminal", COUNT, "4", "requests", "The same of one terminal.");
    add(
        defs,
        "waitSeconds",
        count(1, 3_600),
        "10",
        "seconds",
        "After which a waiting request gets no answer; less than terminals wait before they ask again.");
    add(
        defs,
        "terminals",
        COUNT,
        "20000",
        "terminals",
        "Whose open upgrades are kept in memory; others are looked up in the store.");
    add(
        defs,
        "lookSeconds",
        count(1, 3_600),
        "2",
        "seconds",
        "Between two looks into the store for a transaction that a terminal names and does not have.");
  }

  private static void lives(List<SettingDef> defs) {
    add(
        defs,
        "noteSeconds",
        count(1, 3_600),
        "5",
        "seconds",
        "Between two notes of how far a download is; changes of its phase are stored at once.");
    add(
        defs,
        "errorSeconds",
        count(1, YEAR_SECONDS),
        "3600",
        "seconds",
        "After an alarm of an update error within which the terminal must ask for a block; else its upgrade has failed.");
    add(
        defs,
        "installSeconds",
        count(1, YEAR_SECONDS),
        "86400",
        "seconds",
        "After a download within which the new version must be seen; else the upgrade has failed.");
  }

  private static void add(
      List<SettingDef> defs, String name, SettingType type, String value, String unit, String doc) {
    defs.add(new SettingDef("upgrades." + name, type, value, unit, doc));
  }
}
