package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.APP_CODE;
import static io.m2mgate.config.SettingForms.AREA_LEVEL;
import static io.m2mgate.config.SettingForms.BYTES;
import static io.m2mgate.config.SettingForms.COUNT;
import static io.m2mgate.config.SettingForms.DIRECTORY;
import static io.m2mgate.config.SettingForms.LEVEL;
import static io.m2mgate.config.SettingForms.SERIAL_PREFIX;
import static io.m2mgate.config.SettingForms.choice;
import static io.m2mgate.config.SettingForms.count;
import static io.m2mgate.config.SettingForms.text;

import io.m2mgate.config.SettingType.StoreLocation;
import io.m2mgate.config.SettingType.TextList;
import java.util.List;
import java.util.regex.Pattern;

/** The settings of everything but the listeners, as data; stateless. */
final class PlatformDefs {

  private PlatformDefs() {}

  static void base(List<SettingDef> defs) {
    add(
        defs,
        "data.dir",
        DIRECTORY,
        "data",
        "",
        "Where the gateway keeps what it must not lose: embedded store, keys,"
            + " endpoints.json. Created at the first start.");
    add(
        defs,
        "node.name",
        text("[A-Za-z0-9._-]{1,40}", "1 to 40 of A-Z a-z 0-9 . _ -"),
        "node-1",
        "",
        "Name of this process in event sources, logs and metrics.");
    add(
        defs,
        "store.url",
        new StoreLocation(),
        "sqlite:${data.dir}/m2mgate.db",
        "",
        "The store: sqlite:FILE (embedded) or postgresql://user:password@host:port/database.");
    add(
        defs,
        "store.readers",
        count(1, 64),
        "2",
        "threads",
        "Reader threads of the embedded store; its one writer" + " comes on top.");
    postgres(defs);
  }

  private static void postgres(List<SettingDef> defs) {
    add(
        defs,
        "store.postgres.poolSize",
        count(1, 512),
        "8",
        "connections",
        "Connections to PostgreSQL for everything but the event log.");
    add(
        defs,
        "store.postgres.logConnections",
        count(1, 4),
        "1",
        "connections",
        "Connections to PostgreSQL that append to the event log.");
    add(
        defs,
        "store.postgres.openSeconds",
        count(1, 60),
        "6",
        "seconds",
        "For the writer's connection to PostgreSQL, and for the one it replaces to end;"
            + " twice this is best less than the time after which terminals repeat.");
    add(
        defs,
        "store.postgres.answerSeconds",
        count(1, 300),
        "15",
        "seconds",
        "After which a commit without an answer is given up, with its connection;"
            + " what it held is not acknowledged.");
  }

  static void pipeline(List<SettingDef> defs) {
    add(
        defs,
        "lanes",
        count(0, 256),
        "0",
        "",
        "Lanes (event loops with a full set of verticles); 0 takes one a core.");
    add(
        defs,
        "lane.creditFrames",
        count(64, Integer.MAX_VALUE),
        "8192",
        "frames",
        "Frames in work on one lane; its heaviest sockets are paused at 75 % and resumed at 50 %.");
    add(
        defs,
        "lane.creditBytes",
        count(65_536, Integer.MAX_VALUE),
        "8388608",
        "bytes",
        "Bytes in work on one lane.");
    commit(defs);
    SegmentDefs.add(defs);
  }

  private static void commit(List<SettingDef> defs) {
    add(defs, "commit.maxRows", count(1, 10_000), "200", "rows", "Rows of one group commit.");
    add(
        defs,
        "commit.maxDelayMillis",
        count(0, 1000),
        "2",
        "milliseconds",
        "How long a row waits for others to share its commit.");
    add(
        defs,
        "commit.queuedUnits",
        COUNT,
        "20000",
        "units",
        "Units of work waiting for a commit; when full, nothing more is acknowledged until it drains.");
    add(
        defs,
        "commit.logoutMillis",
        count(1, 10_000),
        "500",
        "milliseconds",
        "A LOGOUT is answered after so long even when its commit is not done: unanswered, it loses"
            + " the LOGIN queued behind it.");
  }

