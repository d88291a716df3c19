package io.m2mgate.session;

import io.m2mgate.dictionary.Command;
import io.m2mgate.wire.Part;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/**
 * A lane's place for one terminal: the terminal once it is there, and the frames that wait for it to arrive or for a change of
 * its session to become durable. Owned by that lane.
 */
public final class Resident {

  /** Frames of one terminal that may wait: as many as one connection may have under way, though most have one or two. */
  private static final int WAITING_FRAMES = 64;

  private static final int STAY = -1;

  private final String serial;
  private int place;
  private Optional<Terminal> terminal = Optional.empty();
  /** Present while some wait: most terminals are idle. */
  private Optional<Queue<Inbound>> waiting = Optional.empty();

  private boolean barrier;
  private boolean beatsWait;
  private boolean stale;
  private boolean commandsOpen;
  private long answeredMillis = Long.MIN_VALUE / 2;
  private int underWay;
  private int held;
  private int destination = STAY;
  private long pass = -1;
  private Watch watch = Watch.NONE;

  /** Who has something to ask of the terminal, and must not while it asks something itself. */
  public interface Watch {

    Watch NONE = verified -> {};

    /**
     * A request of the terminal came that is being answered.
     *
     * @param verified it is new and its own
     */
    void asked(boolean verified);

    /** Whether an answer of this command and sequence is waited for. */
    default boolean expects(Command command, int sequence) {
      return false;
    }

    /**
     * An answer that is waited for comes in parts.
     *
     * @param word the TLV that asks for the next part, or that gives the answer up
     * @param abandoned no more of it is wanted
     */
    default void answering(Command command, int sequence, byte[] word, boolean abandoned) {}

    /**
     * The terminal spoke of the parts that a request of ours goes in.
     *
     * @param word {@link Part.Operation#SEND}, or that it gives the request up
     */
    default void spoke(Command command, int sequence, Part word) {}
  }

  private Command inPass = Command.LOGIN;

  public Resident(String serial) {
    this.serial = serial;
  }

  public String serial() {
    return serial;
  }

  /** Where it stands in its table. */
  int place() {
    return place;
  }

  void place(int at) {
    place = at;
  }

  public Optional<Terminal> terminal() {
    return terminal;
  }

  public void arrived(Terminal there) {
    terminal = Optional.of(there);
  }

  /** True while its frames must wait. */
  public boolean blocked() {
    return terminal.isEmpty() || barrier;
  }

  /** False when too many wait already. */
  public boolean await(Inbound frame) {
    if (waiting.isEmpty()) {
      waiting = Optional.of(new ArrayDeque<>(2));
    }
    Queue<Inbound> queue = waiting.get();
    return queue.size() < WAITING_FRAMES && queue.add(frame);
  }

  /** The next waiting frame, if the terminal takes frames now. */
  public Optional<Inbound> nextWaiting() {
    return blocked() ? Optional.empty() : nextAbandoned();
  }

  /** All that wait, when the terminal turned out not to exist. */
  public Optional<Inbound> nextAbandoned() {
    Optional<Inbound> next = waiting.map(Queue::poll);
    if (waiting.isPresent() && waiting.get().isEmpty()) {
      waiting = Optional.empty();
    }
    return next;
  }

  public boolean hasWaiting() {
    return waiting.isPresent();
  }

  /** Later frames wait until {@link #lower()}: a change of the session is on its way to the store. */
  public void raise() {
    barrier = true;
    beatsWait = true;
  }

  /** The same for a new session beside the one in force: heartbeats, which never wait for the store, go on. */
  public void raiseForLogin() {
    barrier = true;
    beatsWait = false;
  }

  /** True while nothing but a new session's way to the store holds its frames back. */
  public boolean takesBeats() {
    return terminal.isPresent() && !(barrier && beatsWait);
  }

  public void lower() {
    barrier = false;
  }

  /**
   * A frame of it goes to the handler of a command; true when the one before it in the same pass went to another handler, whose
   * batch must then be sent first.
   */
  public boolean turnsTo(Command command, long currentPass) {
    boolean turns = pass == currentPass && inPass != command;
    pass = currentPass;
    inPass = command;
    return turns;
  }

  /** A frame of it went to a handler, or a change to the store. */
  public void begin() {
    underWay++;
  }

  /** What {@link #begin()} counted came back. */
  public void end() {
    underWay--;
  }

  /** It is told of what the terminal asks; {@link Watch#NONE} for nobody. */
  public void watch(Watch by) {
    watch = by;
  }

  public boolean watched() {
    return watch != Watch.NONE;
  }

  public void asked(boolean verified) {
    watch.asked(verified);
  }

  /** Who has something to ask of it. */
  public Watch watch() {
    return watch;
  }

  /** A request of it is through with, or an answer of it. */
  public void answered(long nowMillis) {
    answeredMillis = nowMillis;
  }

  /** When the last {@link #answered} was, or long ago. */
  public long answeredMillis() {
    return answeredMillis;
  }

  /** Something that it asked or that concerns it is under way or waits. */
  public boolean working() {
    return barrier || underWay > 0 || !waiting.isEmpty();
  }

  /** It neither moves nor is forgotten until {@link #unhold()}: what it was asked is known here alone. */
  public void hold() {
    held++;
  }

  public void unhold() {
    held--;
  }

  /** Nothing of it is on its way anywhere: it may move or be forgotten. */
  public boolean quiet() {
    return terminal.isPresent()
        && !barrier
        && underWay == 0
        && held == 0
        && waiting.isEmpty()
        && terminal.get().segments().filter(Segments::holding).isEmpty();
  }

  /** Its frames verify on a connection of another lane: it moves there once quiet. */
  public void moveTo(int lane) {
    destination = lane;
  }

  public boolean moves() {
    return destination != STAY;
  }

  public int destination() {
    return destination;
  }

  public void moved() {
    destination = STAY;
  }

  /** Commands in the store may wait for it. */
  public boolean commandsOpen() {
    return commandsOpen;
  }

  public void commandsOpen(boolean may) {
    commandsOpen = may;
  }

  /** Its stored record changed while it was loading. */
  public void markStale() {
    stale = true;
  }

  /** True once after {@link #markStale()}. */
  public boolean takeStale() {
    boolean was = stale;
    stale = false;
    return was;
  }
}
