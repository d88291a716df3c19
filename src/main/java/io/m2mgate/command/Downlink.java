package io.m2mgate.command;

import io.m2mgate.bus.Ack;
import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.Lane;
import io.m2mgate.bus.LaneMetrics.Postponed;
import io.m2mgate.bus.Request;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.exchange.Exchange;
import io.m2mgate.exchange.Link;
import io.m2mgate.exchange.Port;
import io.m2mgate.security.RequestSize;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Profile;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one terminal is asked: its exchange, and the frames that were made for it. Owned by the terminal's lane. */
final class Downlink implements Port<TerminalRequest>, Resident.Watch {

  private static final Logger LOG = LoggerFactory.getLogger(Downlink.class);
  private static final long SEQUENCE_MILLIS = 100;

  /** After LOGIN_ACK at which a terminal without login trap is asked something (5.2.1). */
  private static final long UNCONFIRMED_MILLIS = 5000;

  private final Lane lane;
  private final Context context;
  private final Resident resident;
  private final Exchange<TerminalRequest> exchange;
  private final Map<TerminalRequest, Request> frames = new IdentityHashMap<>(1);
  private final List<TerminalRequest> waiting = new ArrayList<>(1);
  private boolean asking;
  private boolean holding;

  Downlink(Lane lane, Context context, Resident resident, int queueLength) {
    this.lane = lane;
    this.context = context;
    this.resident = resident;
    Profile.Exchange timing = terminal().profile().exchange();
    this.exchange = new Exchange<>(
        new Exchange.Rules(queueLength, timing.sends(), timing.gapMillis()),
        (int) (lane.nowMillis() / SEQUENCE_MILLIS),
        this);
    // What it was last answered is not known here: as if it were just now.
    asked(false);
    resident.watch(this);
  }

  private Terminal terminal() {
    return resident.terminal().orElseThrow();
  }

  Resident resident() {
    return resident;
  }

  /** False when too many wait already. */
  boolean offer(TerminalRequest request) {
    refresh();
    waiting.add(request);
    if (exchange.offer(request, lane.nowMillis())) {
      return true;
    }
    waiting.remove(request);
    lane.metrics().postponed(Postponed.QUEUE);
    return false;
  }

  /** One that was just answered asks again, before others. */
  void again(TerminalRequest request) {
    waiting.add(request);
    exchange.again(request, lane.nowMillis());
  }

  /** The terminal can be asked something now. */
  boolean linked() {
    return way().isPresent();
  }

  List<TerminalRequest> waiting() {
    return List.copyOf(waiting);
  }

  void cancel(TerminalRequest request) {
    exchange.cancel(request, lane.nowMillis());
  }

  void tick() {
    refresh();
    exchange.tick(lane.nowMillis());
    hold(exchange.busy() || exchange.owes() && terminal().hasSession());
  }

  /** What is in flight is known here alone: the terminal stays until it is answered or has gone back to its queue. */
  private void hold(boolean hold) {
    if (hold == holding) {
      return;
    }
    holding = hold;
    if (hold) {
      resident.hold();
    } else {
      resident.unhold();
      lane.settle(resident);
    }
  }

  boolean idle() {
    return exchange.idle();
  }

  /** Nothing is left for it here. */
  void close() {
    resident.watch(NONE);
    hold(false);
  }

  /** True when the ack was one of its requests'. */
  boolean acked(Ack ack) {
    int sequence = ack.inbound().frame().sequence();
    Optional<TerminalRequest> answered =
        exchange.acked(ack.command().command(), sequence, lane.nowMillis());
    answered.ifPresent(request -> {
      ended(request);
      exchange.heard();
      request.acked(ack);
    });
    return answered.isPresent();
  }

  @Override
  public void asked(boolean verified) {
    asking = true;
    exchange.asked(lane.nowMillis());
    if (verified) {
      exchange.heard();
    }
  }

  @Override
  public void prepare(TerminalRequest request) {
    Optional<String> tooLong = tooLong(request);
    if (tooLong.isPresent()) {
      request.doesNotFit(tooLong.get());
      exchange.unprepared(request);
      return;
    }
    hold(true);
    request
        .leave(terminal(), exchange.sequenceOf(request))
        .onComplete(left -> context.runOnContext(nothing -> {
          if (left.succeeded() && left.result() && resident.terminal().isPresent()) {
            refresh();
            exchange.prepared(request, lane.nowMillis());
          } else {
            exchange.unprepared(request);
          }
        }));
  }

