package io.m2mgate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code m2mgate terminal events}: what the log of its application has of a terminal. One run, one thread. */
@Command(
    name = "events",
    description = {
      "Prints what its application's log has of a terminal, oldest first.",
      "As they come: m2mgate events tail --serial."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  m2mgate terminal events A972030000000001",
      "  m2mgate terminal events A972030000000001 --types m2m.data.up --after 4711 --limit 100 --json",
      "",
      GatewayCommand.EXIT_CODES
    })
final class TerminalEventsCommand extends TerminalCommand.Act {
  private static final int PAGE = 1000;

  @Option(
      names = "--types",
      paramLabel = "TYPE,…",
      description = "Only these, by their full names, as in m2m.data.up,m2m.report.")
  private Optional<String> types = Optional.empty();

  @Option(
      names = "--after",
      paramLabel = "OFFSET",
      defaultValue = "0",
      description = "Only those behind this offset of the log; all unless told.")
  private long after;

  @Option(names = "--limit", paramLabel = "N", description = "At most so many; all unless told.")
  private Optional<Long> limit = Optional.empty();

  @Override
  int run(GatewayCall call, PrintWriter out) throws IOException {
    Map<String, String> query = new LinkedHashMap<>();
    // The administrator's key names whose log it reads; an application's is good for its own alone.
    query.put("app", call.get(TerminalCommand.path(serial)).path("app").asText());
    query.put("serial", serial);
    types.ifPresent(names -> query.put("types", names));
    long left = limit.orElse(Long.MAX_VALUE);
    long from = after;
    boolean more = true;
    while (more && left > 0) {
      query.put("after", Long.toString(from));
      query.put("limit", Long.toString(Math.min(PAGE, left)));
      JsonNode page = call.get(GatewayCall.path("/v1/events", query));
      for (JsonNode event : page.path("events")) {
        out.println(output.json() ? event : EventText.of(event));
      }
      left -= page.path("events").size();
      more = page.path("next").asLong() > from;
      from = page.path("next").asLong();
    }
    return Main.DONE;
  }
}
