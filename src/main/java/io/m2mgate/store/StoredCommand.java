package io.m2mgate.store;

import io.m2mgate.dictionary.Command;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What somebody asks of a terminal, from the request to its one end (clause 5.4.6, {@code application.md} "Commands").
 *
 * @param head as it was asked; never changes
 * @param progress how far it came
 */
public record StoredCommand(Head head, Progress progress) {

  private static final byte[] NO_BYTES = {};

  /** Reason of one that ended because its terminal was bound to another application. */
  public static final String HANDED_OVER = "the terminal is another application's now";

  /** No number, where there is none. */
  public static final int NONE = -1;

  public String id() {
    return head.id();
  }

  public String serial() {
    return head.serial();
  }

  public State state() {
    return progress.state();
  }

  public boolean isOpen() {
    return progress.finishedMillis() == 0;
  }

  /** True when the other has ended by the very same step. */
  public boolean endedAs(StoredCommand other) {
    return !isOpen()
        && state() == other.state()
        && progress.finishedMillis() == other.progress.finishedMillis();
  }

  public StoredCommand after(Step step) {
    return new StoredCommand(head, progress.after(step));
  }

  /** One that was asked just now. */
  public static StoredCommand asked(Head head) {
    return new StoredCommand(
        head, new Progress(State.QUEUED, "", 0, NONE, "", NONE, "", head.createdMillis(), 0, 0, 0));
  }

  /**
   * @param id ULID: the order of ids of one terminal is the order in which they were asked
   * @param app whose it is
   * @param origin who asked: {@code application}, {@code admin}, {@code terminal:<serial>}, {@code platform}
   * @param high goes out while the terminal downloads (ground rule 2)
   * @param repeatable doing it twice does no harm: sent again when it is not known whether it was done
   * @param body what was asked as JSON text of a form that {@code type} knows, without secrets
   * @param sealed what of it is a secret; empty for most, and once it has ended
   * @param key idempotency key, unique for its application; empty for none
   * @param requestHash of the request that gave the key
   */
  public record Head(
      String id,
      String serial,
      String app,
      Type type,
      String origin,
      Mode mode,
      Wake wake,
      boolean high,
      boolean repeatable,
      String body,
      byte[] sealed,
      String key,
      long requestHash,
      long createdMillis,
      long expiresMillis) {

    /** Before the serial of the terminal that asked. */
    public static final String FROM_TERMINAL = "terminal:";

    public Head {
      sealed = sealed == null ? NO_BYTES : sealed;
    }

    /** The terminal that asked. */
    public Optional<String> fromTerminal() {
      return origin.startsWith(FROM_TERMINAL)
          ? Optional.of(origin.substring(FROM_TERMINAL.length()))
          : Optional.empty();
    }

    public Head withBody(String other) {
      return new Head(
          id,
          serial,
          app,
          type,
          origin,
          mode,
          wake,
          high,
          repeatable,
          other,
          sealed,
          key,
          requestHash,
          createdMillis,
          expiresMillis);
    }
  }

  /**
   * @param reason why it stands where it does, empty where the state says all
   * @param attempts how often it left
   * @param sequence of its last request, unsigned, or {@link #NONE}
   * @param bearer by which it last left, empty before
   * @param resultCode of the terminal's answer, or {@link #NONE}
   * @param result what the answer said, as JSON text of a form that the type knows, or empty
   * @param sentMillis first time it left, 0 before
   * @param ackedMillis first time it was answered, 0 before
   * @param finishedMillis 0 while it is open
   */
  public record Progress(
      State state,
      String reason,
      int attempts,
      long sequence,
      String bearer,
      int resultCode,
      String result,
      long updatedMillis,
      long sentMillis,
      long ackedMillis,
      long finishedMillis) {

    Progress after(Step step) {
      long at = step.atMillis();
      return new Progress(
          step.state(),
          step.reason(),
          attempts + step.sends(),
          step.sequence() == NONE ? sequence : step.sequence(),
          step.bearer().isEmpty() ? bearer : step.bearer(),
          step.resultCode() == NONE ? resultCode : step.resultCode(),
          step.result().isEmpty() ? result : step.result(),
          at,
          sentMillis == 0 && step.sends() > 0 ? at : sentMillis,
          ackedMillis == 0 && step.resultCode() != NONE ? at : ackedMillis,
          step.state().isEnd() ? at : 0);
    }
  }

