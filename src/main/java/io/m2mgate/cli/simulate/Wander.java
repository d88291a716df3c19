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
 * What happens to one terminal by chance: connections that break, frames that are lost, reports that nobody asked for. Owned by the
 * terminal's event loop.
 */
final class Wander {
  private static final String ALARM = "signalWeak";

  private final FieldOptions field;
  private final Set<Quirk> quirks;
  private final Dialect dialect;
  private final TerminalModel model;
  private final SplittableRandom random;
  private long breaksAtNanos;
  private long reportsAtNanos;
  private int reports;

  Wander(Making making, long now) {
    this.field = making.field();
    this.quirks = making.quirks();
    this.dialect = making.dialect();
    this.model = making.model();
    this.random = making.random();
    this.breaksAtNanos = after(now, field.reconnectEvery().toNanos());
    this.reportsAtNanos = after(now, field.reportEvery().toNanos());
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
  void report(Answers answers, long now) {
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
    answers.report(body.toBytes());
  }
}
