package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.SecurityOptions.Renewal;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.security.BodyCiphers;
import io.netty.channel.epoll.Epoll;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.SocketAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * The terminals of one event loop: their clock, their pace and their counters. Everything but {@link #published} and the
 * methods that give a future belongs to that event loop.
 */
final class Shard extends VerticleBase {
  private static final long PACE_MILLIS = 2;
  private static final long FIRST_BACK_OFF_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int BACK_OFF_DOUBLINGS = 5;
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
  /** As many times faster than they came may terminals go. */
  private static final int HASTE = 4;

  private static final long FOR_EVER_NANOS = TimeUnit.DAYS.toNanos(365);
  static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(1);

  private final FleetOptions options;
  private final Dictionary dictionary;
  private final Ledger ledger;
  private final Executions executions;
  private final Optional<SimulatedCentre> centre;
  private final int run;
  private final int number;
  private final int shards;
  private final Tally tally = new Tally();
  private final Times times;
  private final Unsettled unsettled = new Unsettled();
  private final SplittableRandom random;
  private volatile Tally published = new Tally();
  private final Roster roster;
  private FrameForge forge;
  private PlatformFrames platform;
  private Misdeeds misdeeds;
  private List<SimulatedTerminal> terminals = List.of();
  private Pace pace;
  private NetClient client;
  private DatagramSockets sockets;
  private Connections connections;
  private DueWheel<Presence> wheel;
  private Addressees<SimulatedTerminal> addressees;
  private boolean probing = true;
  private Promise<Void> drained = Promise.promise();
  private Promise<Void> left = Promise.promise();
  private boolean draining;
  private boolean leaving;
  private int told;
  private int atTheDoor;
  private long deadlineNanos;

  Shard(
      FleetOptions options,
      Dictionary dictionary,
      Roster roster,
      Ledger ledger,
      Executions executions,
      Optional<SimulatedCentre> centre,
      int run,
      int number,
      int shards) {
    this.options = options;
    this.dictionary = dictionary;
    this.roster = roster;
    this.ledger = ledger;
    this.executions = executions;
    this.centre = centre;
    this.run = run;
    this.number = number;
    this.shards = shards;
    this.random = new SplittableRandom(options.seed() + number);
    this.times = new Times(options);
  }

  @Override
  public Future<?> start() throws Exception {
    var target = options.target().terminals();
    var gateway = SocketAddress.inetSocketAddress(target.getPort(), target.getHostString());
    BodyCiphers ciphers = new BodyCiphers(new SecureRandom(), options.terminals());
    forge = new FrameForge(dictionary, options, ciphers);
    platform = new PlatformFrames(dictionary, options, ciphers);
    client = vertx.createNetClient(
        new NetClientOptions().setConnectTimeout(CONNECT_TIMEOUT_MILLIS).setTcpNoDelay(true));
    misdeeds = new Misdeeds(
        vertx,
        client,
        gateway,
        dictionary.dialect(),
        forge,
        platform,
        options,
        random.split(),
        tally.security);
    long now = System.nanoTime();
    wheel = new DueWheel<>(now);
    addressees = new Addressees<>(options.first(), options.terminals());
    sockets = new DatagramSockets(
        ((ContextInternal) context).nettyEventLoop(),
        addressees,
        platform.decoder(),
        DatagramSockets.largest(options),
        tally.datagrams);
    connections = new Connections(
        client,
        gateway,
        platform.decoder(),
        sockets,
        new MessageLines(centre, roster, platform, context),
        tally,
        (double) options.connectionsPerSecond() / shards,
        now);
    terminals =
        new Crew(options, dictionary, executions, random).make(this, roster, number, shards, now);
    if (datagrams()) {
      terminals.forEach(it ->
          addressees.add(options.first() + it.index(), roster.keys(it.index()).serial(), it));
    }
    double rate = options.load().ratePerSecond() * terminals.size() / options.terminals();
    pace = new Pace(rate, share(options.load().messages()), tally);
    vertx.setPeriodic(DueWheel.SLOT_MILLIS, timer -> tick(System.nanoTime()));
    if (paced()) {
      vertx.setPeriodic(PACE_MILLIS, timer -> pace.tick(terminals, System.nanoTime()));
    }
    return datagrams()
        ? sockets.open(
            options.target().datagrams().orElseThrow(),
            options.bearers().socketsFor(terminals.size()),
            vertx.isNativeTransportEnabled() && Epoll.isAvailable())
        : Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    sockets.close();
    return Future.succeededFuture();
  }

  private long share(long total) {
    if (total == 0) {
      return Long.MAX_VALUE;
    }
    long before = total * Math.min(number, shards) / shards;
    return total * (number + 1) / shards - before;
  }

  // What the outside asks of it

  /** A copy of the counters, a moment old. Any thread. */
  Tally published() {
    return published;
  }

  /** Terminals begin to come: those that probe, or all others. */
  void comes(boolean probes) {
    context.runOnContext(go -> {
      for (SimulatedTerminal terminal : terminals) {
        if (terminal.index() < options.bearers().probes() == probes) {
          terminal.wake();
        }
      }
    });
  }

  /** Terminals that are online begin to send. */
  void send() {
    context.runOnContext(go -> {
      probing = false;
      long now = System.nanoTime();
      pace.begin(now);
      terminals.forEach(SimulatedTerminal::release);
      for (SimulatedTerminal terminal : terminals) {
        terminal.fill(now);
        terminal.flush(now);
      }
    });
  }

  /** Nothing new is sent; done when all is answered, or patience ends. */
  Future<Void> drain() {
    context.runOnContext(go -> {
      pace.end();
      draining = true;
      deadlineNanos = System.nanoTime() + options.finish().patience().toNanos();
    });
    return drained.future();
  }

  /** Everybody goes; nothing is acknowledged from then on. */
  Future<Void> leave() {
    context.runOnContext(go -> {
      leaving = true;
      long now = System.nanoTime();
      long going =
          terminals.size() / goingInATick() * TimeUnit.MILLISECONDS.toNanos(DueWheel.SLOT_MILLIS);
      deadlineNanos = now + going + options.finish().patience().toNanos();
    });
    return left.future();
  }

  /** Terminals are told of a package from now on; or all of them have come to an end. */
  void rollout(boolean begins) {
    context.runOnContext(go -> times.bystanders().rollout(begins));
  }

  /** Only after {@link #leave}. */
  Times times() {
    return times;
  }

  // What its terminals ask of it

  RolloutOptions rollout() {
    return options.rollout();
  }

  FrameForge forge() {
    return forge;
  }

  PlatformFrames platform() {
    return platform;
  }

  Tally tally() {
    return tally;
  }

  SecurityOptions security() {
    return options.security();
  }

  boolean asksEncrypted() {
    return security().renewal().filter(Renewal.ASK_ENCRYPTED::equals).isPresent();
  }

  /** Whether terminals keep copies of how they came into session. */
  boolean records() {
    return security().misdeeds().contains(Misdeed.REPLAY);
  }

  /** These are a terminal's keys from now on. */
  void keep(int terminal, Keys keys) {
    roster.set(terminal, keys);
  }

  /** A terminal has begun an exchange. */
  void maybeMisbehave(SimulatedTerminal terminal) {
    misdeeds.beside(terminal);
  }

  int run() {
    return run;
  }

  Mode mode() {
    return options.load().mode();
  }

  boolean paced() {
    return options.load().ratePerSecond() > 0;
  }

  long timeoutNanos() {
    return options.persona().timeout().toNanos();
  }

  int sends() {
    return options.persona().sends();
  }

  /** How long a terminal has nothing to say before it says that it is there, or goes; for ever where it does neither. */
  long silenceNanos(int terminal, Wander wander) {
    BearerOptions bearers = options.bearers();
    if (wander.isShort()) {
      return bearers.idle().toNanos();
    }
    if (probing && terminal < bearers.probes()) {
      return bearers.probeEvery().toNanos();
    }
    long interval = options.persona().heartbeat().toNanos();
    return interval > 0 && !options.bare() ? interval : FOR_EVER_NANOS;
  }

  /** A beat was answered. */
  void beaten(Exchange beat, long now) {
    if (probing && options.bearers().probes() > 0) {
      times.beaten(beat, now);
    }
  }

  /** So many exchanges of the load more are open. */
  void opened(int more) {
    tally.inFlight += leaving ? 0 : more;
  }

  /** A terminal is somewhere else. */
  void moved(TerminalState from, TerminalState to) {
    tally.online += (to == TerminalState.ONLINE ? 1 : 0) - (from == TerminalState.ONLINE ? 1 : 0);
    atTheDoor += (to == TerminalState.LEAVING ? 1 : 0) - (from == TerminalState.LEAVING ? 1 : 0);
  }

  DueWheel<Presence> wheel() {
    return wheel;
  }

  /** Whether frames may go as datagrams, and so come late. */
  boolean datagrams() {
    return options.datagrams();
  }

  long backOffNanos(int attempts) {
    long longest = FIRST_BACK_OFF_NANOS << Math.min(attempts, BACK_OFF_DOUBLINGS);
    return longest / 2 + random.nextLong(longest / 2);
  }

  boolean takeMessage(long now) {
    return pace.take(now);
  }

  /** Has it get a line. */
  void connect(Presence terminal) {
    connections.want(terminal);
  }

  /** True when the exchange is over with that; a refused reading may go out again. */
  boolean answered(int terminal, Exchange exchange, int result, long now) {
    tally.lastAckNanos = now;
    if (result != 0) {
      tally.refused(result);
      if (options.persona().resendsRefused()) {
        exchange.refused(now);
      }
      return !options.persona().resendsRefused();
    }
    tally.acknowledged++;
    times.exchanged(terminal, exchange, now);
    if (mode() == Mode.DATA) {
      ledger.acknowledge(terminal, exchange.counter);
    }
    return true;
  }

  // Time

  private void tick(long now) {
    connections.tick(now);
    wheel.turn(now, Presence::tick);
    if (!leaving) {
      tally.security.unsettled = unsettled.count(terminals);
    }
    published = tally.copy();
    boolean busy = tally.inFlight > 0 || tally.security.unsettled > 0 || misdeeds.underWay() > 0;
    if (draining && (!busy || now - deadlineNanos >= 0)) {
      draining = false;
      drained.tryComplete();
    }
    if (leaving) {
      go(now);
    }
  }

  private int goingInATick() {
    int ticks = 1_000 / DueWheel.SLOT_MILLIS;
    return Math.max(1, options.connectionsPerSecond() * HASTE / shards / ticks);
  }

  /** Tells some more of the terminals that it is over. */
  private void go(long now) {
    int end = Math.min(terminals.size(), told + goingInATick());
    for (; told < end; told++) {
      terminals.get(told).leave(options.finish().logout(), now);
    }
    boolean gone = told == terminals.size() && atTheDoor == 0;
    if (gone || now - deadlineNanos >= 0) {
      terminals.forEach(terminal -> terminal.leave(false, now));
      left.tryComplete();
    }
  }
}
