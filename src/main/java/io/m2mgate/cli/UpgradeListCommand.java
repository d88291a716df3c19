package io.m2mgate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code m2mgate upgrade list}: lists campaigns. One run, one thread. */
@Command(
    name = "list",
    description = "Lists campaigns, newest first.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {"", "Example:", "  m2mgate upgrade list --app EC01 --state running,paused"})
final class UpgradeListCommand extends ListCommand {
  @Option(names = "--app", paramLabel = "CODE", description = "Only this application's.")
  private Optional<String> app = Optional.empty();

  @Option(
      names = "--state",
      paramLabel = "STATE,…",
      description = "Only preparing, running, paused, cancelling, cancelled or finished ones.")
  private Optional<String> state = Optional.empty();

  @Option(names = "--package", paramLabel = "ID", description = "Only those of this package.")
  private Optional<String> packageId = Optional.empty();

  UpgradeListCommand() {
    super(new Listing()
        .column("UPGRADE", 26, "/id")
        .column("APP", 10, "/app")
        .column("STATE", 10, "/state")
        .column("PACKAGE", 26, "/package")
        .column("NAME", 0, UpgradeListCommand::name));
  }

  @Override
  String path() {
    return UpgradeCommand.CAMPAIGNS;
  }

  @Override
  void narrow(Map<String, String> query) {
    app.ifPresent(code -> query.put("app", code));
    state.ifPresent(text -> query.put("state", text));
    packageId.ifPresent(id -> query.put("package", id));
  }

  private static String name(JsonNode campaign) {
    String reason = Listing.text(campaign.path("reason"));
    return Listing.text(campaign.path("name")) + (reason.isEmpty() ? "" : " (" + reason + ")");
  }
}
