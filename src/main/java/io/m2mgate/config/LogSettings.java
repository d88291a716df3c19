package io.m2mgate.config;

import java.util.Map;

/** Form and levels of the log; immutable, shared by all threads. Areas without a level of their own are absent. */
public record LogSettings(Format format, String level, Map<String, String> areas) {

  /** How a line is written. */
  public enum Format {
    TEXT,
    JSON
  }
}
