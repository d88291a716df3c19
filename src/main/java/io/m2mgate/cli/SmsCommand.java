package io.m2mgate.cli;

import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code m2mgate sms}: the parent of what concerns the way to a short message centre. */
@Command(
    name = "sms",
    description = "Shows how a running gateway's way to its short message centre is.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = SmsCommand.Status.class,
    footer = {"", "Examples:", "  m2mgate sms status"})
final class SmsCommand implements Runnable {
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command: status");
  }

  /** {@code m2mgate sms status}: the link, what waits, and what became of messages. One run, one thread. */
  @Command(
      name = "status",
      description = {
        "Shows whether the link is up and why not, what waits, and what became of messages since the",
        "gateway started."
      },
      mixinStandardHelpOptions = true,
      sortOptions = false,
      footer = {
        "",
        "Examples:",
        "  m2mgate sms status",
        "  m2mgate sms status --json | jq -e .up",
        "",
        GatewayCommand.EXIT_CODES
      })
  static final class Status extends GatewayCommand {
    @Override
    int run(GatewayCall call, PrintWriter out) throws IOException {
      return show(out, call.get("/v1/admin/sms"));
    }
  }
}
