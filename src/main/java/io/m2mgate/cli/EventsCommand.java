package io.m2mgate.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code m2mgate events}: the parent of what is done with the log of an application. */
@Command(
    name = "events",
    description = "Events of an application of a running gateway.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = EventsTailCommand.class,
    footer = {"", "Example:", "  m2mgate events tail --app EC01 --types m2m.data.up"})
final class EventsCommand implements Runnable {
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command: tail");
  }
}
