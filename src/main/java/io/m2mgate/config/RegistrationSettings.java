package io.m2mgate.config;

import java.util.List;
import java.util.Optional;

/** Who may register and what they get; immutable, shared by all threads. */
public record RegistrationSettings(
    Mode mode,
    Optional<String> defaultApp,
    Optional<String> serialPrefix,
    List<String> allowPrefixes,
    Distribution distribution,
    int perSourcePerMinute,
    int perMinute,
    int repeatSeconds,
    int sends,
    int sendSeconds,
    int underWay,
    int smsRepeatSeconds,
    int smsSends) {

  /** Who is admitted. */
  public enum Mode {
    PROVISIONED,
    OPEN
  }

  /** How new secrets reach a terminal. */
  public enum Distribution {
    AUTO,
    SMS,
    INBAND,
    NONE
  }
}
