package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.BUFFER;
import static io.m2mgate.config.SettingForms.count;

import java.util.List;

/** The settings of messages in parts, as data; stateless. */
final class SegmentDefs {

  private SegmentDefs() {}

  static void add(List<SettingDef> defs) {
    add(
        defs,
        "segments.maxBytes",
        BUFFER,
        "67108864",
        "bytes",
        "Memory for segmented messages that are not yet complete or answered, in all; beyond it they"
            + " are refused.");
    add(
        defs,
        "segments.maxParts",
        count(2, 65_535),
        "256",
        "parts",
        "Parts of one message; one of more is aborted.");
    add(
        defs,
        "segments.messageBytes",
        count(1024, 1_048_576),
        "65536",
        "bytes",
        "A message put together from its parts; one of more is aborted.");
    add(
        defs,
        "segments.openSeconds",
        count(1, 86_400),
        "270",
        "seconds",
        "From the first part of a message to its last; then it is dropped and holds no downlink back.");
    add(
        defs,
        "segments.ackSeconds",
        count(1, 86_400),
        "300",
        "seconds",
        "How long after a message a repeat of its last part is answered again.");
  }

  private static void add(
      List<SettingDef> defs,
      String key,
      SettingType type,
      String defaultText,
      String unit,
      String doc) {
    defs.add(new SettingDef(key, type, defaultText, unit, doc));
  }
}
