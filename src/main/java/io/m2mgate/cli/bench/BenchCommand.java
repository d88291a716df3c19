package io.m2mgate.cli.bench;

import io.m2mgate.cli.simulate.Bearer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code m2mgate bench}: measures a gateway of its own, or one that runs, and says what is missed. */
@Command(
    name = "bench",
    description = {
      "Measures a gateway that it starts itself, on a data directory of its own, beside a raw echo.",
      "Only ratios of one run mean something on a machine that does other things too."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footer = {
      "",
      "Examples:",
      "  m2mgate bench                                  all figures, about fifteen minutes",
      "  m2mgate bench --only exchange --rounds 5       one of them, more rounds",
      "  m2mgate bench --only uplink --store postgresql://user:password@localhost/m2mgate",
      "  m2mgate bench --only idle --terminals 15000",
      "  m2mgate bench --only udp --terminals 200000    datagrams beside a raw UDP echo; very many terminals",
      "  m2mgate bench --only login                     logins in clear, and with session keys",
      "  m2mgate bench --only command                   an application's request to a terminal and back",
      "  m2mgate bench --only download                  blocks of a file, in clear and encrypted",
      "  m2mgate bench --only delivery                  events to 1, 10 and 100 readers, beside Mosquitto",
      "  m2mgate bench --only uplink --data-dir data    load on a gateway that runs already",
      "  m2mgate bench --only exchange --java-option=-XX:StartFlightRecording=settings=profile,filename=a.jfr",
      "",
      "Exit codes: 0 measured, 1 measured and something was lost or a goal was missed, 2 bad options."
    })
public final class BenchCommand implements Callable<Integer> {

  /** What can be measured. */
  enum What {
    exchange,
    udp,
    uplink,
    login,
    command,
    download,
    delivery,
    idle,
    ready
  }

  private static final int MOST_TERMINALS = 200_000;
  private static final List<String> JAVA_OPTIONS = List.of("-XX:+UseG1GC", "-Xmx768m");

  @Spec
  private CommandSpec spec;

  @Option(
      names = "--only",
      split = ",",
      description = "One or more of: ${COMPLETION-CANDIDATES} (default: all).")
  private List<What> only = List.of();

  @Option(
      names = "--seconds",
      defaultValue = "6",
      description = "Length of one round (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "Rounds of each kind; the median counts (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--terminals",
      defaultValue = "5000",
      description =
          "Of the figures about idle terminals and login storms (default: ${DEFAULT-VALUE}).")
  private int terminals;

  @Option(
      names = "--store",
      description = "store.url of the gateway that is started (default: SQLite).")
  private Optional<String> store = Optional.empty();

  @Option(names = "--set", description = "A setting of the gateway that is started; repeatable.")
  private List<String> settings = List.of();

  @Option(
      names = "--java-option",
      description = "For the processes that are started, behind -XX:+UseG1GC -Xmx768m; repeatable.")
  private List<String> javaOptions = List.of();

  @Option(
      names = "--data-dir",
      description =
          "Data directory of a gateway that runs already: exchange, uplink, login and command only,"
              + " without its memory and processor time.")
  private Optional<Path> dataDir = Optional.empty();

  @Option(names = "--json", description = "The figures as JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    check(seconds >= 2 && seconds <= 3_600, "--seconds", "2 to 3600");
    check(rounds >= 1 && rounds <= 100, "--rounds", "1 to 100");
    check(terminals >= 2 && terminals <= MOST_TERMINALS, "--terminals", "2 to 200000");
    Set<What> wanted = only.isEmpty() ? EnumSet.allOf(What.class) : EnumSet.copyOf(only);
    if (dataDir.isPresent()) {
      wanted.removeAll(
          Arrays.asList(What.idle, What.udp, What.ready, What.download, What.delivery));
    }
    var options = new BenchOptions(
        Duration.ofSeconds(seconds),
        rounds,
        terminals,
        Runtime.getRuntime().availableProcessors(),
        store,
        settings,
        Stream.concat(JAVA_OPTIONS.stream(), javaOptions.stream()).toList(),
        dataDir.map(Path::toAbsolutePath));
    PrintWriter out = spec.commandLine().getOut();
    List<Figure> figures = measure(options, wanted, json ? new PrintWriter(System.err, true) : out);
    if (json) {
      out.println(BenchReport.json(options, figures));
      out.flush();
    }
    return figures.stream().allMatch(Figure::met) ? 0 : 1;
  }

  private void check(boolean right, String option, String valid) {
    if (!right) {
      throw new ParameterException(spec.commandLine(), option + ": valid is " + valid);
    }
  }

  private static List<Figure> measure(BenchOptions options, Set<What> wanted, PrintWriter out)
      throws IOException {
    out.println(BenchReport.machine() + "; " + options.rounds() + " rounds of "
        + options.time().toSeconds() + " s");
    out.flush();
    List<Figure> all = new ArrayList<>();
    for (What what : wanted) {
      Path home = Subject.temporaryHome();
      try {
        List<Figure> figures = measure(what, options, home);
        figures.forEach(figure -> out.println(figure.line()));
        out.flush();
        all.addAll(figures);
      } finally {
        Subject.delete(home);
      }
    }
    return all;
  }

  private static List<Figure> measure(What what, BenchOptions options, Path home)
      throws IOException {
    return switch (what) {
      case download -> Downloads.measure(options, home);
      case delivery -> DeliveryBench.measure(options, home);
      case ready -> ReadyTime.measure(options);
      case idle -> IdleTerminals.measure(options, home, Bearer.TCP);
      case udp -> datagrams(options, home);
      case uplink -> {
        try (Subject gateway = subject(options, home)) {
          yield DurableUplink.measure(options, gateway);
        }
      }
      case login -> {
        try (Subject gateway = subject(options.with(Logins.UNLIMITED), home)) {
          yield Logins.measure(options, gateway);
        }
      }
      case command -> {
        try (Subject gateway = subject(options, home)) {
          yield CommandTrips.measure(options, gateway);
        }
      }
      case exchange -> {
        try (Subject gateway = subject(options, home);
            Subject echo = Subject.echo(home, options, Bearer.TCP)) {
          yield Exchanges.measure(options, gateway, echo, Bearer.TCP);
        }
      }
    };
  }

  private static List<Figure> datagrams(BenchOptions options, Path home) throws IOException {
    BenchOptions unlimited = options.with(Logins.UNLIMITED);
    List<Figure> figures = new ArrayList<>();
    try (Subject gateway = Subject.gateway(home, unlimited);
        Subject echo = Subject.echo(home, unlimited, Bearer.UDP)) {
      figures.addAll(Exchanges.measure(unlimited, gateway, echo, Bearer.UDP));
    }
    figures.addAll(IdleTerminals.measure(unlimited, home, Bearer.UDP));
    return figures;
  }

  private static Subject subject(BenchOptions options, Path home) throws IOException {
    return options.running().isPresent()
        ? Subject.running(options.running().get())
        : Subject.gateway(home, options);
  }
}
