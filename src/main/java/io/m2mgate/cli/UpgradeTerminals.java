package io.m2mgate.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that say which terminals a campaign is for; filled by the thread that parses. */
final class UpgradeTerminals {
  @Option(names = "--terminals", paramLabel = "SERIAL,…", split = ",", description = "These.")
  private List<String> serials = List.of();

  @Option(
      names = "--terminals-file",
      paramLabel = "FILE",
      description = "Those of a file, a serial a line.")
  private Optional<Path> file = Optional.empty();

  @Option(names = "--all", description = "All of the package's application.")
  private boolean all;

  @Option(
      names = "--q",
      paramLabel = "TEXT",
      description = "Those whose serial, IMEI, IMSI or number begins so.")
  private Optional<String> query = Optional.empty();

  @Option(names = "--profile", paramLabel = "NAME", description = "Those of this profile.")
  private Optional<String> profile = Optional.empty();

  @Option(
      names = "--terminal-state",
      paramLabel = "STATE",
      description =
          "Those that are online, silent, asleep, offline, never (heard) or disabled now.")
  private Optional<String> state = Optional.empty();

  @Option(
      names = "--enabled",
      arity = "1",
      paramLabel = "true|false",
      description = "Those, or the others.")
  private Optional<Boolean> enabled = Optional.empty();

  void addTo(ObjectNode request, CommandSpec spec) throws IOException {
    boolean filtered =
        query.isPresent() || profile.isPresent() || state.isPresent() || enabled.isPresent();
    List<String> named = new ArrayList<>(serials);
    if (file.isPresent()) {
      Files.readAllLines(file.get()).stream()
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .forEach(named::add);
    }
    boolean byName = !serials.isEmpty() || file.isPresent();
    if (byName == (filtered || all)) {
      throw new ParameterException(
          spec.commandLine(),
          "say which terminals: --terminals or --terminals-file; or --all, --q, --profile, --terminal-state, --enabled");
    }
    if (byName) {
      named.forEach(request.putArray("terminals")::add);
      return;
    }
    ObjectNode filter = request.putObject("filter");
    query.ifPresent(text -> filter.put("q", text));
    profile.ifPresent(text -> filter.put("profile", text));
    state.ifPresent(text -> filter.put("state", text));
    enabled.ifPresent(flag -> filter.put("enabled", flag));
  }
}
