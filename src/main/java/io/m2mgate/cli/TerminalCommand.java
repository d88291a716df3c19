package io.m2mgate.cli;

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

/** {@code m2mgate terminal}: the parent of what is done with one terminal. */
@Command(
    name = "terminal",
    description = {
      "Terminals of a running gateway: their records, what they are asked, what they report. Many at once:",
      "m2mgate terminals."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      TerminalCommand.Create.class,
      TerminalCommand.Terminals.class,
      TerminalCommand.Show.class,
      TerminalCommand.Update.class,
      TerminalCommand.Delete.class,
      AskCommand.class,
      ParametersCommand.class,
      TerminalCommand.Alarms.class,
      TerminalEventsCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  m2mgate terminal list --app EC01 --state offline",
      "  m2mgate terminal command A972030000000001 control reboot --wait 30",
      "  m2mgate terminal parameters A972030000000001 heartbeat-interval=60",
      "  m2mgate terminal events A972030000000001 --types m2m.data.up",
      "",
      GatewayCommand.EXIT_CODES
    })
final class TerminalCommand implements Runnable {
  private static final String ADMINISTERED = "/v1/admin/terminals";
  private static final String TERMINALS = "/v1/terminals";

  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "name a command: create, list, show, update, delete, command, parameters, alarms or events");
  }

  static String path(String serial) {
    return TERMINALS + "/" + GatewayCall.encoded(serial);
  }

  private static String administered(String serial) {
    return ADMINISTERED + "/" + GatewayCall.encoded(serial);
  }

  /** What is done with one terminal. */
  abstract static class Act extends GatewayCommand {
    @Parameters(index = "0", paramLabel = "SERIAL", description = "The terminal's serial.")
    protected String serial = "";
  }

  /** {@code m2mgate terminal create}. */
  @Command(
      name = "create",
      description = "Provisions a terminal; --imei and --app are needed.",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      footer = {
        "",
        "Example:",
        "  m2mgate terminal create A972030000000001 --imei 860000000000001 --app EC01 \\",
        "    --uplink-password @uplink.txt --downlink-password @downlink.txt"
      })
  static final class Create extends Act {
    @Mixin
    private TerminalMembers members = new TerminalMembers();

    @Override
    int run(GatewayCall call, PrintWriter out) throws IOException {
      ObjectNode request = GatewayCall.object().put("serial", serial);
      return show(out, call.post(ADMINISTERED, members.addTo(request)));
    }
  }

  /** {@code m2mgate terminal list}. */
  @Command(
      name = "list",
      description = "Lists terminals in the order of their serials.",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      footer = {
        "",
        "Examples:",
        "  m2mgate terminal list --state online --limit 20",
        "  m2mgate terminal list --app EC01 --q A97203 --json | jq -r .serial",
        "",
        "--app needs the administrator's key; an application's key lists its own."
      })
  static final class Terminals extends ListCommand {
    @Mixin
    private TerminalFilters filters = new TerminalFilters();

    Terminals() {
      super(new Listing()
          .column("SERIAL", 16, "/serial")
          .column("APP", 12, "/app")
          .column("STATE", 8, "/state")
          .column("IMEI", 15, "/imei")
          .column("PROFILE", 12, "/profile")
          .column("HEARD", 0, "/heard"));
    }

    @Override
    String path() {
      return filters.ofApplication() ? ADMINISTERED : TERMINALS;
    }

    @Override
    void narrow(Map<String, String> query) {
      filters.addTo(query);
    }
  }

  /** {@code m2mgate terminal show}. */
  @Command(
      name = "show",
      description = "Shows a terminal: its record, whether it is there, what it said of itself.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example:", "  m2mgate terminal show A972030000000001"})
  static final class Show extends Act {
    @Override
    int run(GatewayCall call, PrintWriter out) throws IOException {
      return show(out, call.get(path(serial)));
    }
  }

  /** {@code m2mgate terminal update}. */
  @Command(
      name = "update",
      description = "Changes what is named of a terminal's record, and nothing else.",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      footer = {
        "",
        "Examples:",
        "  m2mgate terminal update A972030000000001 --enabled false",
        "  m2mgate terminal update A972030000000001 --app EC02 --if-match 3"
      })
  static final class Update extends Act {
    @Mixin
    private TerminalMembers members = new TerminalMembers();

    @Option(
        names = "--if-match",
        paramLabel = "REVISION",
        description = "Only if this is still its revision.")
    private Optional<Long> revision = Optional.empty();

    @Override
    int run(GatewayCall call, PrintWriter out) throws IOException {
      Map<String, String> headers =
          revision.map(it -> Map.of("If-Match", "\"" + it + "\"")).orElse(Map.of());
      ObjectNode patch = members.addTo(GatewayCall.object());
      return show(out, call.patch(administered(serial), patch, headers));
    }
  }

  /** {@code m2mgate terminal delete}. */
  @Command(
      name = "delete",
      description = "Removes a terminal; its open commands end cancelled, its events stay.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example:", "  m2mgate terminal delete A972030000000001"})
  static final class Delete extends Act {
    @Override
    int run(GatewayCall call, PrintWriter out) throws IOException {
      call.delete(administered(serial));
      return tell(out, "deleted", GatewayCall.object().put("deleted", serial));
    }
  }

  /** {@code m2mgate terminal alarms}. */
  @Command(
      name = "alarms",
      description = "Lists a terminal's alarms, newest first.",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      footer = {"", "Example:", "  m2mgate terminal alarms A972030000000001 --state open"})
  static final class Alarms extends ListCommand {
    @Parameters(paramLabel = "SERIAL", description = "The terminal's serial.")
    private String serial = "";

    @Option(names = "--state", paramLabel = "STATE", description = "Only open or cleared ones.")
    private Optional<String> state = Optional.empty();

    @Option(
        names = "--code",
        paramLabel = "CODE",
        description = "Only this one: its name, or four hex digits.")
    private Optional<String> code = Optional.empty();

    Alarms() {
      super(new Listing()
          .column("ALARM", 26, "/id")
          .column("STATE", 8, "/state")
          .column("CODE", 4, "/hex")
          .column("NAME", 24, "/name")
          .column("COUNT", -6, "/count")
          .column("RAISED", 24, "/raised")
          .column("CLEARED", 24, "/cleared")
          .column("SEEN BY", 0, "/ack/by"));
    }

    @Override
    String path() {
      return TerminalCommand.path(serial) + "/alarms";
    }

    @Override
    void narrow(Map<String, String> query) {
      state.ifPresent(text -> query.put("state", text));
      code.ifPresent(text -> query.put("code", text));
    }
  }
}
