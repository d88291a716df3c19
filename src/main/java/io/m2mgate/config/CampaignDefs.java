package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.count;

import java.util.List;

/** The settings of campaigns, as data; stateless. */
final class CampaignDefs {
  private static final String UNLESS = " of a campaign that does not say.";

  private CampaignDefs() {}

  static void add(List<SettingDef> defs) {
    add(defs, "checkSeconds", 1, 3600, "1", "seconds", "How often campaigns are looked at.");
    add(
        defs,
        "concurrency",
        1,
        1_000_000,
        "1000",
        "terminals",
        "That may be under way at a time" + UNLESS);
    add(
        defs,
        "retries",
        0,
        100,
        "2",
        "times",
        "How often a terminal that failed or gave up is told anew" + UNLESS);
    add(
        defs,
        "retrySeconds",
        0,
        31_536_000,
        "3600",
        "seconds",
        "After which that happens" + UNLESS);
    add(
        defs,
        "offerDays",
        1,
        365,
        "7",
        "days",
        "How long a terminal may take from the announcement to the new version" + UNLESS);
    add(
        defs,
        "successThreshold",
        0,
        100,
        "80",
        "percent",
        "Of a group that must have the version before the next one begins" + UNLESS);
    add(
        defs,
        "errorThreshold",
        1,
        100,
        "20",
        "percent",
        "Of a group whose failure pauses the campaign" + UNLESS);
  }

  private static void add(
      List<SettingDef> defs,
      String name,
      long least,
      long most,
      String value,
      String unit,
      String doc) {
    defs.add(new SettingDef("campaigns." + name, count(least, most), value, unit, doc));
  }
}
