package io.m2mgate.cli;

import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code m2mgate upgrade packages}: lists packages. One run, one thread. */
@Command(
    name = "packages",
    description = "Lists packages, newest first.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {"", "Example:", "  m2mgate upgrade packages --app EC01 --name meter"})
final class UpgradePackagesCommand extends ListCommand {
  @Option(names = "--app", paramLabel = "CODE", description = "Only this application's.")
  private Optional<String> app = Optional.empty();

  @Option(names = "--name", paramLabel = "NAME", description = "Only those of this name.")
  private Optional<String> name = Optional.empty();

  UpgradePackagesCommand() {
    super(new Listing()
        .column("PACKAGE", 26, "/id")
        .column("APP", 10, "/app")
        .column("NAME", 16, "/name")
        .column("VERSION", 12, "/version")
        .column("BYTES", -12, "/sizeBytes")
        .column("CREATED", 0, "/created"));
  }

  @Override
  String path() {
    return UpgradeCommand.PACKAGES;
  }

  @Override
  void narrow(Map<String, String> query) {
    app.ifPresent(code -> query.put("app", code));
    name.ifPresent(text -> query.put("name", text));
  }
}
