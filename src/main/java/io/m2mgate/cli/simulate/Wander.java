package io.m2mgate.cli.simulate;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Tags;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.Bytes;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What happens to one terminal by chance: connections that break, addresses that change, frames that are lost, doubled or late, reports
 * that nobody asked for. Owned by the terminal's event loop.
 */
final class Wander {
  private static final String ALARM = "signalWeak";
  private static final int SHORTEST_DELAY_MILLIS = 20;
  private static final int LONGEST_DELAY_MILLIS = 200;

  /** What becomes of a datagram. */
  enum Fate {
    ARRIVES,
    ARRIVES_TWICE,
    /** Others overtake it. */
    ARRIVES_LATE,
    LOST
  }

  private final FieldOptions field;
  private final BearerOptions bearers;
  private final Set<Quirk> quirks;
  private final Dialect dialect;
  private final TerminalModel model;
  private final SplittableRandom random;
  private long breaksAtNanos;
  private long reportsAtNanos;
  private long rebindsAtNanos;
  private long switchesAtNanos;
  private Bearer bearer;
  private int reports;

  Wander(Making making, BearerOptions bearers, long now) {
    this.field = making.field();
    this.bearers = bearers;
    this.bearer = bearers.bearer();
    this.quirks = making.quirks();
    this.dialect = making.dialect();
    this.model = making.model();
    this.random = making.random();
    this.breaksAtNanos = after(now, field.reconnectEvery().toNanos());
    this.reportsAtNanos = after(now, field.reportEvery().toNanos());
    this.rebindsAtNanos = after(now, bearers.rebindEvery().toNanos());
    this.switchesAtNanos = after(now, bearers.switchEvery().toNanos());
  }

  /** Whether nothing ever happens to it, so that many terminals may have the same one. */
  static boolean isNone(Making making) {
    return making.quirks().isEmpty() && making.field().reportEvery().isZero();
  }

  /** Until something happens to it. */
  long waitNanos(long now) {
    long wait = Patience.FOREVER;
    if (quirks.contains(Quirk.RECONNECTS)) {
      wait = Math.min(wait, breaksAtNanos - now);
    }
    if (quirks.contains(Quirk.REBINDS)) {
      wait = Math.min(wait, rebindsAtNanos - now);
    }
    if (quirks.contains(Quirk.SWITCHES)) {
      wait = Math.min(wait, switchesAtNanos - now);
    }
    return field.reportEvery().isZero() ? wait : Math.min(wait, reportsAtNanos - now);
  }

  /** What carries its frames by now. */
  Bearer bearer() {
    return bearer;
  }

  /** Whether it goes on over its other bearer now. */
  boolean switches(long now) {
    if (!quirks.contains(Quirk.SWITCHES) || now - switchesAtNanos < 0) {
      return false;
    }
    switchesAtNanos = after(now, bearers.switchEvery().toNanos());
    bearer = bearer == Bearer.TCP ? Bearer.UDP : Bearer.TCP;
    return true;
  }

  /** Whether its address changes now. */
  boolean rebinds(long now) {
    if (!quirks.contains(Quirk.REBINDS) || bearer != Bearer.UDP || now - rebindsAtNanos < 0) {
      return false;
    }
    rebindsAtNanos = after(now, bearers.rebindEvery().toNanos());
    return true;
  }

  boolean isShort() {
    return quirks.contains(Quirk.SHORT);
  }

  Fate fate() {
    if (!quirks.contains(Quirk.LOSSY)) {
      return Fate.ARRIVES;
    }
    double chance = random.nextDouble() - field.loss();
    if (chance < 0) {
      return Fate.LOST;
    }
    if (chance < bearers.duplicates()) {
      return Fate.ARRIVES_TWICE;
    }
    return chance < bearers.duplicates() + bearers.reorders() ? Fate.ARRIVES_LATE : Fate.ARRIVES;
  }

  /** Of one that others overtake. */
  long delayMillis() {
    return random.nextLong(SHORTEST_DELAY_MILLIS, LONGEST_DELAY_MILLIS);
  }

  /** Waits are such that the past says nothing of the next one. */
  private long after(long now, long meanNanos) {
    return now + (long) (-Math.log(1 - random.nextDouble()) * meanNanos);
  }

  /** Whether its connection breaks now. */
  boolean breaks(long now) {
    if (!quirks.contains(Quirk.RECONNECTS) || now - breaksAtNanos < 0) {
      return false;
    }
    breaksAtNanos = after(now, field.reconnectEvery().toNanos());
    return true;
  }

  boolean losesFrame() {
    return quirks.contains(Quirk.LOSSY) && random.nextDouble() < field.loss();
  }

  /** It is heard no more once it is in session. */
  boolean isDead() {
    return quirks.contains(Quirk.DEAD);
  }

  /** Frames one behind the other, without those that are lost. */
  Buffer whatArrives(Buffer sent) {
    if (!quirks.contains(Quirk.LOSSY)) {
      return sent;
    }
    byte[] frames = sent.getBytes();
    BodyWriter left = new BodyWriter(frames.length);
    int length;
    for (int at = 0; at < frames.length; at += length) {
      length = Bytes.u16(frames, at);
      if (!losesFrame()) {
        left.bytes(frames, at, length);
      }
    }
    return Buffer.buffer(left.toBytes());
  }

  /** Something to report, now and then: an alarm, its end, the statistics, a change made at the terminal itself. */
  void report(Errands errands, long now) {
    if (field.reportEvery().isZero() || now - reportsAtNanos < 0) {
      return;
    }
    reportsAtNanos = after(now, field.reportEvery().toNanos());
    Tags tags = dialect.tags();
    int code = dialect.tlv(tags.alarmCode()).values().code(ALARM);
    BodyWriter body = new BodyWriter();
    switch (reports++ % 4) {
      case 0 ->
        body.tlvU8(tags.alarmStatus(), 1).tlvU8(tags.alarmType(), 1).tlvU16(tags.alarmCode(), code);
      case 1 -> {
        String ended = "%04X".formatted(code);
        body.tlvU8(tags.alarmStatus(), 0)
            .tlv(tags.restoredAlarm(), ended.getBytes(StandardCharsets.US_ASCII));
      }
      case 2 -> body.bytes(model.tlvs(dialect.control("reportStatistics").tags()));
      default ->
        body.tlv(tags.localConfigApplied(), new byte[0])
            .bytes(model.tlvs(List.of(tags.heartbeatInterval())));
    }
    errands.report(body.toBytes());
  }
}
