package io.m2mgate.command;

import io.m2mgate.bus.Ack;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.ControlDef;
import io.m2mgate.dictionary.ControlDef.Evidence;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Tags;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.InvalidValue;
import io.m2mgate.wire.MalformedFrame;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;

/** REMOTE_CTRL: the dialect says what shows that a control was carried out (clause 5.3.7). */
final class ControlWork implements CommandWork {

  /** The control that asks for a LOGIN. */
  static final String WAKE_UP = "login";

  private final Dialect dialect;
  private final String control;
  private final ControlDef def;

  ControlWork(Dialect dialect, String control) {
    this.dialect = dialect;
    this.control = control;
    this.def = dialect.control(control);
  }

  @Override
  public Command command() {
    return Command.REMOTE_CTRL;
  }

  @Override
  public byte[] body() {
    int code = dialect
        .remoteControls()
        .find(control)
        .orElseThrow(
            () -> new InvalidValue("control", control, "a control of the terminal's dialect"));
    return new BodyWriter().tlvU8(dialect.tags().remoteCommand(), code).toBytes();
  }

  @Override
  public boolean management() {
    return true;
  }

  @Override
  public boolean patient() {
    return def.patient();
  }

  @Override
  public boolean idempotent() {
    return def.idempotent();
  }

  @Override
  public CommandOutcome judge(Ack ack, long nowMillis) throws MalformedFrame {
    int code = ack.body().result();
    if (!ack.command().results().success(code)) {
      return CommandOutcome.answer(State.REJECTED, ack.command().results(), code);
    }
    boolean done = def.shownBy() == Evidence.ACK
        || def.shownBy() == Evidence.SESSION && ack.terminal().confirmed().isPresent();
    return CommandOutcome.answer(
        done ? State.SUCCEEDED : State.ACKED, ack.command().results(), code);
  }

  @Override
  public Optional<CommandOutcome> reported(
      Map<Integer, byte[]> values, LongPredicate sentAs, long nowMillis) {
    return switch (def.shownBy()) {
      case TRAP ->
        shows(values) ? Optional.of(CommandOutcome.seen(State.SUCCEEDED, "")) : Optional.empty();
      // By order: the C stack's number is stale (5.2.3).
      case RESULT -> ExecutionResult.of(dialect, values).map(ExecutionResult::outcome);
      default -> Optional.empty();
    };
  }

  @Override
  public Optional<CommandOutcome> reportedUnanswered(
      Map<Integer, byte[]> values, LongPredicate sentAs, long nowMillis) {
    return switch (def.shownBy()) {
      case TRAP -> def.tags().isEmpty() ? Optional.empty() : reported(values, sentAs, nowMillis);
      case RESULT ->
        ExecutionResult.of(dialect, values)
            .filter(result -> sentAs.test(result.sequence()))
            .map(ExecutionResult::outcome);
      default -> Optional.empty();
    };
  }

  private boolean shows(Map<Integer, byte[]> values) {
    if (!def.tags().isEmpty()) {
      return values.keySet().stream().anyMatch(def.tags()::contains);
    }
    Tags tags = dialect.tags();
    return !values.containsKey(tags.executionResult())
        && !values.containsKey(tags.alarmStatus())
        && !values.containsKey(tags.localConfigApplied());
  }

  /** Asks for a LOGIN. */
  static byte[] wakeUp(Dialect dialect) {
    return new ControlWork(dialect, WAKE_UP).body();
  }

  @Override
  public boolean wakes() {
    return def.shownBy() == Evidence.SESSION;
  }

  @Override
  public boolean shownByLogin() {
    return def.shownBy() == Evidence.LOGIN && !def.patient();
  }

  @Override
  public Optional<CommandOutcome> loggedIn(Terminal terminal, long nowMillis) {
    return def.shownBy() == Evidence.LOGIN || def.shownBy() == Evidence.SESSION
        ? Optional.of(CommandOutcome.seen(State.SUCCEEDED, ""))
        : Optional.empty();
  }

  @Override
  public String awaited() {
    return switch (def.shownBy()) {
      case LOGIN, SESSION -> "LOGIN";
      case RESULT -> "CONFIG_TRAP with the execution result";
      default -> "CONFIG_TRAP";
    };
  }
}
