package io.m2mgate.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.bus.Ack;
import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.Lane;
import io.m2mgate.bus.Request;
import io.m2mgate.bus.TerminalEvents;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.MessageOrigin;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Mode;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.StoredCommand.Step;
import io.m2mgate.store.StoredCommand.Wake;
import io.m2mgate.wire.MalformedFrame;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes one lane's terminals by short message when commands that ask for it wait and nothing else reaches them (5.2.2, 5.3.7, 5.4.6).
 * Each wake-up is counted with the terminal, durably before it leaves. Used on the lane's thread.
 */
final class WakeUps {

  private static final Logger LOG = LoggerFactory.getLogger(WakeUps.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WOKEN = "woken by short message";
  private static final String NO_WAY =
      "no short message reaches the terminal: there is no link, no number, or its profile does not allow sms";

  private final Lane lane;
  private final WakeOptions options;
  private final Downlinks downlinks;
  private final CommandSteps steps;

  WakeUps(Lane lane, WakeOptions options, Downlinks downlinks, CommandSteps steps) {
    this.lane = lane;
    this.options = options;
    this.downlinks = downlinks;
    this.steps = steps;
  }

  /** Wakes the terminal if its commands want that and it is due. */
  void look(TerminalCommands its) {
    long now = lane.nowMillis();
    Optional<Terminal> there = its.resident().terminal();
    Optional<Downlink> downlink = downlinks.existing(its.resident());
    if (there.isEmpty() || downlink.isEmpty() || its.waking().busy()) {
      return;
    }
    Terminal terminal = there.get();
    if (reaches(downlink.get(), terminal)) {
      its.waking().reached();
      over(its);
      return;
    }
    if (its.waking().awaitedSince(now - answerMillis(terminal))) {
      over(its);
    }
    List<CommandRequest> waiting = its.all().stream().filter(WakeUps::wants).toList();
    long patience =
        terminal.confirmed().isPresent() && !terminal.dormant() ? options.afterMillis() : 0;
    if (!waiting.isEmpty() && its.waking().unreachableFor(patience, now) && due(terminal, now)) {
      lane.services()
          .shortMessages()
          .to(terminal.terminalRecord(), lane.index())
          .ifPresentOrElse(
              number -> wake(its, terminal, number, downlink.get().takeSequence()),
              () -> waiting.forEach(this::noWay));
    }
  }

  private static long answerMillis(Terminal terminal) {
    return terminal.profile().exchange().timeoutMillis(Origin.SMS);
  }

  private static boolean reaches(Downlink downlink, Terminal terminal) {
    return downlink.linked() && !downlink.rests() && terminal.online() && !terminal.silent();
  }

  private static boolean wants(CommandRequest request) {
    StoredCommand command = request.stored();
    return !request.over()
        && command.head().wake() == Wake.SMS
        && command.head().mode() == Mode.QUEUE
        && command.state() != State.ACKED;
  }

  private boolean due(Terminal terminal, long now) {
    List<Long> before = terminal.facts().wakes(now);
    return before.size() < options.sends()
        && before.stream().allMatch(at -> now - at >= options.repeatMillis());
  }

  private void noWay(CommandRequest request) {
    boolean told = request.stored().progress().reason().equals(NO_WAY);
    if (!told && !request.work().wakes()) {
      note(request, NO_WAY, "");
    }
  }

  private void wake(TerminalCommands its, Terminal terminal, MessageOrigin to, int sequence) {
    long now = lane.nowMillis();
    its.waking().begin();
    terminal.facts().woken(now);
    lane.commit(its.resident(), List.of(TerminalEvents.session(terminal)), outcome -> {
      if (outcome == Outcome.COMMITTED) {
        counted(its, terminal, to, sequence);
      } else {
        terminal.facts().notWoken(now);
        its.waking().failed();
      }
    });
  }

  /** Those that are the wake-up themselves are sent, and durably so, before it leaves. */
  private void counted(TerminalCommands its, Terminal terminal, MessageOrigin to, int sequence) {
    List<Future<Boolean>> sent = new ArrayList<>(1);
    for (CommandRequest request : its.all()) {
      if (wants(request) && request.work().wakes()) {
        sent.add(steps.leave(request, leaves(request.stored(), sequence)));
      } else if (wants(request)) {
        note(request, WOKEN, woken(request.stored()));
      }
    }
    Future.join(sent).onComplete(done -> {
      if (sent.stream().allMatch(it -> it.succeeded() && it.result())) {
        leave(its, terminal, to, sequence);
      } else {
        its.waking().failed();
      }
    });
  }

  private void leave(TerminalCommands its, Terminal terminal, MessageOrigin to, int sequence) {
    Dialect dialect = lane.dialect(terminal);
    LOG.info("terminal {}: woken by short message", terminal.serial());
    its.waking().left(sequence, lane.nowMillis());
    Request wakeUp = new Request(
        dialect,
        dialect.command(Command.REMOTE_CTRL),
        terminal.serial(),
        sequence,
        ControlWork.wakeUp(dialect),
        new Request.ByMessage());
    lane.send(Addresses.request(lane.index()), new Request.Sending(wakeUp, to));
  }

  private Step leaves(StoredCommand command, int sequence) {
    return new Step(
        State.SENT,
        "",
        1,
        Integer.toUnsignedLong(sequence),
        Origin.SMS,
        StoredCommand.NONE,
        woken(command),
        lane.nowMillis());
  }

  private void note(CommandRequest request, String reason, String result) {
    State state = request.stored().state();
    steps.note(request, Step.answered(state, reason, StoredCommand.NONE, result, lane.nowMillis()));
  }

  /** Its result with how often it had its terminal woken, and when last. */
  private String woken(StoredCommand command) {
    ObjectNode more = JSON.createObjectNode();
    more.putObject(CommandBody.WOKEN)
        .put("sends", sends(command.progress().result()) + 1)
        .put("at", Instant.ofEpochMilli(lane.nowMillis()).toString());
    return CommandOutcome.besides(command.progress().result(), more);
  }

  private static int sends(String result) {
    try {
      JsonNode before = result.isEmpty() ? JSON.createObjectNode() : JSON.readTree(result);
      return before.path(CommandBody.WOKEN).path("sends").asInt();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a stored result is no JSON", e);
    }
  }

  /** True when it answers a wake-up; it moves nothing else. */
  boolean acked(TerminalCommands its, Ack ack) {
    if (ack.command().command() != Command.REMOTE_CTRL
        || !its.waking().awaits(ack.inbound().frame().sequence())) {
      return false;
    }
    over(its);
    for (CommandRequest request : its.all()) {
      if (wants(request) && request.work().wakes() && request.stored().state() == State.SENT) {
        request.acked(ack);
        downlinks.existing(its.resident()).ifPresent(downlink -> downlink.cancel(request));
      } else if (wants(request)) {
        refusal(ack).ifPresent(reason -> note(request, reason, ""));
      }
    }
    return true;
  }

  private static Optional<String> refusal(Ack ack) {
    try {
      int code = ack.body().result();
      return ack.command().results().success(code)
          ? Optional.empty()
          : Optional.of("the terminal answered the wake-up with "
              + ack.command().results().nameOf(code));
    } catch (MalformedFrame e) {
      return Optional.of("the terminal's answer to the wake-up cannot be read");
    }
  }

  /** Its answer is not waited for any more. */
  void over(TerminalCommands its) {
    its.waking().over();
    lane.settle(its.resident());
  }
}
