package io.m2mgate.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code m2mgate upgrade list}: lists campaigns. One run, one thread. */
@Command(
    name = "list",
    description = "Lists campaigns, newest first.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {"", "Example:", "  m2mgate upgrade list --app EC01 --state running,paused"})
final class UpgradeListCommand implements Callable<Integer> {
  private static final String ROW = "%-26s  %-10s  %-10s  %-26s  %s%n";

  @Mixin
  private GatewayAddress gateway = new GatewayAddress();

  @Option(names = "--app", paramLabel = "CODE", description = "Only this application's.")
  private Optional<String> app = Optional.empty();

  @Option(
      names = "--state",
      paramLabel = "STATE,…",
      description = "Only preparing, running, paused, cancelling, cancelled or finished ones.")
  private Optional<String> state = Optional.empty();

  @Option(names = "--package", paramLabel = "ID", description = "Only those of this package.")
  private Optional<String> packageId = Optional.empty();

  @Option(names = "--json", description = "Print NDJSON: one object a campaign.")
  private boolean json;

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Map<String, String> query = new LinkedHashMap<>();
    app.ifPresent(code -> query.put("app", code));
    state.ifPresent(text -> query.put("state", text));
    packageId.ifPresent(id -> query.put("package", id));
    var out = spec.commandLine().getOut();
    if (!json) {
      out.printf(ROW, "UPGRADE", "APP", "STATE", "PACKAGE", "NAME");
    }
    new GatewayCall(gateway).each(UpgradeCommand.CAMPAIGNS, query, "items", its -> {
      if (json) {
        out.println(its);
      } else {
        String reason = its.path("reason").asText();
        out.printf(
            ROW,
            its.path("id").asText(),
            its.path("app").asText(),
            its.path("state").asText(),
            its.path("package").asText(),
            its.path("name").asText() + (reason.isEmpty() ? "" : " (" + reason + ")"));
      }
    });
    out.flush();
    return Main.DONE;
  }
}