  /** One that may travel in parts never is. */
  private Optional<String> tooLong(TerminalRequest request) {
    Terminal terminal = terminal();
    boolean parts = lane.dialect(terminal).command(request.command()).segmentable()
        && terminal.profile().segments();
    return way()
        .filter(way -> !parts)
        .flatMap(way -> request
            .body(terminal)
            .flatMap(body ->
                RequestSize.tooLong(frame(request, 0, body, way.session()), terminal.profile())));
  }

  private Request frame(TerminalRequest request, int sequence, byte[] body, Session session) {
    Dialect dialect = lane.dialect(terminal());
    return new Request(
        dialect,
        dialect.command(request.command()),
        resident.serial(),
        sequence,
        body,
        new Request.InSession(session));
  }

  @Override
  public boolean send(TerminalRequest request, Sending sending) {
    Terminal terminal = terminal();
    Optional<byte[]> body = request.body(terminal);
    Optional<Way> way = way();
    if (body.isEmpty() || way.isEmpty()) {
      return false;
    }
    Origin to = way.get().to();
    if (!sending.repeat()) {
      frames.put(
          request, frame(request, sending.sequence(), body.get(), way.get().session()));
    }
    LOG.debug(
        "terminal {}: {} sequence {}{}",
        terminal.serial(),
        request.command(),
        Integer.toUnsignedString(sending.sequence()),
        sending.repeat() ? " again" : "");
    lane.send(Addresses.request(lane.index()), new Request.Sending(frames.get(request), to));
    request.left(sending.sequence(), to.bearer(), sending.repeat());
    return true;
  }

  @Override
  public void rested(TerminalRequest request) {
    request.rested();
  }

  @Override
  public void finished(TerminalRequest request, End end) {
    ended(request);
    request.finished(end);
  }

  private void ended(TerminalRequest request) {
    frames.remove(request);
    waiting.remove(request);
  }

  /** Tells the exchange how the terminal stands. */
  private void refresh() {
    if (asking && !uplinkOpen()) {
      asking = false;
      exchange.answered(lane.nowMillis());
    }
    exchange.link(link());
  }

  private boolean uplinkOpen() {
    return resident.working()
        || terminal().recent().unanswered(lane.nowMillis(), Exchange.UNANSWERED_MILLIS);
  }

  /** By which session and to where requests go. */
  private record Way(Session session, Origin to, boolean confirmed) {}

  private Optional<Way> way() {
    Terminal terminal = terminal();
    Optional<Way> confirmed = terminal
        .confirmed()
        .filter(session -> terminal.reachable())
        .map(session -> new Way(session, terminal.home().orElseThrow(), true));
    Optional<Way> fresh = unconfirmed(terminal);
    boolean sameTerminal =
        confirmed.isEmpty() || fresh.filter(it -> terminal.isHome(it.to())).isPresent();
    return fresh.isPresent() && sameTerminal ? fresh : confirmed;
  }

  /** The session of a terminal that shows by nothing of its own that LOGIN_ACK reached it. */
  private Optional<Way> unconfirmed(Terminal terminal) {
    if (terminal.profile().loginTrap() != Profile.LoginTrap.NONE || !terminal.hasSession()) {
      return Optional.empty();
    }
    Session latest = terminal.latest();
    boolean due = lane.nowMillis() - latest.token().openedMillis() >= UNCONFIRMED_MILLIS;
    return due && terminal.isTentative(latest)
        ? latest.openedFrom().filter(Origin::open).map(from -> new Way(latest, from, false))
        : Optional.empty();
  }

  private Optional<Link> link() {
    Terminal terminal = terminal();
    return way().map(way -> {
      Profile.Exchange timing = terminal.profile().exchange();
      boolean stream = way.to().bearer().equals(Origin.TCP);
      int seconds = stream ? timing.timeoutSeconds() : timing.udpTimeoutSeconds();
      return new Link(
          way.session().token().timestamp(),
          way.confirmed(),
          seconds * 1000L,
          terminal.recent().downloadingAt(lane.nowMillis()));
    });
  }
}
