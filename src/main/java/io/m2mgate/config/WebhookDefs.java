package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.COUNT;
import static io.m2mgate.config.SettingForms.FILE;
import static io.m2mgate.config.SettingForms.count;

import io.m2mgate.config.SettingType.Ranges;
import java.util.List;

/** The settings of webhooks; used while the catalogue is made. */
final class WebhookDefs {
  private static final int MONTH_SECONDS = 2_592_000;

  private WebhookDefs() {}

  static void add(List<SettingDef> defs) {
    add(
        defs,
        "allow",
        new Ranges(),
        "",
        "",
        "Address ranges that webhooks may call; empty means loopback"
            + " while http.host is loopback, otherwise public addresses.");
    add(defs, "max", COUNT, "20", "webhooks", "That an application may have.");
    requests(defs);
    memory(defs);
    patience(defs);
    add(
        defs,
        "replaysKept",
        count(1, 1_000),
        "10",
        "replays",
        "Of a webhook that have ended and are still listed.");
    add(
        defs,
        "overlapSeconds",
        count(0, MONTH_SECONDS),
        "86400",
        "seconds",
        "That requests are signed with the old secret too after a rotation, unless it names another time.");
    add(
        defs,
        "overlapMaxSeconds",
        count(0, MONTH_SECONDS),
        "604800",
        "seconds",
        "The longest such time that may be asked for.");
  }

  private static void requests(List<SettingDef> defs) {
    add(
        defs,
        "inFlight",
        count(1, 1_000),
        "8",
        "requests",
        "Of a webhook that may be under way at once, unless it names another number; never two of one terminal.");
    add(
        defs,
        "inFlightMax",
        count(1, 1_000),
        "32",
        "requests",
        "The greatest such number that may be asked for.");
    add(
        defs,
        "requestsPerApplication",
        count(1, 10_000),
        "64",
        "requests",
        "Under way at once for all webhooks and replays of an application.");
    add(
        defs,
        "resolvers",
        count(1, 64),
        "4",
        "threads",
        "That ask for the addresses of receivers' names.");
    add(
        defs,
        "connectMillis",
        count(1, 600_000),
        "5000",
        "milliseconds",
        "Within which a connection to a receiver must be there.");
    add(
        defs,
        "responseMillis",
        count(1, 600_000),
        "15000",
        "milliseconds",
        "Within which a request must be answered, the name's look-up and the connection included.");
    add(
        defs,
        "idleSeconds",
        count(1, 3_600),
        "30",
        "seconds",
        "That an unused connection to a receiver is kept.");
    add(
        defs,
        "caFile",
        FILE,
        "",
        "",
        "Certificates (PEM) of who signs receivers' certificates, in the place of those that Java trusts.");
  }

  private static void memory(List<SettingDef> defs) {
    add(
        defs,
        "window",
        count(1, 100_000),
        "500",
        "events",
        "Of a webhook that are read ahead of what is confirmed; while they wait, nothing more is read.");
    add(
        defs,
        "windowBytes",
        count(1024, Integer.MAX_VALUE),
        "1048576",
        "bytes",
        "The same; at least one event is read.");
    add(
        defs,
        "batchMaxEvents",
        count(1, 10_000),
        "500",
        "events",
        "The most that a webhook may ask for in one request.");
    add(
        defs,
        "batchMaxBytes",
        count(1024, Integer.MAX_VALUE),
        "1048576",
        "bytes",
        "The same; at least one event is sent.");
    add(
        defs,
        "batchMaxDelayMillis",
        count(0, 3_600_000),
        "60000",
        "milliseconds",
        "The longest that a webhook may have events wait for others.");
  }

  private static void patience(List<SettingDef> defs) {
    add(
        defs,
        "firstBackoffMillis",
        count(1, 3_600_000),
        "1000",
        "milliseconds",
        "The longest wait after a first failure; each further one doubles it. Waits are random, up to that.");
    add(
        defs,
        "maxBackoffSeconds",
        count(1, 86_400),
        "900",
        "seconds",
        "Up to which it doubles, and up to which Retry-After is heeded.");
    add(
        defs,
        "disableAfterDays",
        count(0, 3_650),
        "5",
        "days",
        "Without any success after which a webhook that fails is disabled; 0 is never.");
    add(
        defs,
        "commitMillis",
        count(1, 60_000),
        "500",
        "milliseconds",
        "Between two notes of what is confirmed; what was confirmed since comes again after a crash.");
    add(
        defs,
        "drainMillis",
        count(0, 8_000),
        "1000",
        "milliseconds",
        "That requests under way may take when their webhook is changed or the gateway stops.");
  }

  private static void add(
      List<SettingDef> defs, String name, SettingType type, String value, String unit, String doc) {
    defs.add(new SettingDef("webhooks." + name, type, value, unit, doc));
  }
}
