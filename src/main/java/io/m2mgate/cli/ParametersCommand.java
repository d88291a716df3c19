package io.m2mgate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code m2mgate terminal parameters}: shows what a terminal's parameters are and are to be, or changes the latter. One run. */
@Command(
    name = "parameters",
    description = {
      "Shows what a terminal's parameters are to be beside what it reports.",
      "With NAME=VALUE …, where whole numbers are numbers, or NAME:=JSON, desires that first; null withdraws a",
      "desire."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  m2mgate terminal parameters A972030000000001",
      "  m2mgate terminal parameters A972030000000001 heartbeat-interval=60 --wait 30",
      "  m2mgate terminal parameters A972030000000001 heartbeat-interval:=null",
      "",
      GatewayCommand.EXIT_CODES
    })
final class ParametersCommand extends TerminalCommand.Act {
  private static final Listing TABLE = new Listing()
      .column("PARAMETER", 28, "/name")
      .column("DESIRED", 20, "/desired")
      .column("REPORTED", 20, "/reported")
      .column("AT", 24, "/at")
      .column("STATE", 0, "/state");

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "NAME=VALUE",
      description = "What to desire, by name or four hex digits.")
  private List<String> desired = List.of();

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description = "Wait so long at most until the terminal has it.")
  private Optional<Integer> wait = Optional.empty();

  @Option(
      names = "--confirm",
      paramLabel = "reachability",
      description = "Needed for what can cut the terminal off.")
  private Optional<String> confirm = Optional.empty();

  @Option(
      names = "--if-match",
      paramLabel = "REVISION",
      description =
          "Only if this is still the revision of the desires; whatever it is unless told.")
  private Optional<Long> revision = Optional.empty();

  @Override
  int run(GatewayCall call, PrintWriter out) throws IOException {
    String path = TerminalCommand.path(serial) + "/parameters";
    if (!desired.isEmpty()) {
      ObjectNode patch = GatewayCall.object();
      desired.forEach(one -> Members.parameter(one).addTo(patch));
      Map<String, String> headers = new LinkedHashMap<>();
      headers.put("If-Match", revision.map(it -> "\"" + it + "\"").orElse("*"));
      wait.ifPresent(seconds -> headers.put("Prefer", "wait=" + seconds));
      Map<String, String> query = confirm.map(word -> Map.of("confirm", word)).orElse(Map.of());
      call.patch(GatewayCall.path(path, query), patch, headers);
    }
    JsonNode parameters = call.get(path);
    if (output.json()) {
      out.println(parameters);
    } else {
      TABLE.print(rows(parameters), out, false);
    }
    return Main.DONE;
  }

  private static List<JsonNode> rows(JsonNode parameters) {
    var names = new TreeSet<String>();
    parameters.path("desired").fieldNames().forEachRemaining(names::add);
    parameters.path("reported").fieldNames().forEachRemaining(names::add);
    List<JsonNode> rows = new ArrayList<>();
    for (String name : names) {
      JsonNode reported = parameters.path("reported").path(name);
      ObjectNode row = GatewayCall.object().put("name", name);
      row.set("desired", parameters.path("desired").get(name));
      row.set("reported", reported.get("value"));
      row.set("at", reported.get("at"));
      row.set("state", parameters.path("details").path(name).get("state"));
      rows.add(row);
    }
    return rows;
  }
}
