package io.m2mgate.cli;

import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options by which lists of terminals are narrowed; filled by the thread that parses. */
final class TerminalFilters {
  @Option(names = "--app", paramLabel = "CODE", description = "Only terminals of this application.")
  private Optional<String> app = Optional.empty();

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description =
          "Only those that are online, silent, asleep, offline, never (heard) or disabled.")
  private Optional<String> state = Optional.empty();

  @Option(
      names = "--enabled",
      arity = "1",
      paramLabel = "true|false",
      description = "Only those, or the others.")
  private Optional<Boolean> enabled = Optional.empty();

  @Option(names = "--profile", paramLabel = "NAME", description = "Only those of this profile.")
  private Optional<String> profile = Optional.empty();

  @Option(
      names = "--q",
      paramLabel = "TEXT",
      description = "Only those whose serial, IMEI, IMSI or number begins so.")
  private Optional<String> query = Optional.empty();

  boolean ofApplication() {
    return app.isPresent();
  }

  void addTo(Map<String, String> parameters) {
    app.ifPresent(code -> parameters.put("app", code));
    state.ifPresent(text -> parameters.put("state", text));
    enabled.ifPresent(flag -> parameters.put("enabled", flag.toString()));
    profile.ifPresent(name -> parameters.put("profile", name));
    query.ifPresent(text -> parameters.put("q", text));
  }
}
