package io.m2mgate.cli;

import io.m2mgate.cli.bench.BenchCommand;
import io.m2mgate.cli.simulate.SimulateCommand;
import io.m2mgate.config.SettingProblem;
import io.m2mgate.config.SettingsException;
import io.m2mgate.ops.StartFault;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The entry point of the jar: finds the subcommand and turns its failure into a line and an exit code. */
@Command(
    name = "m2mgate",
    description = "The gateway between M2M terminals (GB/Z 41383-2022) and applications.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "[COMMAND]",
    footer = {
      "",
      "Without a command, the gateway runs.",
      "",
      "Examples:",
      "  m2mgate                                  run with defaults, or conf/m2mgate.yaml",
      "  m2mgate run --set terminal.tcp.port=0    run on any free port",
      "  m2mgate check --conf conf/m2mgate.yaml   show every setting and where it comes from",
      "  m2mgate COMMAND --help                   what a command can do",
      "",
      "Exit codes: 0 done, 1 failed or refused, 2 bad settings or options, 3 no gateway was reached."
    })
public final class Main {
  /** Everything worked. */
  static final int DONE = 0;

  /** What was asked for could not be done. */
  static final int FAILED = 1;

  /** The options or settings are wrong; nothing was started. */
  static final int BAD_SETTINGS = 2;

  /** No gateway answered where it was looked for. */
  static final int UNREACHABLE = 3;

  private static final int HELP_WIDTH = 110;

  private static final List<Class<?>> COMMANDS = List.of(
      RunCommand.class,
      CheckCommand.class,
      AppCommand.class,
      TerminalCommand.class,
      TerminalsCommand.class,
      EventsCommand.class,
      UpgradeCommand.class,
      SmsCommand.class,
      TraceCommand.class,
      DiagCommand.class,
      RekeyCommand.class,
      DecodeCommand.class,
      SimulateCommand.class,
      BenchCommand.class,
      AutoComplete.GenerateCompletion.class);

  private Main() {}

  public static void main(String[] args) {
    String[] withCommand = withCommand(args);
    System.exit(commandLine(withCommand).execute(withCommand));
  }

  /** Knows all commands, or the one that the arguments name: the options of the others are a tenth of the gateway's start. */
  static CommandLine commandLine(String... args) {
    var commandLine = new CommandLine(new Main());
    String first = args.length == 0 ? "" : args[0];
    List<Class<?>> named = COMMANDS.stream()
        .filter(it -> nameOf(it).equals(first) && it != AutoComplete.GenerateCompletion.class)
        .toList();
    (named.isEmpty() ? COMMANDS : named).forEach(commandLine::addSubcommand);
    commandLine.setUsageHelpWidth(HELP_WIDTH);
    // An option may name a file so, and says then what it reads in it.
    commandLine.setExpandAtFiles(false);
    commandLine.setExecutionExceptionHandler(
        (failure, command, parsed) -> explain(failure, command));
    return commandLine;
  }

  private static String nameOf(Class<?> command) {
    return command.getAnnotation(Command.class).name();
  }

  /** The arguments with {@code run} in front when they name no command. */
  static String[] withCommand(String... args) {
    String first = args.length == 0 ? "" : args[0];
    boolean named = !first.isEmpty() && !first.startsWith("-");
    boolean answeredHere = List.of("-h", "--help", "-V", "--version").contains(first);
    return named || answeredHere
        ? args
        : Stream.concat(Stream.of("run"), Stream.of(args)).toArray(String[]::new);
  }

  private static int explain(Exception failure, CommandLine command) {
    var err = command.getErr();
    if (failure instanceof SettingsException settings) {
      err.println("m2mgate: the settings are not valid, nothing was started");
      for (SettingProblem problem : settings.problems()) {
        err.println("  " + problem);
      }
      err.flush();
      return BAD_SETTINGS;
    }
    String message =
        failure instanceof StartFault ? failure.getMessage() : StartFault.reason(failure);
    err.println("m2mgate " + command.getCommandName() + ": " + message);
    err.flush();
    LoggerFactory.getLogger("io.m2mgate.ops.Start").debug("the failure in full", failure);
    return failure instanceof Unreachable ? UNREACHABLE : FAILED;
  }

  /** The version of the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"m2mgate " + (version == null ? "development" : version)};
    }
  }
}
