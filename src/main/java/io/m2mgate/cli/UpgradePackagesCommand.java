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

/** {@code m2mgate upgrade packages}: lists packages. One run, one thread. */
@Command(
    name = "packages",
    description = "Lists packages, newest first.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {"", "Example:", "  m2mgate upgrade packages --app EC01 --name meter"})
final class UpgradePackagesCommand implements Callable<Integer> {
  private static final String ROW = "%-26s  %-10s  %-16s  %-12s  %12s  %s%n";

  @Mixin
  private GatewayAddress gateway = new GatewayAddress();

  @Option(names = "--app", paramLabel = "CODE", description = "Only this application's.")
  private Optional<String> app = Optional.empty();

  @Option(names = "--name", paramLabel = "NAME", description = "Only those of this name.")
  private Optional<String> name = Optional.empty();

  @Option(names = "--json", description = "Print NDJSON: one object a package.")
  private boolean json;

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Map<String, String> query = new LinkedHashMap<>();
    app.ifPresent(code -> query.put("app", code));
    name.ifPresent(text -> query.put("name", text));
    var out = spec.commandLine().getOut();
    if (!json) {
      out.printf(ROW, "PACKAGE", "APP", "NAME", "VERSION", "BYTES", "CREATED");
    }
    new GatewayCall(gateway).each(UpgradeCommand.PACKAGES, query, "items", its -> {
      if (json) {
        out.println(its);
      } else {
        out.printf(
            ROW,
            its.path("id").asText(),
            its.path("app").asText(),
            its.path("name").asText(),
            its.path("version").asText(),
            its.path("sizeBytes").asText(),
            its.path("created").asText());
      }
    });
    out.flush();
    return Main.DONE;
  }
}