  /**
   * One move of an open command.
   *
   * @param sends how often it left now
   * @param sequence of the request that left, or {@link #NONE} for the one it has
   * @param bearer by which, or empty for the one it has
   * @param resultCode of an answer, or {@link #NONE}
   * @param result what it said, or empty for what is known
   */
  public record Step(
      State state,
      String reason,
      int sends,
      long sequence,
      String bearer,
      int resultCode,
      String result,
      long atMillis) {

    public static Step to(State state, String reason, long atMillis) {
      return new Step(state, reason, 0, NONE, "", NONE, "", atMillis);
    }

    /** It is about to leave. */
    public static Step leaves(int sequence, String bearer, long atMillis) {
      return new Step(
          State.SENT, "", 1, Integer.toUnsignedLong(sequence), bearer, NONE, "", atMillis);
    }

    /** It has left, under this sequence by now. */
    public static Step left(int sends, long sequence, String bearer, long atMillis) {
      return new Step(State.SENT, "", sends, sequence, bearer, NONE, "", atMillis);
    }

    /** It was answered. */
    public static Step answered(
        State state, String reason, int resultCode, String result, long atMillis) {
      return new Step(state, reason, 0, NONE, "", resultCode, result, atMillis);
    }
  }

  /** What it asks. */
  public enum Type {
    READ(Command.CONFIG_GET),
    CONFIGURE(Command.CONFIG_SET),
    CONTROL(Command.REMOTE_CTRL),
    DATA(Command.TRANSPARENT_DATA),
    /** Reads security parameters or their digests, or starts the use of new ones. */
    SECURITY(Command.SECURITY_CONFIG),
    /** Sets SIM parameters. */
    SIM(Command.SECURITY_CONFIG),
    /** What follows it until the new version is seen, too; made by upgrades only. */
    UPGRADE(Command.DOWNLOAD_INFO);

    /** Those that may be asked for by themselves. */
    public static final Set<Type> ASKABLE =
        Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(UPGRADE)));

    private final Command command;

    Type(Command command) {
      this.command = command;
    }

    /** What it is to the terminal. */
    public Command command() {
      return command;
    }

    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    public static Optional<Type> parse(String text) {
      return Arrays.stream(values()).filter(type -> type.text().equals(text)).findFirst();
    }
  }

  /** How far it has come. Those from {@link #SUCCEEDED} on are ends. */
  public enum State {
    /** Waits for its turn, or for its terminal. */
    QUEUED("queued"),
    /** Left, and is not answered. */
    SENT("sent"),
    /** Answered; what shows that it was done is still to come. */
    ACKED("acked"),
    SUCCEEDED("succeeded"),
    /** The terminal or the platform could not do it. */
    FAILED("failed"),
    /** The terminal refused it. */
    REJECTED("rejected"),
    /** Past its time and never sent. */
    EXPIRED("expired"),
    /** Past its time or its attempts, and sent. */
    TIMED_OUT("timedOut"),
    CANCELLED("cancelled"),
    /** Sent before a restart, and sending it again could do it twice. */
    UNKNOWN("unknown");

    private final String text;

    State(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }

    public boolean isEnd() {
      return compareTo(SUCCEEDED) >= 0;
    }

    public static Optional<State> parse(String text) {
      return Arrays.stream(values()).filter(state -> state.text.equals(text)).findFirst();
    }
  }

  /** What happens while the terminal is not there. */
  public enum Mode {
    /** It waits until it expires. */
    QUEUE,
    /** It fails. */
    IMMEDIATE;

    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    public static Optional<Mode> parse(String text) {
      return Arrays.stream(values()).filter(mode -> mode.text().equals(text)).findFirst();
    }
  }

  /** How a terminal that sleeps is woken. */
  public enum Wake {
    NONE,
    SMS;

    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    public static Optional<Wake> parse(String text) {
      return Arrays.stream(values()).filter(wake -> wake.text().equals(text)).findFirst();
    }
  }
}
