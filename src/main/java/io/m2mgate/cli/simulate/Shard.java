package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.FleetOptions.Retry;
import io.m2mgate.cli.simulate.SecurityOptions.Renewal;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.security.BodyCiphers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.SocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * The terminals of one event loop: their clock, their pace and their counters. Everything but {@link #published} and the
 * methods that give a future belongs to that event loop.
 */
final class Shard extends VerticleBase {
  private static final long TICK_MILLIS = 20;
  private static final long PACE_MILLIS = 2;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long FIRST_BACK_OFF_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int BACK_OFF_DOUBLINGS = 5;
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
  private static final int CONNECTING_AT_ONCE = 256;
  static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(1);

  private final FleetOptions options;
  private final Dictionary dictionary;
  private final Ledger ledger;
  private final Executions executions;
  private final TerminalModel.Factory plain;
  private final TerminalModel.Factory wordy;
  private final int run;
  private final int number;
  private final int shards;
  private final Tally tally = new Tally();
  private final Histogram exchangeMicros = new Histogram(LONGEST_MICROS, 3);
  private final Bystanders bystanders;
  private final List<SimulatedTerminal> terminals = new ArrayList<>();
  private final SplittableRandom random;
  private volatile Tally published = new Tally();

  private final Roster roster;

  private FrameForge forge;
  private PlatformFrames platform;
  private Misdeeds misdeeds;
  private NetClient client;
  private SocketAddress gateway;
  private boolean sending;
  private long messagesLeft;
  private double messageTokens;
  private double connectionTokens;
  private int connecting;
  private long lastPaceNanos;
  private long lastTickNanos;
  private int nextToSend;
  private Promise<Void> drained = Promise.promise();
  private Promise<Void> left = Promise.promise();
  private boolean draining;
  private boolean leaving;
  private long deadlineNanos;

  Shard(
      FleetOptions options,
      Dictionary dictionary,
      Roster roster,
      Ledger ledger,
      Executions executions,
      int run,
      int number,
      int shards) {
    this.options = options;
    this.dictionary = dictionary;
    this.roster = roster;
    this.ledger = ledger;
    this.executions = executions;
    this.plain = new TerminalModel.Factory(dictionary.dialect(), false);
    this.wordy = new TerminalModel.Factory(dictionary.dialect(), true);
    this.run = run;
    this.number = number;
    this.shards = shards;
    this.random = new SplittableRandom(options.seed() + number);
    this.bystanders = new Bystanders(options);
  }

  @Override
  public Future<?> start() throws Exception {
    var target = options.target().terminals();
    gateway = SocketAddress.inetSocketAddress(target.getPort(), target.getHostString());
    BodyCiphers ciphers = new BodyCiphers(new SecureRandom(), options.terminals());
    forge = new FrameForge(dictionary, options, ciphers);
    platform = new PlatformFrames(dictionary, options.security(), ciphers);
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
    for (int i = number; i < options.terminals(); i += shards) {
      boolean newSequences = options.persona().retry() == Retry.NEW
          || options.persona().retry() == Retry.MIXED && (i & 1) == 1;
      Life life = mode() == Mode.ECHO ? Life.inSession(roster.keys(i)) : roster.life(i);
      terminals.add(new SimulatedTerminal(i, life, this, newSequences, making(i)));
    }
    messagesLeft = share(options.load().messages());
    lastTickNanos = System.nanoTime();
    vertx.setPeriodic(TICK_MILLIS, timer -> tick(System.nanoTime()));
    if (paced()) {
      vertx.setPeriodic(PACE_MILLIS, timer -> pace(System.nanoTime()));
    }
    return super.start();
  }

  private Making making(int terminal) {
    Set<Quirk> quirks = options.field().quirksOf(terminal, options.terminals());
    var model = new TerminalModel(
        quirks.contains(Quirk.SEGMENTS_900) ? wordy : plain, options.field().syncs());
    return new Making(
        dictionary.dialect(),
        options.field(),
        quirks,
        model,
        executions,
        options.load().pipeline(),
        random.split());
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

  /** Terminals that are online begin to send. */
  void send() {
    context.runOnContext(go -> {
      sending = true;
      lastPaceNanos = System.nanoTime();
      terminals.forEach(SimulatedTerminal::release);
      for (SimulatedTerminal terminal : terminals) {
        terminal.fill(lastPaceNanos);
        terminal.flush(lastPaceNanos);
      }
    });
  }

  /** Nothing new is sent; done when all is answered, or patience ends. */
  Future<Void> drain() {
    context.runOnContext(go -> {
      sending = false;
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
      deadlineNanos = now + options.finish().patience().toNanos();
      tally.inFlight = countInFlight();
      terminals.forEach(terminal -> terminal.leave(options.finish().logout(), now));
    });
    return left.future();
  }

  /** The latencies of all exchanges; only after {@link #leave}. */
  Histogram exchangeMicros() {
    return exchangeMicros;
  }

  /** Terminals are told of a package from now on; or all of them have come to an end. */
  void rollout(boolean begins) {
    context.runOnContext(go -> bystanders.rollout(begins));
  }

  /** Only after {@link #leave}. */
  Bystanders bystanders() {
    return bystanders;
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

  boolean heartbeatDue(long lastWriteNanos, long now) {
    long interval = options.persona().heartbeat().toNanos();
    return interval > 0 && now - lastWriteNanos >= interval;
  }

  long backOffNanos(int attempts) {
    long longest = FIRST_BACK_OFF_NANOS << Math.min(attempts, BACK_OFF_DOUBLINGS);
    return longest / 2 + random.nextLong(longest / 2);
  }

  boolean takeMessage(long now) {
    if (!sending || messagesLeft == 0) {
      return false;
    }
    messagesLeft--;
    tally.sent++;
    tally.firstSendNanos = Math.min(tally.firstSendNanos, now);
    return true;
  }

  boolean takeConnection() {
    if (connectionTokens < 1 || connecting >= CONNECTING_AT_ONCE) {
      return false;
    }
    connectionTokens--;
    return true;
  }

  void connect(SimulatedTerminal terminal) {
    connecting++;
    client.connect(gateway).onComplete(attempt -> {
      connecting--;
      if (attempt.succeeded()) {
        tally.connects++;
        terminal.connected(attempt.result(), System.nanoTime());
      } else {
        terminal.connectFailed(System.nanoTime());
      }
    });
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
    long micros = (now - exchange.madeNanos) / 1_000;
    exchangeMicros.recordValue(Math.min(micros, LONGEST_MICROS));
    bystanders.exchanged(terminal, Math.min(micros, LONGEST_MICROS));
    if (mode() == Mode.DATA) {
      ledger.acknowledge(terminal, exchange.counter);
    }
    return true;
  }

  // Time

  private void tick(long now) {
    double perShard = (double) options.connectionsPerSecond() / shards;
    double seconds = (now - lastTickNanos) / NANOS_PER_SECOND;
    connectionTokens = Math.min(connectionTokens + seconds * perShard, Math.max(1, perShard / 10));
    lastTickNanos = now;
    for (int i = 0; i < terminals.size(); i++) {
      terminals.get(i).tick(now);
    }
    if (!leaving) {
      tally.inFlight = countInFlight();
      tally.security.unsettled = countUnsettled();
    }
    published = tally.copy();
    boolean busy = tally.inFlight > 0 || tally.security.unsettled > 0 || misdeeds.underWay() > 0;
    if (draining && (!busy || now - deadlineNanos >= 0)) {
      draining = false;
      drained.tryComplete();
    }
    if (leaving && (now - deadlineNanos >= 0 || allGone())) {
      terminals.forEach(terminal -> terminal.leave(false, now));
      left.tryComplete();
    }
  }

  private int countInFlight() {
    int open = 0;
    for (int i = 0; i < terminals.size(); i++) {
      open += terminals.get(i).inFlight();
    }
    return open;
  }

  private int countUnsettled() {
    int unsettled = 0;
    for (int i = 0; i < terminals.size(); i++) {
      unsettled += terminals.get(i).unsettled() ? 1 : 0;
    }
    return unsettled;
  }

  private boolean allGone() {
    return terminals.stream().noneMatch(t -> t.state() == TerminalState.LEAVING);
  }

  private void pace(long now) {
    if (!sending) {
      return;
    }
    double rate = options.load().ratePerSecond() * terminals.size() / options.terminals();
    messageTokens += (now - lastPaceNanos) / NANOS_PER_SECOND * rate;
    messageTokens = Math.min(messageTokens, Math.max(1, rate));
    lastPaceNanos = now;
    int passedOver = 0;
    while (messageTokens >= 1 && passedOver < terminals.size()) {
      SimulatedTerminal terminal = terminals.get(nextToSend);
      nextToSend = (nextToSend + 1) % terminals.size();
      if (terminal.send(now)) {
        terminal.flush(now);
        messageTokens--;
        passedOver = 0;
      } else {
        passedOver++;
      }
    }
  }
}