  static void policies(List<SettingDef> defs) {
    add(
        defs,
        "registration.mode",
        choice("provisioned", "open"),
        "provisioned",
        "",
        "Who may register: only provisioned terminals, or unknown ones too.");
    add(
        defs,
        "registration.defaultApp",
        APP_CODE,
        "",
        "",
        "Application of terminals that mode open admits; it need not" + " exist yet.");
    add(
        defs,
        "registration.serialPrefix",
        SERIAL_PREFIX,
        "",
        "",
        "First 8 characters of new serials; nothing takes"
            + " those of the terminal's placeholder.");
    add(
        defs,
        "registration.allowPrefixes",
        new TextList(
            Pattern.compile("[A-Za-z0-9]{1,16}"), "serial prefixes of 1 to 16 letters and digits"),
        "",
        "",
        "Placeholder prefixes that mode open admits; empty" + " admits all.");
    add(
        defs,
        "registration.distribution",
        choice("auto", "sms", "inband", "none"),
        "auto",
        "",
        "How a registered terminal gets its secrets: by short message where that reaches it, else over its"
            + " connection (auto); one of both alone; or it has them already (none).");
    add(
        defs,
        "registration.perSourcePerMinute",
        COUNT,
        "60",
        "registrations",
        "Registrations of one source address; more get no answer.");
    add(defs, "registration.perMinute", COUNT, "6000", "registrations", "Registrations in all.");
    distribution(defs);
    MessageDefs.registration(defs);
    SecurityDefs.all(defs);
    RotationDefs.add(defs);
    CommandDefs.add(defs);
    ParameterDefs.add(defs);
    RelayDefs.add(defs);
    ConsumerDefs.add(defs);
    PackageDefs.add(defs);
    CampaignDefs.add(defs);
    UpgradeDefs.add(defs);
    admission(defs);
  }

  private static void distribution(List<SettingDef> defs) {
    add(
        defs,
        "registration.repeatSeconds",
        count(1, 3600),
        "20",
        "seconds",
        "After which security parameters that a registered terminal did not acknowledge are sent again.");
    add(
        defs,
        "registration.sends",
        count(1, 100),
        "4",
        "sends",
        "How often they are sent after one registration.");
    add(
        defs,
        "registration.sendSeconds",
        count(1, 86_400),
        "90",
        "seconds",
        "How long after a registration they may be sent.");
    add(
        defs,
        "registration.underWay",
        COUNT,
        "10000",
        "terminals",
        "Terminals that are sent security parameters at a time, over all lanes; others register again.");
  }

  private static void admission(List<SettingDef> defs) {
    add(
        defs,
        "admission.loginsPerSecond",
        COUNT,
        "4000",
        "logins/s",
        "Logins admitted a second; half of it is kept for"
            + " terminals that just registered or logged out.");
    add(
        defs,
        "admission.queueSeconds",
        count(1, 60),
        "12",
        "seconds",
        "How long a login waits for admission.");
    add(
        defs,
        "admission.queueLength",
        COUNT,
        "48000",
        "logins",
        "Logins waiting for admission, over all lanes.");
  }

  static void retention(List<SettingDef> defs) {
    retention(defs, "events", "30", "10737418240", "the event log of an application");
    retention(defs, "audit", "365", "1073741824", "the audit trail");
    add(
        defs,
        "retention.alarms.days",
        count(1, 36_500),
        "90",
        "days",
        "Age, since it was cleared, at which an alarm is cut.");
    add(
        defs,
        "retention.alarms.cleared",
        count(0, 10_000),
        "100",
        "alarms",
        "Cleared ones that are kept of one terminal.");
    add(
        defs,
        "retention.alarms.open",
        count(1, 10_000),
        "64",
        "alarms",
        "Open ones that one terminal may have; what it raises beyond is an event and no record.");
    TraceDefs.add(defs);
  }

  private static void retention(
      List<SettingDef> defs, String what, String days, String bytes, String doc) {
    add(
        defs,
        "retention." + what + ".days",
        count(1, 36_500),
        days,
        "days",
        "Age at which " + doc + " is cut.");
    add(
        defs,
        "retention." + what + ".bytes",
        BYTES,
        bytes,
        "bytes",
        "Size at which " + doc + " is cut.");
  }

  static void later(List<SettingDef> defs) {
    add(
        defs,
        "plugins.dir",
        DIRECTORY,
        "plugins",
        "",
        "Where plugin jars are dropped; it need not exist.");
    add(
        defs,
        "dialects.dir",
        DIRECTORY,
        "conf/dialects",
        "",
        "Overlays on the dictionary; it need not exist.");
    WebhookDefs.add(defs);
    MirrorDefs.add(defs);
    SmsDefs.add(defs);
    MessageDefs.add(defs);
  }

  static void logs(List<SettingDef> defs) {
    add(
        defs,
        "log.format",
        choice("text", "json"),
        "text",
        "",
        "Form of the log on standard error.");
    add(defs, "log.level", LEVEL, "info", "", "Level of every area that has none of its own.");
    for (String area : SettingCatalog.LOG_AREAS) {
      add(
          defs,
          "log." + area,
          AREA_LEVEL,
          "inherit",
          "",
          "Level of the area " + area + "; inherit takes log.level.");
    }
  }

  private static void add(
      List<SettingDef> defs,
      String key,
      SettingType type,
      String defaultText,
      String unit,
      String doc) {
    defs.add(new SettingDef(key, type, defaultText, unit, doc));
  }
}
