package io.m2mgate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code m2mgate app key}: the parent of what is done with one key of an application. */
@Command(
    name = "key",
    description = "Makes, rotates and removes keys of an application.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      AppKeyCommand.Create.class,
      AppKeyCommand.Rotate.class,
      AppKeyCommand.Delete.class
    },
    footer = {
      "",
      "Examples:",
      "  m2mgate app key create EC01 --name billing --quiet > billing.key",
      "  m2mgate app key rotate EC01 abcdefghijkl --overlap PT1H",
      "  m2mgate app key delete EC01 abcdefghijkl"
    })
final class AppKeyCommand implements Runnable {
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command: create, rotate or delete");
  }

  private static String path(String code) {
    return AppCommand.path(code) + "/keys";
  }

  private static String path(String code, String keyId) {
    return path(code) + "/" + GatewayCall.encoded(keyId);
  }

  /** {@code m2mgate app keys}. */
  @Command(
      name = "keys",
      description = "Lists the keys of an application, without their secrets.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example:", "  m2mgate app keys EC01"})
  static final class Keys extends AppCommand.Act {
    private static final Listing KEYS = new Listing()
        .column("KEY", 12, "/keyId")
        .column("NAME", 20, "/name")
        .column("CREATED", 24, "/created")
        .column("LAST USED", 24, "/lastUsed")
        .column("EXPIRES", 24, "/expires")
        .column("SCOPES", 0, "/scopes");

    @Override
    int run(GatewayCall call, PrintWriter out) throws IOException {
      KEYS.print(call.get(path(code)).path("items"), out, output.json());
      return Main.DONE;
    }
  }

  /** {@code m2mgate app key create}. */
  @Command(
      name = "create",
      description = "Makes another key and prints it, this once.",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      footer = {
        "",
        "Examples:",
        "  m2mgate app key create EC01 --quiet > EC01.key",
        "  m2mgate app key create EC01 --name dashboard --scopes data:read --expires-in P90D"
      })
  static final class Create extends AppCommand.Act {
    @Option(names = "--name", paramLabel = "TEXT", description = "For people.")
    private Optional<String> name = Optional.empty();

    @Option(
        names = "--expires-in",
        paramLabel = "DURATION",
        description = "How long it is good, as in P90D; for ever unless told.")
    private Optional<String> expiresIn = Optional.empty();

    @Option(
        names = "--scopes",
        paramLabel = "SCOPE,…",
        split = ",",
        description = "What it may do, of what the application may; all of that unless told.")
    private List<String> scopes = List.of();

    @Option(names = "--quiet", description = "Print the key and nothing else.")
    private boolean quiet;

    @Override
    int run(GatewayCall call, PrintWriter out) throws IOException {
      ObjectNode request = GatewayCall.object();
      name.ifPresent(text -> request.put("name", text));
      expiresIn.ifPresent(text -> request.put("expiresIn", text));
      scopes.forEach(scope -> request.withArray("scopes").add(scope));
      JsonNode made = call.post(path(code), request);
      return showKey(out, quiet, "key " + made.path("keyId").asText() + " created", made);
    }
  }

  /** {@code m2mgate app key rotate}. */
  @Command(
      name = "rotate",
      description = {
        "Makes a key in place of another and prints it, this once. The other one is good for as long",
        "as they overlap, so that its users can change over."
      },
      mixinStandardHelpOptions = true,
      sortOptions = false,
      footer = {
        "",
        "Example:",
        "  m2mgate app key rotate EC01 abcdefghijkl --overlap PT1H --quiet > EC01.key"
      })
  static final class Rotate extends AppCommand.Act {
    @Parameters(paramLabel = "KEY", description = "The id of the key that is to end.")
    private String keyId = "";

    @Option(
        names = "--overlap",
        paramLabel = "DURATION",
        description = "How long the old key stays good, as in PT24H, which it is unless told.")
    private Optional<String> overlap = Optional.empty();

    @Option(names = "--quiet", description = "Print the key and nothing else.")
    private boolean quiet;

    @Override
    int run(GatewayCall call, PrintWriter out) throws IOException {
      ObjectNode request = GatewayCall.object();
      overlap.ifPresent(text -> request.put("overlap", text));
      JsonNode made = call.post(path(code, keyId) + "/rotate", request);
      String what = "key " + made.path("keyId").asText() + " takes the place of " + keyId;
      return showKey(out, quiet, what, made);
    }
  }

  /** {@code m2mgate app key delete}. */
  @Command(
      name = "delete",
      description = "Removes a key: it is refused at once, and what was opened with it ends.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example:", "  m2mgate app key delete EC01 abcdefghijkl"})
  static final class Delete extends AppCommand.Act {
    @Parameters(paramLabel = "KEY", description = "The key's id.")
    private String keyId = "";

    @Override
    int run(GatewayCall call, PrintWriter out) throws IOException {
      call.delete(path(code, keyId));
      return tell(out, "deleted", GatewayCall.object().put("deleted", keyId));
    }
  }
}
