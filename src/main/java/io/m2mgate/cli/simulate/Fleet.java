package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.SecurityOptions.Renewal;
import io.m2mgate.dictionary.Dictionary;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * Terminals and the application that reads them, from provisioning to the report. Its event loop owns the course of the run;
 * {@link #progress}, {@link #stop} and {@link #report} may be called by any thread.
 */
public final class Fleet {
  private static final long WATCH_MILLIS = 20;
  private static final long KEEP_MILLIS = 1_000;
  private static final long RAMP_SLACK_SECONDS = 60;
  /** Longer than a gateway that found nobody waits before it tries again. */
  private static final long BIND_SECONDS = 90;

  private final Vertx vertx;
  private final Context context;
  private final FleetOptions options;
  private final Ledger ledger;
  private final Roster roster;
  private final Optional<KeptSecrets> kept;
  private final List<Shard> shards;
  private final ApplicationReader reader;
  private final Optional<CommandLoad> commands;
  private boolean commandsOver;
  private final Optional<Rollout> rollout;
  private final Optional<SimulatedCentre> centre;
  private boolean rolloutOver;
  private final Promise<FleetReport> report = Promise.promise();
  private volatile Phase phase = Phase.PROVISIONING;
  private volatile boolean stopped;
  private final List<String> deployments = new ArrayList<>();
  private double onlineSeconds;
  private double provisioningSeconds;

  /** Where a run is. */
  public enum Phase {
    PROVISIONING,
    CONNECTING,
    SENDING,
    DRAINING,
    SETTLING,
    DONE
  }

  /** A look at a run, a moment old. */
  public record Progress(
      Phase phase,
      int online,
      int failed,
      int inFlight,
      long sent,
      long acknowledged,
      long refused,
      long repeated,
      long reconnects,
      long sessionsLost,
      long delivered,
      String readerProblem) {}

  private Fleet(
      Vertx vertx,
      FleetOptions options,
      Optional<KeptSecrets> kept,
      int loops,
      Optional<SimulatedCentre> centre) {
    this.vertx = vertx;
    this.centre = centre;
    this.context = vertx.getOrCreateContext();
    this.options = options;
    int run = ThreadLocalRandom.current().nextInt();
    int count = Math.max(1, Math.min(loops, options.terminals()));
    Dictionary dictionary = Dictionary.load();
    this.ledger = new Ledger(readsBack() ? options.terminals() : 0);
    this.roster = new Roster(options, kept.map(KeptSecrets::found).orElse(Map.of()));
    this.kept = kept;
    var plan = new CommandPlan(options);
    var executions = new Executions(run, plan.count());
    this.commands = plan.count() > 0
        ? Optional.of(new CommandLoad(options, plan, roster, executions, run))
        : Optional.empty();
    this.commandsOver = commands.isEmpty();
    this.rollout = options.rollout().bytes() > 0
        ? Optional.of(new Rollout(options, roster, run))
        : Optional.empty();
    this.rolloutOver = rollout.isEmpty();
    this.shards = IntStream.range(0, count)
        .mapToObj(number ->
            new Shard(options, dictionary, roster, ledger, executions, centre, run, number, count))
        .toList();
    this.reader = new ApplicationReader(options, ledger, run);
  }

  /**
   * Begins a run on so many event loops.
   *
   * @throws UncheckedIOException when there is a file of kept secrets that cannot be read
   */
  public static Fleet start(Vertx vertx, FleetOptions options, int loops) {
    return start(vertx, options, loops, Optional.empty());
  }

  /** @param centre that carries the frames of terminals which live by messages; the gateway binds to it */
  public static Fleet start(
      Vertx vertx, FleetOptions options, int loops, Optional<SimulatedCentre> centre) {
    var fleet = new Fleet(vertx, options, kept(options), loops, centre);
    fleet.context.runOnContext(go -> fleet.run().onComplete(fleet.report));
    return fleet;
  }

  private static Optional<KeptSecrets> kept(FleetOptions options) {
    try {
      Optional<Path> file = options.security().keep();
      return file.isPresent()
          ? Optional.of(KeptSecrets.open(file.get(), options.app()))
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  public Progress progress() {
    Tally all = tally();
    return new Progress(
        phase,
        all.online,
        all.failed,
        all.inFlight,
        all.sent,
        all.acknowledged,
        all.refused(),
        all.repeated,
        all.reconnects,
        all.sessionsLost,
        reader.published(),
        reader.problem());
  }

  /** Under which the gateway knows one of the terminals, which are counted from 0. */
  public String serial(int terminal) {
    return roster.identity(terminal).serial();
  }

  /** Ends the sending; the report follows when everything is answered and delivered, or patience ends. */
  public void stop() {
    stopped = true;
  }

  public Future<FleetReport> report() {
    return report.future();
  }

  private Tally tally() {
    var all = new Tally();
    shards.forEach(shard -> all.add(shard.published()));
    return all;
  }

  private Future<FleetReport> run() {
    var client = new AdminClient(vertx, options.target());
    var provisioning = new Provisioning(client, options, roster);
    long began = System.nanoTime();
    long keeping = vertx.setPeriodic(KEEP_MILLIS, timer -> keep());
    return (options.load().mode() == Mode.ECHO ? Future.succeededFuture() : provisioning.create())
        .onSuccess(done -> provisioningSeconds = (System.nanoTime() - began) / 1e9)
        .compose(done -> readsBack() ? deploy(reader) : Future.succeededFuture())
        .compose(done -> commands.isPresent() ? deploy(commands.get()) : Future.succeededFuture())
        .compose(done -> rollout.isPresent() ? deploy(rollout.get()) : Future.succeededFuture())
        .compose(done -> reach())
        .compose(done -> connect())
        .compose(done -> send(provisioning))
        .compose(done -> each(Phase.DRAINING, Shard::drain))
        .compose(done -> each(Phase.SETTLING, Shard::leave))
        .compose(done -> emptied())
        .compose(done -> readsBack() ? reader.settle() : Future.succeededFuture())
        .compose(
            done -> options.finish().delete() ? provisioning.delete() : Future.succeededFuture())
        .map(done -> summarise())
        .eventually(this::keep)
        .onComplete(ended -> vertx.cancelTimer(keeping))
        .eventually(client::close)
        .eventually(this::undeploy);
  }

  private boolean readsBack() {
    return options.load().mode() == Mode.DATA;
  }

  /** Done when the gateway has bound to the centre, where there is one. */
  private Future<Void> reach() {
    return centre
        .map(
            it -> it.bound()
                .timeout(BIND_SECONDS, TimeUnit.SECONDS)
                .recover(
                    never -> Future.failedFuture(
                        "no gateway bound to the message centre on port "
                            + it.port() + " within " + BIND_SECONDS
                            + " s; is it run with sms.enabled=true, sms.smpp.host, sms.smpp.port and sms.smpp.systemId?")))
        .orElseGet(Future::succeededFuture);
  }

  /** Done when the gateway has acknowledged all that the centre has for it, or patience ends. */
  private Future<Void> emptied() {
    if (centre.isEmpty()) {
      return Future.succeededFuture();
    }
    long deadline = System.nanoTime() + options.finish().patience().toNanos();
    return when(() -> centre.get().isEmpty() || System.nanoTime() - deadline >= 0);
  }

  private Future<Void> connect() {
    phase = Phase.CONNECTING;
    int probes = Math.min(options.bearers().probes(), options.terminals());
    return Future.join(shards.stream().map(this::deploy).toList())
        .compose(deployed -> come(true, probes))
        .compose(online -> {
          long began = System.nanoTime();
          return come(false, options.terminals())
              .onSuccess(all -> onlineSeconds = (System.nanoTime() - began) / 1e9);
        });
  }

  /** Some come; done when so many are online or given up, or when that takes too long. */
  private Future<Void> come(boolean probes, int expected) {
    shards.forEach(shard -> shard.comes(probes));
    long slack = expected / Math.max(1, options.connectionsPerSecond()) + RAMP_SLACK_SECONDS;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(slack);
    return when(() -> {
      Tally all = tally();
      return stopped || all.arrived + all.failed >= expected || System.nanoTime() - deadline >= 0;
    });
  }

  /** What changed of the secrets goes to their file. */
  private Future<Void> keep() {
    if (kept.isEmpty() || !roster.changed()) {
      return Future.succeededFuture();
    }
    return vertx
        .<Void>executeBlocking(() -> {
          kept.get().save(roster.all());
          return null;
        })
        .onFailure(failure -> roster.notKept());
  }

  private Future<Void> send(Provisioning provisioning) {
    phase = Phase.SENDING;
    long nanos = options.load().duration().toNanos();
    long deadline = System.nanoTime() + nanos;
    shards.forEach(Shard::send);
    commands.ifPresent(it -> it.run().onComplete(over -> commandsOver = true));
    rollout.ifPresent(this::rollOut);
    boolean rotates =
        options.security().renewal().filter(Renewal.PLATFORM::equals).isPresent();
    return (rotates ? provisioning.rotate() : Future.<Void>succeededFuture())
        .compose(done -> sent(nanos, deadline));
  }

  private void rollOut(Rollout upgrades) {
    upgrades.run(() -> shards.forEach(shard -> shard.rollout(true))).onComplete(over -> {
      shards.forEach(shard -> shard.rollout(false));
      rolloutOver = true;
    });
  }

  private Future<Void> sent(long nanos, long deadline) {
    boolean limited =
        nanos > 0 || options.load().messages() > 0 || commands.isEmpty() && rollout.isEmpty();
    return when(() -> stopped
        || commandsOver
            && rolloutOver
            && (!limited || nanos > 0 && System.nanoTime() - deadline >= 0 || exhausted()));
  }

  /** The quota of messages is used up. */
  private boolean exhausted() {
    return options.load().messages() > 0 && tally().sent >= options.load().messages();
  }

  private Future<Void> when(BooleanSupplier condition) {
    Promise<Void> reached = Promise.promise();
    vertx.setPeriodic(WATCH_MILLIS, timer -> {
      if (condition.getAsBoolean()) {
        vertx.cancelTimer(timer);
        reached.complete();
      }
    });
    return reached.future();
  }

  private Future<Void> each(Phase next, Function<Shard, Future<Void>> step) {
    phase = next;
    return Future.join(shards.stream().map(step).toList()).mapEmpty();
  }

  private FleetReport summarise() {
    phase = Phase.DONE;
    var exchange = new Histogram(Shard.LONGEST_MICROS, 3);
    var beats = new Histogram(Shard.LONGEST_MICROS, 3);
    shards.forEach(shard -> {
      exchange.add(shard.times().exchanges());
      beats.add(shard.times().beats());
    });
    Tally all = tally();
    return FleetReport.of(
        options,
        all,
        onlineSeconds,
        ledger.close(),
        exchange,
        reader.endToEndMicros(),
        BearingReport.of(
            options.bearers(),
            provisioningSeconds,
            FleetReport.Latency.of(beats),
            all,
            centre.map(SimulatedCentre::report)),
        commands.map(it -> it.verdict().report(all)),
        rollout.map(it -> report(it, all)));
  }

  private RolloutReport report(Rollout upgrades, Tally all) {
    var before = new Histogram(Shard.LONGEST_MICROS, 3);
    var beside = new Histogram(Shard.LONGEST_MICROS, 3);
    shards.forEach(shard -> shard.times().bystanders().addTo(before, beside));
    return RolloutReport.of(
        upgrades, all.downloads, FleetReport.Latency.of(before), FleetReport.Latency.of(beside));
  }

  private Future<String> deploy(VerticleBase verticle) {
    return vertx.deployVerticle(verticle).onSuccess(deployments::add);
  }

  private Future<Void> undeploy() {
    return Future.join(deployments.stream().map(vertx::undeploy).toList()).mapEmpty();
  }
}
