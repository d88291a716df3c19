package io.m2mgate.cli;

import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code m2mgate terminals}: the parent of what is done with many terminals at once. */
@Command(
    name = "terminals",
    description = "Provisions many terminals of a running gateway, or writes them down.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {ImportCommand.class, ExportCommand.class},
    footer = {
      "",
      "Examples:",
      "  m2mgate terminals import fleet.csv",
      "  m2mgate terminals export fleet.ndjson --app EC01"
    })
final class TerminalsCommand implements Runnable {
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command: import or export");
  }

  /** The forms of a file of terminals. */
  enum Form {
    ndjson("application/x-ndjson"),
    csv("text/csv");

    private final String mediaType;

    Form(String mediaType) {
      this.mediaType = mediaType;
    }

    String mediaType() {
      return mediaType;
    }

    static Form of(Path file) {
      return file.toString().toLowerCase(Locale.ROOT).endsWith(".csv") ? csv : ndjson;
    }
  }
}
