package io.m2mgate.command;

import io.m2mgate.bus.Ack;
import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.Lane;
import io.m2mgate.bus.LaneMetrics.Postponed;
import io.m2mgate.bus.Request;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.exchange.Exchange;
import io.m2mgate.exchange.Port;
import io.m2mgate.security.Parting;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Profile;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Segments;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.Part;
import io.m2mgate.wire.PartCodec;
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

  /** A terminal is never asked so often that numbers which begin with the time overtake it. */
  private static final long SEQUENCE_MILLIS = 10;

  private final Lane lane;
  private final Context context;
  private final Resident resident;
  private final Exchange<TerminalRequest> exchange;
  private final Forms forms;
  private final Map<TerminalRequest, Conversation> conversations = new IdentityHashMap<>(1);
  private final List<TerminalRequest> waiting = new ArrayList<>(1);
  private Optional<TerminalRequest> sentLast = Optional.empty();
  private Optional<Origin> candidate = Optional.empty();
  private boolean asking;
  private boolean holding;

  Downlink(Lane lane, Context context, Resident resident, DownlinkOptions options) {
    this.lane = lane;
    this.context = context;
    this.resident = resident;
    this.forms = new Forms(lane, options.maxParts());
    Profile.Exchange timing = terminal().profile().exchange();
    this.exchange = new Exchange<>(
        new Exchange.Rules(options.queueLength(), timing.gapMillis()),
        (int) (lane.nowMillis() / SEQUENCE_MILLIS),
        this);
    exchange.answered(resident.answeredMillis());
    if (uplinkOpen()) {
      asked(false);
    }
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

  /** The terminal did not answer what it was asked. */
  boolean rests() {
    return exchange.rests();
  }

  /** For what leaves beside its requests. */
  int takeSequence() {
    return exchange.takeSequence();
  }

  List<TerminalRequest> waiting() {
    return List.copyOf(waiting);
  }

  void cancel(TerminalRequest request) {
    exchange.cancel(request, lane.nowMillis());
  }

  void tick() {
    lookAround();
    refresh();
    exchange.tick(lane.nowMillis());
    hold(exchange.busy() || exchange.owes() && terminal().hasSession());
  }

  /** Heard from another address, the terminal is asked there what it did not answer where it was. */
  private void lookAround() {
    Optional<Origin> now = terminal().place().candidate();
    if (now.isPresent() && !now.equals(candidate)) {
      exchange.heard();
    }
    candidate = now;
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
    return exchange.idle() && !exchange.awaitsLate(lane.nowMillis());
  }

  /** Nothing is left for it here. */
  void close() {
    resident.watch(NONE);
    hold(false);
  }

  /** True when the ack was one of its requests', though that may have ended before. */
  boolean acked(Ack ack) {
    int sequence = ack.inbound().frame().sequence();
    Optional<TerminalRequest> answered =
        exchange.acked(ack.command().command(), sequence, lane.nowMillis());
    answered.ifPresent(request -> {
      ended(request);
      exchange.heard();
      request.acked(ack);
    });
    return answered.isPresent() || late(ack, sequence);
  }

  private boolean late(Ack ack, int sequence) {
    Optional<TerminalRequest> ended =
        exchange.late(ack.command().command(), sequence, lane.nowMillis());
    ended.ifPresent(request -> {
      exchange.heard();
      request.late(ack);
    });
    return ended.isPresent();
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
    return exchange.spokenOf(command, sequence).isPresent();
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
          conversations.get(request).says(saying);
        }
      }
      goOn(request, abandoned);
    });
  }

  @Override
  public void spoke(Command command, int sequence, Part word) {
    exchange.spokenOf(command, sequence).ifPresent(request -> {
      Conversation conversation = conversations.get(request);
      Step step = conversation.told(word);
      if (step == Step.CONTRADICTION) {
        byte[] abort = new PartCodec(lane.dialect(terminal())).write(conversation.abort());
        terminal().confirmed().ifPresent(session -> leave(word(request, session, sequence, abort)));
      }
      if (step != Step.AGAIN) {
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
        resident.serial(),
        sequence,
        word,
        new Request.Word(session));
  }

  private void leave(Request request) {
    way().filter(way -> !way.byMessage()).ifPresent(way -> leave(request, way.to()));
  }

  private void leave(Request request, Origin to) {
    lane.send(Addresses.request(lane.index()), new Request.Sending(request, to));
  }

  @Override
  public boolean inParts(TerminalRequest request) {
    return Optional.ofNullable(conversations.get(request))
        .map(Conversation::inParts)
        .orElseGet(() -> way(request)
            .flatMap(way ->
                request.body(terminal()).map(body -> forms.of(request, terminal(), way, body)))
            .filter(it -> it.form() == Parting.Form.PARTS)
            .isPresent());
  }

  @Override
  public void prepare(TerminalRequest request) {
    if (isUnfit(request)) {
      exchange.unprepared(request);
      return;
    }
    hold(true);
    Optional.ofNullable(conversations.get(request)).ifPresent(Conversation::restart);
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

  /** Told why, where it cannot go to the terminal as things are. */
  private boolean isUnfit(TerminalRequest request) {
    return way(request)
        .flatMap(way -> request.body(terminal()).map(body -> isUnfit(request, way, body)))
        .orElse(false);
  }

  private boolean isUnfit(TerminalRequest request, Way way, byte[] body) {
    if (way.byMessage() && (!request.mayBeRead() || isOnlyInSession(request))) {
      request.waitsElsewhere(
          request.mayBeRead() ? "short messages carry no parts" : "secrets stay in the session");
      return true;
    }
    Parting parting = forms.of(request, terminal(), way, body);
    switch (parting.form()) {
      case UNFIT -> request.doesNotFit(parting.reason());
      case ELSEWHERE -> request.waitsElsewhere(parting.reason());
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean isOnlyInSession(TerminalRequest request) {
    return Optional.ofNullable(conversations.get(request))
        .filter(Conversation::onlyInSession)
        .isPresent();
  }

  @Override
  public boolean send(TerminalRequest request, Sending sending) {
    Terminal terminal = terminal();
    Optional<byte[]> body = request.body(terminal);
    Optional<Way> way = way(request);
    if (body.isEmpty() || way.isEmpty()) {
      return false;
    }
    if ((!sending.repeat() || way.get().byMessage()) && isUnfit(request, way.get(), body.get())) {
      return false;
    }
    if (sending.repeat()) {
      conversations.get(request).goesOn(sending.sequence());
    } else {
      conversations.put(
          request,
          forms.conversation(request, terminal, way.get(), body.get(), sending.sequence()));
    }
    LOG.debug(
        "terminal {}: {} sequence {}{}",
        terminal.serial(),
        request.command(),
        Integer.toUnsignedString(sending.sequence()),
        sending.repeat() ? " again" : "");
    Conversation conversation = conversations.get(request);
    boolean elsewhere = sending.repeat() && !sending.wanted() && !request.secret();
    Origin to = way.get().address(conversation, elsewhere);
    conversation.sentTo(to);
    sentLast = Optional.of(request);
    leave(conversation.leaving(to), to);
    if (!sending.wanted()) {
      request.left(sending.sequence(), to.bearer(), sending.repeat());
    }
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
    conversations.remove(request);
    waiting.remove(request);
    if (sentLast.filter(it -> it == request).isPresent()) {
      // The parts of an answer that are there may be of it; never those of the answer to a later
      // one.
      sentLast = Optional.empty();
      resident.terminal().flatMap(Terminal::segments).ifPresent(Segments::endAck);
    }
  }

  /** Tells the exchange how the terminal stands. */
  private void refresh() {
    if (asking && !uplinkOpen()) {
      asking = false;
      exchange.answered(lane.nowMillis());
    }
    exchange.link(way().map(way -> way.link(terminal(), lane.nowMillis())));
  }

  private boolean uplinkOpen() {
    return resident.working()
        || terminal().segments().filter(Segments::asking).isPresent()
        || terminal().recent().unanswered(lane.nowMillis(), Exchange.UNANSWERED_MILLIS);
  }

  private Optional<Way> way(TerminalRequest request) {
    Optional<Origin> number = request.byMessage(terminal());
    return way().map(way -> number.map(way::by).orElse(way));
  }

  private Optional<Way> way() {
    return Way.to(terminal(), lane.nowMillis());
  }
}
