package io.m2mgate.command;

import io.m2mgate.bus.Ack;
import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.Lane;
import io.m2mgate.bus.Request;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.exchange.Exchange;
import io.m2mgate.exchange.Link;
import io.m2mgate.exchange.Port;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Profile;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Segments;
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

  private final Lane lane;
  private final Context context;
  private final Resident resident;
  private final Exchange<TerminalRequest> exchange;
  private final Map<TerminalRequest, Request> frames = new IdentityHashMap<>(1);
  private final List<TerminalRequest> waiting = new ArrayList<>(1);
  private boolean asking;

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
    return false;
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
  }

  boolean idle() {
    return exchange.idle();
  }

  /** Nothing is left for it here. */
  void close() {
    resident.watch(NONE);
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
    request
        .leave(terminal())
        .onComplete(left -> context.runOnContext(nothing -> {
          if (left.succeeded() && left.result() && resident.terminal().isPresent()) {
            refresh();
            exchange.prepared(request, lane.nowMillis());
          } else {
            exchange.unprepared(request);
          }
        }));
  }

  @Override
  public boolean send(TerminalRequest request, Sending sending) {
    Terminal terminal = terminal();
    Optional<byte[]> body = request.body(terminal);
    Optional<Session> session = terminal.confirmed();
    Optional<Origin> home = terminal.home().filter(Origin::open);
    if (body.isEmpty() || session.isEmpty() || home.isEmpty()) {
      return false;
    }
    if (sending.repeat()) {
      request.repeated();
    } else {
      Dialect dialect = lane.dialect(terminal);
      frames.put(
          request,
          new Request(
              dialect,
              dialect.command(request.command()),
              terminal.serial(),
              sending.sequence(),
              body.get(),
              new Request.InSession(session.get())));
    }
    LOG.debug(
        "terminal {}: {} sequence {}{}",
        terminal.serial(),
        request.command(),
        Integer.toUnsignedString(sending.sequence()),
        sending.repeat() ? " again" : "");
    lane.send(
        Addresses.request(lane.index()), new Request.Sending(frames.get(request), home.get()));
    return true;
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
        || terminal().segments().filter(Segments::asking).isPresent()
        || terminal().recent().unanswered(lane.nowMillis(), Exchange.UNANSWERED_MILLIS);
  }

  private Optional<Link> link() {
    Terminal terminal = terminal();
    return terminal.confirmed().filter(session -> terminal.reachable()).map(session -> {
      Profile.Exchange timing = terminal.profile().exchange();
      boolean stream = terminal.home().orElseThrow().bearer().equals(Origin.TCP);
      int seconds = stream ? timing.timeoutSeconds() : timing.udpTimeoutSeconds();
      return new Link(session.token().timestamp(), true, seconds * 1000L);
    });
  }
}
