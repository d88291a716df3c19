package io.m2mgate.bus;

import io.m2mgate.dictionary.CommandDef;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counters of the data plane. May be used from any thread; every label set is bounded and there from the start. */
public final class LaneMetrics {

  /** Why a frame got no further. */
  public enum Drop {
    BAD_SERIAL,
    UNKNOWN_SERIAL,
    UNKNOWN_COMMAND,
    UNEXPECTED_ACK,
    MALFORMED,
    WRONG_DIGEST,
    UNSIGNED,
    REPLAY,
    DUPLICATE_JOINED,
    NO_SESSION,
    HEARTBEAT_WITHHELD,
    WAITING_FULL,
    LOADING_FULL,
    LOGIN_OVERLOAD,
    STORE_UNAVAILABLE,
    ANSWER_LATE
  }

  private final MeterRegistry registry;
  private final Map<Drop, Counter> drops = new EnumMap<>(Drop.class);
  private final Map<String, Counter> named = new ConcurrentHashMap<>();
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

  public void received(int frames) {
    framesIn.increment(frames);
  }

  public void sent(int frames) {
    framesOut.increment(frames);
  }

  /** A terminal was answered a refusal or a result; both labels come from the dictionary. */
  public void answered(String command, String result) {
    named
        .computeIfAbsent(
            command + "/" + result,
            key -> Counter.builder("m2mgate_answers")
                .description("Answers to terminals, by command and result")
                .tag("command", command)
                .tag("result", result)
                .register(registry))
        .increment();
  }

  public Counter counter(String name, String description, String... tags) {
    return Counter.builder(name).description(description).tags(tags).register(registry);
  }

  /** A gauge that lanes add to and take from. */
  public LongAdder gauge(String name, String description) {
    LongAdder value = new LongAdder();
    io.micrometer.core.instrument.Gauge.builder(name, value, LongAdder::sum)
        .description(description)
        .register(registry);
    return value;
  }
}
