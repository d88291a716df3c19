package io.m2mgate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code m2mgate upgrade show}: where a campaign stands, and why its terminals are not done. One run, one thread. */
@Command(
    name = "show",
    description =
        "Shows where a campaign stands: how many terminals in which state, its groups, why it pauses.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  m2mgate upgrade show 01J…",
      "  m2mgate upgrade show 01J… --terminals --state failed,aborted,expired",
      "  m2mgate upgrade show 01J… --terminals --json | jq -r 'select(.why) | .serial + \" \" + .why'",
      "",
      "Exit codes: 0 shown, 1 failed or refused, 2 bad options."
    })
final class UpgradeShowCommand implements Callable<Integer> {
  private static final String ROW = "%-20s  %5s  %-11s  %8s  %-9s  %s%n";
  private static final String FEW = "1";

  @Parameters(paramLabel = "UPGRADE", description = "The campaign's id.")
  private String id = "";

  @Mixin
  private GatewayAddress gateway = new GatewayAddress();

  @Option(names = "--terminals", description = "Show each terminal too, with the why.")
  private boolean terminals;

  @Option(
      names = "--state",
      paramLabel = "STATE,…",
      description = {
        "With --terminals: only those that are waiting, succeeded, failed, aborted, expired, cancelled or",
        "skipped; or of those under way queued, notified, downloading, downloaded or installing."
      })
  private Optional<String> state = Optional.empty();

  @Option(names = "--json", description = "Print NDJSON: the campaign, then one object a terminal.")
  private boolean json;

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (state.isPresent() && !terminals) {
      throw new ParameterException(spec.commandLine(), "--state goes with --terminals");
    }
    var call = new GatewayCall(gateway);
    String path = UpgradeCommand.campaign(id);
    var campaign = (ObjectNode) call.get(GatewayCall.path(path, Map.of("limit", FEW)));
    campaign.remove("terminals");
    campaign.remove("next");
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(campaign);
    } else {
      print(out, campaign);
    }
    if (terminals) {
      Map<String, String> query = new LinkedHashMap<>();
      state.ifPresent(text -> query.put("state", text));
      if (!json) {
        out.printf(ROW, "SERIAL", "GROUP", "STATE", "ATTEMPTS", "BEFORE", "WHY");
      }
      call.each(path, query, "terminals", item -> print(out, item));
    }
    out.flush();
    return Main.DONE;
  }

  private static void print(PrintWriter out, ObjectNode its) {
    String name = its.path("name").asText();
    out.printf(
        "%s%s: %s%n",
        its.path("id").asText(),
        name.isEmpty() ? "" : " " + name,
        its.path("state").asText());
    if (its.has("reason")) {
      out.println("  " + its.path("reason").asText());
    }
    out.printf(
        "  package %s of %s, created %s by %s%n",
        its.path("package").asText(),
        its.path("app").asText(),
        its.path("created").asText(),
        its.path("createdBy").asText());
    its.path("counts")
        .fields()
        .forEachRemaining(
            count -> out.printf("  %8d %s%n", count.getValue().asInt(), count.getKey()));
    for (JsonNode group : its.path("groups")) {
      var line = new StringBuilder();
      group.fields().forEachRemaining(member -> {
        if (member.getValue().isInt() && !member.getKey().equals("group")) {
          line.append(", ").append(member.getValue().asInt()).append(' ').append(member.getKey());
        }
      });
      out.printf(
          "  group %d%s%s%n",
          group.path("group").asInt(),
          group.path("begun").asBoolean() ? "" : " (not begun)",
          line.toString());
    }
  }

  private void print(PrintWriter out, JsonNode item) {
    if (json) {
      out.println(item);
      return;
    }
    out.printf(
        ROW,
        item.path("serial").asText(),
        item.path("group").asText(),
        item.path("state").asText(),
        item.path("attempts").asText(),
        item.path("versionBefore").asText(),
        item.path("why").asText());
  }
}
