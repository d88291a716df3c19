package io.m2mgate.command;

import io.m2mgate.bus.Ack;
import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.Lane;
import io.m2mgate.bus.Request;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.exchange.Exchange;
import io.m2mgate.exchange.Link;
import io.m2mgate.exchange.Port;
import io.m2mgate.security.Parting;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Profile;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Segments;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.Part;
import io.m2mgate.wire.Part.Operation;
import io.m2mgate.wire.PartCodec;
import io.m2mgate.wire.Segmenter;
import io.m2mgate.wire.Segmenter.Step;
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
  private final int maxParts;
  private final Map<TerminalRequest, Conversation> conversations = new IdentityHashMap<>(1);
  private final List<TerminalRequest> waiting = new ArrayList<>(1);
  private boolean asking;

  /** What leaves of one request: itself, or the word that asks for the next part of its answer. */
  private static final class Conversation {
    private final Request request;
    private Optional<Request> word = Optional.empty();

    Conversation(Request request) {
      this.request = request;
    }

    Request leaving() {
      return word.orElse(request);
    }

    boolean inParts() {
      return word.isEmpty() && request.parts().isPresent();
    }

    void restart() {
      word = Optional.empty();
      request.parts().ifPresent(Segmenter::restart);
    }
  }

  Downlink(Lane lane, Context context, Resident resident, DownlinkOptions options) {
    this.lane = lane;
    this.context = context;
    this.resident = resident;
    this.maxParts = options.maxParts();
    Profile.Exchange timing = terminal().profile().exchange();
    this.exchange = new Exchange<>(
        new Exchange.Rules(options.queueLength(), timing.sends(), timing.gapMillis()),
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
  public boolean expects(Command command, int sequence) {
    return exchange.expects(command, sequence);
  }

  @Override
  public void answering(Command command, int sequence, byte[] word, boolean abandoned) {
    exchange.spokenOf(command, sequence).ifPresent(request -> {
      Optional<Session> session = terminal().confirmed();
      if (word.length > 0 && session.isPresent()) {
        Request saying = word(request, session.get(), sequence, word);
        if (abandoned) {
          leave(saying);
        } else {
          conversations.get(request).word = Optional.of(saying);
        }
      }
      goOn(request, abandoned);
    });
  }

  @Override
  public void spoke(Command command, int sequence, Part word) {
    exchange.spokenOf(command, sequence).ifPresent(request -> {
      Optional<Segmenter> parts = conversations.get(request).request.parts();
      Step step = parts
          .map(cut -> cut.told(word))
          .orElse(word.operation() == Operation.SEND ? Step.AGAIN : Step.ABORTED);
      if (step == Step.CONTRADICTION) {
        Optional<Session> session = terminal().confirmed();
        byte[] abort =
            new PartCodec(lane.dialect(terminal())).write(parts.orElseThrow().abort());
        session.ifPresent(it -> leave(word(request, it, sequence, abort)));
      }
      if (step != Step.AGAIN) {
        conversations.get(request).word = Optional.empty();
        goOn(request, step != Step.NEXT);
      }
    });
  }

  private void goOn(TerminalRequest request, boolean abandoned) {
    exchange.heard();
    if (abandoned) {
      exchange.gaveUp(request);
    } else {
      refresh();
      exchange.advanced(request, lane.nowMillis());
    }
  }

  private Request word(TerminalRequest about, Session session, int sequence, byte[] word) {
    Dialect dialect = lane.dialect(terminal());
    return new Request(
        dialect,
        dialect.command(about.command()),
        terminal().serial(),
        sequence,
        word,
        new Request.Word(session));
  }

  private void leave(Request request) {
    terminal()
        .home()
        .filter(Origin::open)
        .ifPresent(
            home -> lane.send(Addresses.request(lane.index()), new Request.Sending(request, home)));
  }

  @Override
  public boolean inParts(TerminalRequest request) {
    return Optional.ofNullable(conversations.get(request))
        .filter(Conversation::inParts)
        .isPresent();
  }

  @Override
  public void prepare(TerminalRequest request) {
    Optional.ofNullable(conversations.get(request)).ifPresent(Conversation::restart);
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
      again(request, sending);
    } else if (!begin(request, body.get(), session.get(), sending.sequence())) {
      return false;
    }
    LOG.debug(
        "terminal {}: {} sequence {}{}",
        terminal.serial(),
        request.command(),
        Integer.toUnsignedString(sending.sequence()),
        sending.repeat() ? " again" : "");
    leave(conversations.get(request).leaving());
    return true;
  }

  private void again(TerminalRequest request, Sending sending) {
    Conversation conversation = conversations.get(request);
    if (!sending.wanted()) {
      request.repeated();
    }
    if (conversation.inParts()) {
      conversation.request.goesOn(sending.sequence());
    }
  }

  /** False when the terminal can take it in no form. */
  private boolean begin(TerminalRequest request, byte[] body, Session session, int sequence) {
    Terminal terminal = terminal();
    Dialect dialect = lane.dialect(terminal);
    CommandDef command = dialect.command(request.command());
    Parting.Form form = Parting.form(terminal, session, dialect, command, body, maxParts);
    if (form == Parting.Form.UNFIT) {
      exchange.unfit(request);
      return false;
    }
    Request.Seal seal = form == Parting.Form.PARTS
        ? new Request.InParts(session, Parting.partLength(terminal, dialect))
        : new Request.InSession(session);
    conversations.put(
        request,
        new Conversation(new Request(dialect, command, terminal.serial(), sequence, body, seal)));
    return true;
  }

  @Override
  public void finished(TerminalRequest request, End end) {
    ended(request);
    request.finished(end);
  }

  private void ended(TerminalRequest request) {
    conversations.remove(request);
    resident.terminal().flatMap(Terminal::segments).ifPresent(Segments::endAck);
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
