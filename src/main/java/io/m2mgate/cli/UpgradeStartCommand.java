package io.m2mgate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code m2mgate upgrade start}: makes a campaign. One run, one thread. */
@Command(
    name = "start",
    description = {
      "Starts a campaign: lets terminals have a package, group after group. What is not said is as campaigns.*",
      "of the gateway's settings. Prints the campaign's id."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  m2mgate upgrade start 01J… --terminals A972030000000001,A972030000000002",
      "  m2mgate upgrade start 01J… --q A97203 --profile wmmp-3 --dry-run",
      "  m2mgate upgrade start 01J… --all --group 1:100:1 --group 10:90:5 --concurrency 200",
      "  m2mgate upgrade start 01J… --terminals-file night.txt --window 01:30-04:00@sat,sun --zone Asia/Shanghai",
      "",
      "Exit codes: 0 done, 1 failed or refused, 2 bad options."
    })
final class UpgradeStartCommand implements Callable<Integer> {
  @Parameters(paramLabel = "PACKAGE", description = "The package's id.")
  private String packageId = "";

  @Mixin
  private GatewayAddress gateway = new GatewayAddress();

  @Mixin
  private UpgradeTerminals terminals = new UpgradeTerminals();

  @Option(
      names = "--group",
      paramLabel = "PERCENT[:SUCCESS[:ERROR]]",
      converter = UpgradeRule.GroupForm.class,
      description = {
        "A share of the terminals, by serial: SUCCESS percent of it must have",
        "the version before the next group begins, and ERROR percent of",
        "failures pause the campaign. What is left is the last group."
      })
  private List<UpgradeRule.Group> groups = List.of();

  @Option(
      names = "--success-threshold",
      paramLabel = "PERCENT",
      description = "Of groups that do not say.")
  private Optional<Integer> success = Optional.empty();

  @Option(
      names = "--error-threshold",
      paramLabel = "PERCENT",
      description = "Of groups that do not say.")
  private Optional<Integer> error = Optional.empty();

  @Option(
      names = "--start-at",
      paramLabel = "TIME",
      description = "Nobody begins before, as in 2030-01-01T02:00:00Z.")
  private Optional<String> startAt = Optional.empty();

  @Option(names = "--end-at", paramLabel = "TIME", description = "Nobody begins after.")
  private Optional<String> endAt = Optional.empty();

  @Option(
      names = "--window",
      paramLabel = "HH:MM-HH:MM[@DAY,…]",
      converter = UpgradeRule.SpanForm.class,
      description =
          "When terminals may begin, on which days (mon .. sun). May be given several times.")
  private List<UpgradeRule.Span> windows = List.of();

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      description = "Of the windows, as in Asia/Shanghai; UTC unless told.")
  private Optional<String> zone = Optional.empty();

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description = "So many may be under way at a time.")
  private Optional<Integer> concurrency = Optional.empty();

  @Option(
      names = "--retries",
      paramLabel = "N",
      description = "How often one that failed is told anew.")
  private Optional<Integer> retries = Optional.empty();

  @Option(
      names = "--retry-after",
      paramLabel = "DURATION",
      description = "How long after, as in PT1H.")
  private Optional<String> retryAfter = Optional.empty();

  @Option(
      names = "--offer-for",
      paramLabel = "DURATION",
      description = "How long a terminal may take until it has the version, as in P7D.")
  private Optional<String> offerFor = Optional.empty();

  @Option(names = "--name", paramLabel = "TEXT", description = "For people.")
  private Optional<String> name = Optional.empty();

  @Option(names = "--dry-run", description = "Only say how many terminals each group would have.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print the campaign as JSON.")
  private boolean json;

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    var made = new GatewayCall(gateway).post(UpgradeCommand.CAMPAIGNS, request());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(made);
    } else {
      print(out, made);
    }
    out.flush();
    return Main.DONE;
  }

  private ObjectNode request() throws IOException {
    ObjectNode request = GatewayCall.object().put("package", packageId);
    terminals.addTo(request, spec);
    groups.forEach(group -> group.addTo(request.withArray("groups").addObject()));
    windows.forEach(window -> window.addTo(request.withArray("windows").addObject()));
    success.ifPresent(percent -> request.put("successThreshold", percent));
    error.ifPresent(percent -> request.put("errorThreshold", percent));
    concurrency.ifPresent(most -> request.put("concurrency", most));
    retries.ifPresent(most -> request.put("retries", most));
    startAt.ifPresent(time -> request.put("startAt", time));
    endAt.ifPresent(time -> request.put("endAt", time));
    zone.ifPresent(text -> request.put("zone", text));
    retryAfter.ifPresent(text -> request.put("retryAfter", text));
    offerFor.ifPresent(text -> request.put("offerFor", text));
    name.ifPresent(text -> request.put("name", text));
    return dryRun ? request.put("dryRun", true) : request;
  }

  private void print(PrintWriter out, JsonNode made) {
    if (!dryRun) {
      out.println(made.path("id").asText());
      return;
    }
    out.println(made.path("terminals").asInt() + " terminals would be in it, nothing was started");
    for (JsonNode group : made.path("groups")) {
      out.println("  group " + group.path("group").asInt() + ": "
          + group.path("terminals").asInt());
    }
  }
}
