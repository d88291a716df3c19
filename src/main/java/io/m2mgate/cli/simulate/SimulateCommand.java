package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.FleetOptions.Finish;
import io.m2mgate.cli.simulate.FleetOptions.Load;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.FleetOptions.Persona;
import io.m2mgate.cli.simulate.FleetOptions.Retry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code m2mgate simulate}: a fleet of terminals, and the application that counts what arrives. */
@Command(
    name = "simulate",
    description = {
      "Runs terminals against a gateway and reads their readings back as their application.",
      "Counts both sides: what was acknowledged must be delivered, once, in order."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footer = {
      "",
      "Examples:",
      "  m2mgate simulate                                  ten terminals, a reading a second each, until Ctrl-C",
      "  m2mgate simulate --terminals 1000 --total-rate 500 --duration 1m",
      "  m2mgate simulate --terminals 200 --rate 0 --pipeline 16 --duration 30s    as fast as it goes",
      "  m2mgate simulate --mode trap --terminals 500 --rate 0 --pipeline 16 --duration 20s",
      "  m2mgate simulate --terminals 50 --retry mixed --timeout 2s --messages 10000 --json",
      "  m2mgate simulate --register 0 --encrypt --keep fleet.ndjson --messages 100   keep what they are given",
      "  m2mgate simulate --encrypt --keep fleet.ndjson --rotate platform --messages 100   go on, and rotate",
      "  m2mgate simulate --encrypt --cipher sm4 --mac hmac-sm3 --rotate ask-encrypted --clear --messages 100",
      "  m2mgate simulate --misbehave wrong-digest,replay --misbehave-share 0.2 --duration 1m",
      "  m2mgate simulate --terminals 200 --mode trap --rate 0.01 --commands-each 3 --timeout 2s \\",
      "      --persona slow=0.1,lossy+reconnects+same-sequence-drops=0.5,dead=0.05",
      "  m2mgate simulate --bearer udp --terminals 200000 --rate 0.001 --connections-per-second 5000 --heartbeat-probe 100",
      "  m2mgate simulate --bearer udp --terminals 200 --persona lossy+rebinds=1 --loss 0.05 --duplicates 0.05 \\",
      "      --reorders 0.05 --rebind-every 5s --timeout 1s --messages 2000",
      "  m2mgate simulate --bearer sms --terminals 20 --rate 0.1 --persona lossy=0.5 --timeout 5s --messages 100",
      "  m2mgate simulate --terminals 2500 --total-rate 500 --upgrade-bytes 1000000 --upgrade-share 0.8",
      "",
      "Terminals are made known with the secrets of their seed. Where an earlier run changed them, the next",
      "one needs --keep; without it, options that touch secrets set the records back to those of the seed.",
      "",
      "Exit code 0: nothing acknowledged was lost, duplicated without a mark, or out of order, and every",
      "terminal came through what it was to do; of commands: all ended in time, none that was called done was not, and",
      "none was done twice by a terminal that drops repeats; of an upgrade: every terminal has it. 1: not so. 2: bad options."
    })
public final class SimulateCommand implements Callable<Integer> {
  private static final int CLEAN = 0;
  private static final int NOT_CLEAN = 1;

  @Spec
  private CommandSpec spec;

  @Option(
      names = "--data-dir",
      defaultValue = "data",
      description =
          "The gateway's data directory, with endpoints.json and admin.key (default: ${DEFAULT-VALUE}).")
  private Path dataDir;

  @Option(
      names = "--endpoint",
      arity = "1",
      description =
          "An address instead of that in the directory: tcp://host:port, udp://host:port or http://host:port; repeatable.")
  private List<URI> endpoints = List.of();

  @Option(
      names = "--admin-key-file",
      description = "The administrator's key, where it is not in the directory.")
  private Optional<Path> adminKeyFile = Optional.empty();

  @Option(
      names = "--app",
      defaultValue = "SIM",
      description =
          "The application of the terminals; created when missing (default: ${DEFAULT-VALUE}).")
  private String app;

  @Option(
      names = "--terminals",
      defaultValue = "10",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private int terminals;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description =
          "Decides identities and passwords; the same seed is the same fleet (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--mode",
      defaultValue = "data",
      converter = ModeConverter.class,
      description =
          "What is exchanged: data, trap (empty CONFIG_TRAP), heartbeat, or login (LOGOUT, LOGIN and its trap)"
              + " (default: ${DEFAULT-VALUE}).")
  private Mode mode;

  @Option(
      names = "--rate",
      defaultValue = "1",
      description = "Exchanges a second of each terminal; 0 = as fast as they are answered"
          + " (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--total-rate",
      defaultValue = "0",
      description = "Exchanges a second over the whole fleet; takes the place of --rate.")
  private double totalRate;

  @Option(
      names = "--duration",
      defaultValue = "0",
      converter = SpanConverter.class,
      description =
          "How long to send once everybody is online: 30s, 5m, 1h; 0 = until Ctrl-C or --messages.")
  private Duration duration;

  @Option(
      names = "--messages",
      defaultValue = "0",
      description = "How many exchanges in all; 0 = no limit.")
  private long messages;

  @Option(
      names = "--payload-bytes",
      defaultValue = "67",
      description =
          "Bytes of a reading, at least 22 (default: ${DEFAULT-VALUE}: frames of 128 bytes).")
  private int payloadBytes;

  @Option(
      names = "--pipeline",
      defaultValue = "1",
      description =
          "Exchanges that a terminal has open at once; fielded ones have 1 (default: ${DEFAULT-VALUE}).")
  private int pipeline;

  @Option(
      names = "--retry",
      defaultValue = "same",
      converter = RetryConverter.class,
      description =
          "How a terminal repeats: same (bytes), new (sequence) or mixed (default: ${DEFAULT-VALUE}).")
  private Retry retry;

  @Option(
      names = "--timeout",
      defaultValue = "15s",
      converter = SpanConverter.class,
      description = "When it repeats (default: ${DEFAULT-VALUE}).")
  private Duration timeout;

  @Option(
      names = "--heartbeat",
      defaultValue = "90s",
      converter = SpanConverter.class,
      description = "When a silent terminal beats; 0 = never (default: ${DEFAULT-VALUE}).")
  private Duration heartbeat;

  @Option(
      names = "--connections-per-second",
      defaultValue = "500",
      description = "How fast terminals connect (default: ${DEFAULT-VALUE}).")
  private int connectionsPerSecond;

  @Option(names = "--logout", description = "Terminals say LOGOUT at the end.")
  private boolean logout;

  @Option(
      names = "--delete",
      description = "Deletes the terminals at the end; without it they are kept for the next run.")
  private boolean delete;

  @Option(
      names = "--patience",
      defaultValue = "30s",
      converter = SpanConverter.class,
      description =
          "How long to wait at the end for answers and deliveries (default: ${DEFAULT-VALUE}).")
  private Duration patience;

  @Option(
      names = "--loops",
      defaultValue = "0",
      description = "Event loops; 0 = one for each core.")
  private int loops;

  @Mixin
  private SecurityFlags security = new SecurityFlags();

  @Mixin
  private FieldFlags field = new FieldFlags();

  @Mixin
  private BearerFlags bearers = new BearerFlags();

  @Mixin
  private RolloutFlags rollout = new RolloutFlags();

  @Option(names = "--json", description = "The summary as JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException, ExecutionException, InterruptedException {
    FleetOptions options = options();
    int threads = loops > 0 ? loops : Runtime.getRuntime().availableProcessors();
    // What is deployed from a loop lands on the others: one more, for the course of the run.
    Vertx vertx = Vertx.vertx(
        new VertxOptions().setEventLoopPoolSize(threads + 1).setPreferNativeTransport(true));
    try {
      if (!options.bare()) {
        return run(vertx, options, threads, Optional.empty());
      }
      try (SimulatedCentre centre = SimulatedCentre.open(bearers.smscPort())) {
        spec.commandLine().getErr().println("short message centre on port " + centre.port());
        return run(vertx, options, threads, Optional.of(centre));
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private int run(Vertx vertx, FleetOptions options, int loops, Optional<SimulatedCentre> centre)
      throws ExecutionException, InterruptedException {
    FleetReport report = follow(Fleet.start(vertx, options, loops, centre), options);
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? ReportText.json(report) : ReportText.text(report).stripTrailing());
    out.flush();
    return report.clean() ? CLEAN : NOT_CLEAN;
  }

  private FleetOptions options() throws IOException {
    check(terminals >= 1 && terminals <= SimulatedIdentity.MOST, "--terminals", "1 to 1000000");
    check(rate >= 0 && totalRate >= 0, "--rate", "0 or more");
    check(pipeline >= 1 && pipeline <= 64, "--pipeline", "1 to 64");
    check(
        payloadBytes >= Reading.MIN_BYTES && payloadBytes <= 60_000,
        "--payload-bytes",
        "22 to 60000");
    check(connectionsPerSecond >= 1, "--connections-per-second", "1 or more");
    check(app.matches("[A-Za-z0-9._-]{1,20}"), "--app", "1 to 20 of A-Z a-z 0-9 . _ -");
    security
        .problem()
        .or(field::problem)
        .or(bearers::problem)
        .or(() -> bearers.problem(security.options()))
        .or(rollout::problem)
        .ifPresent(problem -> {
          throw new ParameterException(spec.commandLine(), problem);
        });
    int first = bearers.first(terminals, 0);
    int count = bearers.first(terminals, 1) - first;
    check(count > 0, "--of", "so many processes that each has a terminal");
    double total = totalRate > 0 ? totalRate : rate * count;
    boolean datagrams =
        bearers.options().bearer() == Bearer.UDP || field.field().switches();
    var run = new FleetOptions(
        RunningGateway.find(dataDir, endpoints, adminKeyFile, datagrams),
        app,
        count,
        seed,
        new Load(mode, total, duration, messages, payloadBytes, pipeline),
        new Persona(retry, timeout, Persona.DEFAULT.sends(), heartbeat),
        connectionsPerSecond,
        new Finish(logout, delete, patience),
        security.options(),
        field.field(),
        field.commands(),
        rollout.options(),
        bearers.options(),
        first);
    bearers.problem(run).ifPresent(problem -> {
      throw new ParameterException(spec.commandLine(), problem);
    });
    return run;
  }

  private void check(boolean right, String option, String valid) {
    if (!right) {
      throw new ParameterException(spec.commandLine(), option + ": valid is " + valid);
    }
  }

  /** Prints a line a second until the report is there. Ctrl-C ends the sending, not the counting. */
  private FleetReport follow(Fleet fleet, FleetOptions options)
      throws ExecutionException, InterruptedException {
    CompletableFuture<FleetReport> report =
        fleet.report().toCompletionStage().toCompletableFuture();
    var printed = new CompletableFuture<Void>();
    var interrupted = new Thread(() -> {
      fleet.stop();
      printed
          .completeOnTimeout(null, patience.toMillis(), TimeUnit.MILLISECONDS)
          .join();
    });
    Runtime.getRuntime().addShutdownHook(interrupted);
    try (var line = new ProgressLine(spec.commandLine().getErr())) {
      Fleet.Progress before = fleet.progress();
      while (true) {
        try {
          return report.get(1, TimeUnit.SECONDS);
        } catch (TimeoutException notYet) {
          Fleet.Progress now = fleet.progress();
          line.show(ReportText.progress(now, before, options));
          before = now;
        }
      }
    } finally {
      printed.completeAsync(
          () -> null, CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS));
    }
  }

  private static <E extends Enum<E>> E word(Class<E> type, String text) {
    for (E value : type.getEnumConstants()) {
      if (value.name().equalsIgnoreCase(text)) {
        return value;
      }
    }
    String valid = Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT);
    throw new TypeConversionException("'" + text + "' is none of " + valid);
  }

  private static final class ModeConverter implements ITypeConverter<Mode> {
    @Override
    public Mode convert(String text) {
      return word(Mode.class, text);
    }
  }

  private static final class RetryConverter implements ITypeConverter<Retry> {
    @Override
    public Retry convert(String text) {
      return word(Retry.class, text);
    }
  }
}
