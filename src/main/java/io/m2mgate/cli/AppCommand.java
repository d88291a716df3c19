package io.m2mgate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code m2mgate app}: the parent of what is done with applications and their keys. */
@Command(
    name = "app",
    description = "Applications of a running gateway and their keys.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      AppCommand.Create.class,
      AppCommand.Applications.class,
      AppCommand.Show.class,
      AppCommand.Update.class,
      AppCommand.Delete.class,
      AppKeyCommand.Keys.class,
      AppKeyCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  m2mgate app create EC01 --name Meters",
      "  key=$(m2mgate app create EC02 --scopes data:read,terminals:read --quiet)",
      "  m2mgate app key create EC01 --quiet > EC01.key",
      "  m2mgate app update EC01 --enabled false",
      "",
      GatewayCommand.EXIT_CODES
    })
final class AppCommand implements Runnable {
  private static final String APPLICATIONS = "/v1/admin/applications";

  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "name a command: create, list, show, update, delete, keys or key");
  }

  static String path(String code) {
    return APPLICATIONS + "/" + GatewayCall.encoded(code);
  }

  /** What is done with one application. */
  abstract static class Act extends GatewayCommand {
    @Parameters(paramLabel = "APP", description = "The application's code.")
    protected String code = "";

    /** A new key: alone where the rest is not asked for, so that a script can keep it. */
    int showKey(PrintWriter out, boolean quiet, String what, JsonNode answer) {
      String key = answer.path("apiKey").asText();
      if (quiet) {
        out.println(key);
      } else if (output.json()) {
        out.println(answer);
      } else {
        out.println(what + "; its key is shown this once:");
        out.println(key);
      }
      return Main.DONE;
    }
  }

  /** {@code m2mgate app create}. */
  @Command(
      name = "create",
      description = "Creates an application and prints its first key, this once.",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      footer = {
        "",
        "Examples:",
        "  m2mgate app create EC01 --name Meters",
        "  m2mgate app create EC02 --scopes data:read,terminals:read --quiet > EC02.key"
      })
  static final class Create extends Act {
    @Mixin
    private AppMembers members = new AppMembers();

    @Option(names = "--quiet", description = "Print the key and nothing else.")
    private boolean quiet;

    @Override
    int run(GatewayCall call, PrintWriter out) throws IOException {
      ObjectNode request = members.addTo(GatewayCall.object().put("appCode", code));
      return showKey(
          out, quiet, "application " + code + " created", call.post(APPLICATIONS, request));
    }
  }

  /** {@code m2mgate app list}. */
  @Command(
      name = "list",
      description = "Lists applications.",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      footer = {"", "Example:", "  m2mgate app list --json | jq -r .appCode"})
  static final class Applications extends ListCommand {
    Applications() {
      super(new Listing()
          .column("APP", 20, "/appCode")
          .column("ENABLED", 7, "/enabled")
          .column("NAME", 24, "/name")
          .column("CREATED", 24, "/created")
          .column("SCOPES", 0, "/scopes"));
    }

    @Override
    String path() {
      return APPLICATIONS;
    }

    @Override
    void narrow(Map<String, String> query) {
      // There is nothing to narrow it by.
    }
  }

  /** {@code m2mgate app show}. */
  @Command(
      name = "show",
      description = "Shows an application.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example:", "  m2mgate app show EC01"})
  static final class Show extends Act {
    @Override
    int run(GatewayCall call, PrintWriter out) throws IOException {
      return show(out, call.get(path(code)));
    }
  }

  /** {@code m2mgate app update}. */
  @Command(
      name = "update",
      description = "Changes what is named, and nothing else.",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      footer = {
        "",
        "Examples:",
        "  m2mgate app update EC01 --scopes data:read",
        "  m2mgate app update EC01 --enabled false        its keys are refused from then on",
        "  m2mgate app update EC01 --set relay:=null"
      })
  static final class Update extends Act {
    @Mixin
    private AppMembers members = new AppMembers();

    @Option(
        names = "--enabled",
        arity = "1",
        paramLabel = "true|false",
        description = "Whether its keys are taken.")
    private Optional<Boolean> enabled = Optional.empty();

    @Override
    int run(GatewayCall call, PrintWriter out) throws IOException {
      ObjectNode patch = members.addTo(GatewayCall.object());
      enabled.ifPresent(flag -> patch.put("enabled", flag));
      return show(out, call.patch(path(code), patch, Map.of()));
    }
  }

  /** {@code m2mgate app delete}. */
  @Command(
      name = "delete",
      description = "Removes an application that no terminal is bound to, with its keys.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example:", "  m2mgate app delete EC01"})
  static final class Delete extends Act {
    @Override
    int run(GatewayCall call, PrintWriter out) throws IOException {
      call.delete(path(code));
      return tell(out, "deleted", GatewayCall.object().put("deleted", code));
    }
  }
}
