package io.m2mgate.config;

import java.util.Optional;

/** Settings of parts that this version does not have: accepted while disabled; immutable, shared by all threads. */
public final class LaterSettings {
  private LaterSettings() {}

  /** The short message bearer. */
  public record Sms(boolean enabled, Smpp smpp) {}

  /** The short message centre. */
  public record Smpp(Optional<String> host, int port, Optional<String> systemId, Secret password) {}
}
