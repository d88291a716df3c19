package io.m2mgate.bridge;

import io.m2mgate.store.TerminalState;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import io.m2mgate.upgrade.UpgradeSpec;
import io.m2mgate.upgrade.UpgradeSpec.Group;
import io.m2mgate.upgrade.Window;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What a request says of a new campaign. Immutable once read; used by one thread. */
final class UpgradeForm {

  private static final Pattern ID = Pattern.compile("[0-9A-HJKMNP-TV-Z]{26}");
  private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}]{0,100}");
  private static final Pattern PROFILE = Pattern.compile("[A-Za-z0-9._-]{1,40}");
  private static final Pattern QUERY = Pattern.compile("[\\x21-\\x7E]{1,20}");
  private static final Pattern WORD = Pattern.compile("[a-z]{1,10}");
  private static final Pattern TIME = Pattern.compile("([01][0-9]|2[0-3]):[0-5][0-9]");
  private static final String TIME_VALID = "hh:mm, 00:00..23:59";
  private static final Pattern ZONE = Pattern.compile("[A-Za-z0-9+:_/-]{1,40}");
  private static final String ZONE_VALID = "a zone of the tz database, for instance Asia/Shanghai";
  private static final Pattern DURATION = Pattern.compile("P[0-9DTHMS.]{1,30}");
  private static final String DURATION_VALID = "an ISO 8601 duration of seconds to days, PT1H";
  private static final String TERMINALS_VALID = "a list of serials";
  private static final long YEAR_MILLIS = Duration.ofDays(365).toMillis();
  private static final int MOST_GROUPS = 100;
  private static final int HUNDRED = 100;

  private final Fields fields;
  private final Defaults defaults;

  /** What a campaign does that does not say. */
  record Defaults(
      int concurrency,
      int retries,
      long retryMillis,
      long offerMillis,
      int successThreshold,
      int errorThreshold) {}

  /**
   * @param terminals by name; empty where a filter finds them
   * @param dryRun nothing is to be made
   */
  record Asked(
      String packageId, String name, List<String> terminals, UpgradeSpec spec, boolean dryRun) {}

  UpgradeForm(Fields fields, Defaults defaults) {
    this.fields = fields;
    this.defaults = defaults;
  }

  static final String[] MEMBERS = {
    "package",
    "name",
    "terminals",
    "filter",
    "groups",
    "successThreshold",
    "errorThreshold",
    "startAt",
    "endAt",
    "windows",
    "zone",
    "concurrency",
    "retries",
    "retryAfter",
    "offerFor",
    "dryRun"
  };

  /** Fails with {@link InvalidRequest} that names every place that is wrong. */
  Asked read(String app) {
    String packageId = fields.required("package", ID, "the id of a package");
    String name = fields.text("name", NAME, "at most 100 printable characters").orElse("");
    List<String> terminals = fields.listed("terminals", TERMINALS_VALID).orElse(List.of());
    Optional<TerminalFilter> filter = filter(app);
    if (fields.has("terminals") == fields.has("filter")) {
      fields.fault("terminals", "say either terminals or filter", TERMINALS_VALID);
    } else if (fields.has("terminals") && terminals.isEmpty()) {
      fields.fault("terminals", "none", TERMINALS_VALID);
    }
    long starts = time("startAt");
    long ends = time("endAt");
    if (ends > 0 && ends <= starts) {
      fields.fault("endAt", "not after startAt", "a later time");
    }
    UpgradeSpec spec = new UpgradeSpec(
        filter,
        groups(),
        starts,
        ends,
        windows(),
        zone(),
        number("concurrency", 1, 1_000_000, defaults.concurrency()),
        number("retries", 0, HUNDRED, defaults.retries()),
        duration("retryAfter", 0, defaults.retryMillis()),
        duration("offerFor", 1_000, defaults.offerMillis()));
    boolean dryRun = fields.flag("dryRun").orElse(false);
    fields.check();
    return new Asked(packageId, name, terminals, spec, dryRun);
  }

  private long time(String name) {
    return fields.time(name).flatMap(time -> time).map(Instant::toEpochMilli).orElse(0L);
  }

  private Optional<TerminalFilter> filter(String app) {
    return fields
        .object("filter", "state", "enabled", "profile", "q")
        .map(its -> new TerminalFilter(
            Optional.of(app),
            state(its),
            its.flag("enabled"),
            its.text("profile", PROFILE, "the name of a profile"),
            its.text("q", QUERY, "the beginning of a serial, IMEI, IMSI or number")));
  }

  private static Optional<TerminalState> state(Fields its) {
    String valid = "online, silent, asleep, offline, never, disabled";
    Optional<String> text = its.text("state", WORD, valid);
    Optional<TerminalState> state = text.flatMap(TerminalState::parse);
    if (text.isPresent() && state.isEmpty()) {
      its.fault("state", "no such state", valid);
    }
    return state;
  }

  private List<Group> groups() {
    int success = number("successThreshold", 0, HUNDRED, defaults.successThreshold());
    int error = number("errorThreshold", 1, HUNDRED, defaults.errorThreshold());
    List<Fields> asked = fields
        .objects("groups", "percent", "successThreshold", "errorThreshold")
        .orElse(List.of());
    List<Group> groups = new ArrayList<>();
    int left = HUNDRED;
    for (Fields group : asked) {
      Optional<Long> percent = group.number("percent", 1, HUNDRED);
      if (!group.has("percent")) {
        group.fault("percent", "missing", "1..100");
      }
      int share = percent.orElse(0L).intValue();
      left -= share;
      groups.add(new Group(
          share,
          group.number("successThreshold", 0, HUNDRED).orElse((long) success).intValue(),
          group.number("errorThreshold", 1, HUNDRED).orElse((long) error).intValue()));
    }
    if (left < 0 || groups.size() > MOST_GROUPS) {
      fields.fault("groups", "their percents come to " + (HUNDRED - left), "at most 100 together");
    } else if (left > 0) {
      groups.add(new Group(left, success, error));
    }
    return groups;
  }

  private List<Window> windows() {
    List<Window> windows = new ArrayList<>();
    for (Fields its : fields.objects("windows", "from", "to", "days").orElse(List.of())) {
      String from = its.required("from", TIME, TIME_VALID);
      String to = its.required("to", TIME, TIME_VALID);
      Set<DayOfWeek> days = its.texts(
              "days", List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
          .map(UpgradeForm::days)
          .orElse(EnumSet.allOf(DayOfWeek.class));
      if (days.isEmpty()) {
        its.fault("days", "none", "mon .. sun");
      } else if (!from.isEmpty() && !to.isEmpty()) {
        windows.add(new Window(LocalTime.parse(from), LocalTime.parse(to), days));
      }
    }
    if (windows.size() > MOST_GROUPS) {
      fields.fault("windows", "too many", "at most " + MOST_GROUPS);
    }
    return windows;
  }

  private static Set<DayOfWeek> days(Set<String> names) {
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    names.forEach(name -> UpgradeSpec.day(name).ifPresent(days::add));
    return days;
  }

  private ZoneId zone() {
    Optional<String> name = fields.text("zone", ZONE, ZONE_VALID);
    if (name.isEmpty()) {
      return ZoneOffset.UTC;
    }
    try {
      return ZoneId.of(name.get());
    } catch (DateTimeException e) {
      fields.fault("zone", "no such zone", ZONE_VALID);
      return ZoneOffset.UTC;
    }
  }

  private int number(String name, int least, int most, int absent) {
    return fields.number(name, least, most).orElse((long) absent).intValue();
  }

  private long duration(String name, long least, long absent) {
    Optional<String> text = fields.text(name, DURATION, DURATION_VALID);
    if (text.isEmpty()) {
      return absent;
    }
    try {
      long millis = Duration.parse(text.get()).toMillis();
      if (millis >= least && millis <= YEAR_MILLIS) {
        return millis;
      }
      fields.fault(name, "out of range", DURATION_VALID + ", up to a year");
    } catch (DateTimeException | ArithmeticException e) {
      fields.fault(name, "not a duration", DURATION_VALID);
    }
    return absent;
  }
}
