package io.m2mgate.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.bus.Ack;
import io.m2mgate.dictionary.Command;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.InvalidValue;
import io.m2mgate.wire.MalformedFrame;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongPredicate;

/**
 * One command's part in the protocol: what is sent, what the answer means, and what shows that it was carried out. Knows neither
 * store nor network; used on the terminal's lane.
 */
interface CommandWork {

  /** Of its next request. */
  Command command();

  /**
   * Fixed fields and TLVs of its next request.
   *
   * @throws InvalidValue when what was asked cannot be said to this terminal
   */
  byte[] body();

  /** Does not wait behind business data (ground rule 2). */
  boolean management();

  /** Tried again at the terminal's next sign when all sends stayed unanswered (5.4.6). */
  boolean patient();

  /** Sent again after a restart when it is not known whether it was done. */
  boolean idempotent();

  /** What the terminal's answer makes of it. */
  CommandOutcome judge(Ack ack, long nowMillis) throws MalformedFrame;

  /** True for one that was answered and still has a request of its own to send. */
  default boolean asksMore() {
    return false;
  }

  /**
   * What a report after the answer makes of it.
   *
   * @param values by tag
   * @param sentAs true for an unsigned sequence that it was sent under
   */
  default Optional<CommandOutcome> reported(
      Map<Integer, byte[]> values, LongPredicate sentAs, long nowMillis) {
    return Optional.empty();
  }

  /**
   * What a report makes of it where the answer was lost. A terminal that drops repeats answers the next one, and reports no second time.
   *
   * @param values by tag
   * @param sentAs true for an unsigned sequence that it was sent under
   */
  default Optional<CommandOutcome> reportedUnanswered(
      Map<Integer, byte[]> values, LongPredicate sentAs, long nowMillis) {
    return Optional.empty();
  }

  /** What it asks is the same whenever it leaves, so that it may keep its sequence. */
  default boolean repeatsAsItWas() {
    return true;
  }

  /** A LOGIN shows that it was carried out, also where the answer was lost: doing it again would be worse. */
  default boolean shownByLogin() {
    return false;
  }

  /** It wakes the terminal itself: by short message where there is no session (5.3.7). */
  default boolean wakes() {
    return false;
  }

  /** What a confirmed session that was opened after the answer makes of it. */
  default Optional<CommandOutcome> loggedIn(Terminal terminal, long nowMillis) {
    return Optional.empty();
  }

  /** Goes only where secrets may go (5.3.1). */
  default boolean secret() {
    return false;
  }

  /** Why it cannot be asked of the terminal as it now is. */
  default Optional<String> unfit(Terminal terminal) {
    return Optional.empty();
  }

  /** Why its next request cannot be made for the terminal as it now is. */
  default Optional<String> obstacle(Terminal terminal) {
    Optional<String> why = unfit(terminal);
    if (why.isPresent()) {
      return why;
    }
    try {
      body();
      return Optional.empty();
    } catch (InvalidValue e) {
      return Optional.of(e.getMessage());
    }
  }

  /**
   * What a security report makes of it once it was sent.
   *
   * @param values by tag
   * @param later it was answered, and the terminal has logged in since
   */
  default Optional<CommandOutcome> securityReported(Map<Integer, byte[]> values, boolean later) {
    return Optional.empty();
  }

  /** The mode of TLV sim-bind-mode that its success confirms. */
  default OptionalInt simBinding() {
    return OptionalInt.empty();
  }

  /** What shows that it was carried out may come until it expires. */
  default boolean endures() {
    return false;
  }

  /**
   * What time makes of it while it waits for what shows that it was carried out.
   *
   * @param inSession the terminal has a confirmed session
   */
  default Optional<CommandOutcome> overdue(boolean inSession, long nowMillis) {
    return Optional.empty();
  }

  /** Members of its result that changed and are worth keeping now, though they may be lost. */
  default Optional<ObjectNode> note(long nowMillis) {
    return Optional.empty();
  }

  /** What it waits for after the answer, in words. */
  default String awaited() {
    return "nothing";
  }
}
