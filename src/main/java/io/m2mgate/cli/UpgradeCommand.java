package io.m2mgate.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code m2mgate upgrade}: the parent of what is done with packages and campaigns of a running gateway. */
@Command(
    name = "upgrade",
    description =
        "Upgrades terminals remotely: uploads packages, starts campaigns, shows where they stand.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      UpgradeUploadCommand.class,
      UpgradePackagesCommand.class,
      UpgradeStartCommand.class,
      UpgradeListCommand.class,
      UpgradeShowCommand.class,
      UpgradeCommand.Pause.class,
      UpgradeCommand.Resume.class,
      UpgradeCommand.Cancel.class,
      UpgradeCommand.Delete.class
    },
    footer = {
      "",
      "Examples:",
      "  m2mgate upgrade upload firmware.bin meter 2.1 --app EC01",
      "  m2mgate upgrade start 01J… --q A97203 --group 5:90:10 --dry-run",
      "  m2mgate upgrade start 01J… --q A97203 --group 5:90:10",
      "  m2mgate upgrade show 01J… --terminals --state failed",
      "",
      "Exit codes: 0 done, 1 failed or refused, 2 bad options."
    })
final class UpgradeCommand implements Runnable {
  static final String CAMPAIGNS = "/v1/upgrades";
  static final String PACKAGES = "/v1/packages";

  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "name a command: upload, packages, start, list, show, pause, resume, cancel or delete");
  }

  static String campaign(String id) {
    return CAMPAIGNS + "/" + GatewayCall.encoded(id);
  }

  /** What is done with one campaign. One run, one thread. */
  abstract static class Act implements Callable<Integer> {
    @Parameters(paramLabel = "UPGRADE", description = "The campaign's id.")
    private String id = "";

    @Mixin
    private GatewayAddress gateway = new GatewayAddress();

    @Option(names = "--json", description = "Print the campaign as JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    private final String action;

    Act(String action) {
      this.action = action;
    }

    @Override
    public Integer call() throws IOException {
      var call = new GatewayCall(gateway);
      var out = spec.commandLine().getOut();
      if (action.isEmpty()) {
        call.delete(campaign(id));
        out.println(json ? GatewayCall.object().put("deleted", id) : "deleted");
      } else {
        var campaign = call.post(campaign(id) + "/" + action, GatewayCall.object());
        out.println(json ? campaign : campaign.path("state").asText());
      }
      out.flush();
      return Main.DONE;
    }
  }

  /** {@code m2mgate upgrade pause}. */
  @Command(
      name = "pause",
      description = "Lets no more terminals begin; those that have begun go on.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example:", "  m2mgate upgrade pause 01J…"})
  static final class Pause extends Act {
    Pause() {
      super("pause");
    }
  }

  /** {@code m2mgate upgrade resume}. */
  @Command(
      name = "resume",
      description = {
        "Lets a paused campaign go on: failures so far do not pause it again, and a group of which",
        "nothing is open gives way to the next."
      },
      mixinStandardHelpOptions = true,
      footer = {"", "Example:", "  m2mgate upgrade resume 01J…"})
  static final class Resume extends Act {
    Resume() {
      super("resume");
    }
  }

  /** {@code m2mgate upgrade cancel}. */
  @Command(
      name = "cancel",
      description = {
        "Ends a campaign: terminals that wait, or have not got the file, are let go; those that have it",
        "go on until their end."
      },
      mixinStandardHelpOptions = true,
      footer = {"", "Example:", "  m2mgate upgrade cancel 01J…"})
  static final class Cancel extends Act {
    Cancel() {
      super("cancel");
    }
  }

  /** {@code m2mgate upgrade delete}. */
  @Command(
      name = "delete",
      description = "Removes a campaign that has ended.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example:", "  m2mgate upgrade delete 01J…"})
  static final class Delete extends Act {
    Delete() {
      super("");
    }
  }
}
