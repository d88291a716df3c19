package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.BUFFER;
import static io.m2mgate.config.SettingForms.BYTES;
import static io.m2mgate.config.SettingForms.count;

import java.util.List;

/** The bounds of live traces, as data; stateless. */
final class TraceDefs {
  private static final String LIVE_ONLY = " Traces are live only: nothing of them is stored.";

  private TraceDefs() {}

  static void add(List<SettingDef> defs) {
    defs.add(new SettingDef(
        "retention.traces.days",
        count(1, 36_500),
        "7",
        "days",
        "Age at which stored traces of frames are to be cut." + LIVE_ONLY));
    defs.add(new SettingDef(
        "retention.traces.bytes",
        BYTES,
        "1073741824",
        "bytes",
        "Size at which stored traces of frames are to be cut." + LIVE_ONLY));
    defs.add(new SettingDef(
        "traces.max",
        count(1, 1000),
        "8",
        "traces",
        "Live traces of frames at once; more are answered 429."));
    defs.add(new SettingDef(
        "traces.maxSeconds",
        count(1, 604_800),
        "3600",
        "seconds",
        "After which a trace ends by itself."));
    defs.add(
        new SettingDef(
            "traces.bufferFrames",
            count(1, 1_000_000),
            "1000",
            "frames",
            "Frames of one trace that wait for a slow reader; others are counted, and the reader is told."));
    defs.add(
        new SettingDef("traces.bufferBytes", BUFFER, "1048576", "bytes", "Bytes of such frames."));
  }
}
