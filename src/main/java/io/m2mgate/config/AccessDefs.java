package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.count;

import java.util.List;

/** The settings of who may ask, how much and for how long; used while the catalogue is made. */
final class AccessDefs {
  private static final long DAY = 86_400;

  private AccessDefs() {}

  /** Behind the other settings of HTTP. */
  static void http(List<SettingDef> defs) {
    defs.add(
        new SettingDef(
            "http.trustedProxies",
            new SettingType.Ranges(),
            "",
            "",
            "Proxies whose X-Forwarded-For is believed; the client is the last address in it that is none of these."));
  }

  static void add(List<SettingDef> defs) {
    defs.add(new SettingDef(
        "applications.requestsPerSecond",
        count(0, 1_000_000),
        "2000",
        "requests",
        "What an application without a rate of its own may ask over all its keys, twice as much at once;"
            + " more is answered 429. 0 is no limit."));
    defs.add(new SettingDef(
        "applications.keys", count(1, 1000), "20", "keys", "Keys that an application may have."));
    tokens(defs);
    sessions(defs);
  }

  private static void tokens(List<SettingDef> defs) {
    defs.add(new SettingDef(
        "applications.tokens",
        count(1, 100_000),
        "1000",
        "tokens",
        "Access tokens of an application; with one more the oldest goes."));
    defs.add(new SettingDef(
        "applications.tokenSeconds",
        count(1, 30 * DAY),
        "3600",
        "seconds",
        "How long an access token is good."));
    defs.add(
        new SettingDef(
            "applications.rememberSeconds",
            count(1, 365 * DAY),
            "86400",
            "seconds",
            "How long a token or session that is over is known for one, and answered session-expired."));
  }

  private static void sessions(List<SettingDef> defs) {
    defs.add(new SettingDef(
        "applications.sessions",
        count(1, 10_000),
        "100",
        "sessions",
        "Sessions that an application may have open; more are answered 429."));
    defs.add(
        new SettingDef(
            "applications.heartbeatSeconds",
            count(1, DAY),
            "60",
            "seconds",
            "Between two heartbeats of a session that asks for no other; it is over after three times as long without one."));
    defs.add(new SettingDef(
        "applications.maxHeartbeatSeconds",
        count(1, DAY),
        "3600",
        "seconds",
        "The longest that a session can ask for."));
  }
}
