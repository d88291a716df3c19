package io.m2mgate.bus;

import io.m2mgate.dictionary.CommandDef;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Counters of the data plane. May be used from any thread; every label set is bounded and there from the start. */
public final class LaneMetrics {

  /** Why a frame got no further. */
  public enum Drop {
    BAD_SERIAL,
    BAD_VERSION,
    UNKNOWN_SERIAL,
    UNKNOWN_COMMAND,
    UNEXPECTED_ACK,
    MALFORMED,
    WRONG_DIGEST,
    UNSIGNED,
    /** In a session with a key, and not encrypted. */
    CLEAR_BODY,
    /** Encrypted, in a session without a key. */
    NO_SESSION_KEY,
    DECRYPTION_FAILED,
    REPLAY,
    /** A part, where the profile takes none. */
    SEGMENT_REFUSED,
    /** A message in parts that one of both ends gave up. */
    SEGMENT_ABORTED,
    /** A part that there was no memory for. */
    SEGMENT_MEMORY,
    DUPLICATE_JOINED,
    NO_SESSION,
    HEARTBEAT_WITHHELD,
    WAITING_FULL,
    LOADING_FULL,
    LOGIN_OVERLOAD,
    PROOF_THROTTLED,
    /** A REGISTER beyond its source's rate or that of all. */
    REGISTER_OVERLOAD,
    /** Security parameters that too many others stood before; the terminal registers again. */
    DISTRIBUTION_FULL,
    STORE_UNAVAILABLE,
    /** A request for a block beyond what may wait, or that waited too long. */
    FILE_WAITING,
    ANSWER_LATE,
    /** A short message from another number than the terminal's, or of a terminal whose number is not known. */
    WRONG_NUMBER,
    /** A fault of ours; the log says which. */
    FAULT;

    /** The frame is good, and it is ours that it got no further: come again, it would. */
    public boolean isOurs() {
      return switch (this) {
        case WAITING_FULL,
            LOADING_FULL,
            LOGIN_OVERLOAD,
            REGISTER_OVERLOAD,
            STORE_UNAVAILABLE,
            FILE_WAITING,
            FAULT -> true;
        default -> false;
      };
    }
  }

  /** Why a request to a terminal waits in the store although its terminal is there. */
  public enum Postponed {
    /** Too many terminals have requests in memory. */
    TERMINALS,
    /** Too many wait for this terminal. */
    QUEUE
  }

  private final MeterRegistry registry;
  private final Map<Drop, Counter> drops = new EnumMap<>(Drop.class);
  private final Map<Postponed, Counter> postponed = new EnumMap<>(Postponed.class);
  private final Map<String, Map<String, Counter>> answers = new ConcurrentHashMap<>();
  private final Counter framesIn;
  private final Counter framesOut;
  private final Counter lostAfterAck;

  public LaneMetrics(MeterRegistry registry) {
    this.registry = registry;
    for (Drop reason : Drop.values()) {
      drops.put(
          reason,
          Counter.builder("m2mgate_frames_dropped")
              .description("Frames that were not served, by reason")
              .tag("reason", label(reason))
              .register(registry));
    }
    for (Postponed reason : Postponed.values()) {
      postponed.put(
          reason,
          counter(
              "m2mgate_requests_postponed",
              "Requests to terminals that wait in the store because a limit is reached, by reason",
              "reason",
              label(reason)));
    }
    framesIn = counter("m2mgate_frames_received", "Frames decoded");
    framesOut = counter("m2mgate_frames_sent", "Frames written");
    lostAfterAck =
        counter("m2mgate_lost_after_ack", "Requests acknowledged on receipt that were not stored");
  }

  public static String label(Enum<?> reason) {
    return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The name of the result that an answer's first byte is. */
  public static String result(CommandDef command, byte[] body) {
    return command.results().nameOf(body[0] & 0xFF);
  }

  /** A request that a profile has acknowledged at once could not be stored. */
  public void lostAfterAck() {
    lostAfterAck.increment();
  }

  public void dropped(Drop reason) {
    drops.get(reason).increment();
  }

  public void postponed(Postponed reason) {
    postponed.get(reason).increment();
  }

  public void received(int frames) {
    framesIn.increment(frames);
  }

  public void sent(int frames) {
    framesOut.increment(frames);
  }

  /** A terminal was answered a refusal or a result; both labels come from the dictionary. */
  public void answered(String command, String result) {
    Map<String, Counter> byResult = answers.get(command);
    Counter known = byResult == null ? null : byResult.get(result);
    (known == null ? answerCounter(command, result) : known).increment();
  }

  private Counter answerCounter(String command, String result) {
    return answers
        .computeIfAbsent(command, name -> new ConcurrentHashMap<>())
        .computeIfAbsent(
            result,
            name -> Counter.builder("m2mgate_answers")
                .description("Answers to terminals, by command and result")
                .tag("command", command)
                .tag("result", name)
                .register(registry));
  }

  public Counter counter(String name, String description, String... tags) {
    return Counter.builder(name).description(description).tags(tags).register(registry);
  }

  /** What one lane has in hand; read from any thread, so a little late. */
  void lane(Lane lane) {
    gauge(
        "m2mgate_lane_frames_under_way",
        "Frames that are not finished with",
        lane,
        () -> lane.credits().frames());
    gauge(
        "m2mgate_lane_bytes_under_way",
        "Bytes of such frames",
        lane,
        () -> lane.credits().bytes());
    gauge(
        "m2mgate_lane_pressed",
        "1 while sockets are held back",
        lane,
        () -> lane.credits().pressed() ? 1 : 0);
    gauge(
        "m2mgate_lane_terminals",
        "Terminals in memory",
        lane,
        () -> lane.terminals().size());
    gauge(
        "m2mgate_lane_tracked_failures",
        "Pairs of terminal and source whose wrong proofs are remembered",
        lane,
        () -> lane.lockOuts().size());
  }

  /** Something that one lane has, read from any thread. */
  public void gauge(String name, String description, Lane lane, Supplier<Number> value) {
    Gauge.builder(name, value)
        .description(description)
        .tag("lane", Integer.toString(lane.index()))
        .strongReference(true)
        .register(registry);
  }
}
