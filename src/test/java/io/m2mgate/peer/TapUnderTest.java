package io.m2mgate.peer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * One way in which events leave, as {@link TapOrdeal} drives it: a consumer that comes and goes and confirms. One thread owns it. What it
 * has not been asked for it must not read, so that a consumer that stands still is one.
 */
public interface TapUnderTest extends AutoCloseable {

  /** As the balance names it. */
  String name();

  /** Connects, or connects again, behind what was confirmed. */
  void connect() throws IOException;

  /** The next event; empty when none came in time. Fails where the connection ended. */
  Optional<JsonNode> next(Duration patience) throws IOException;

  /** Confirms everything up to and with this event; returns once that holds. */
  void confirm(JsonNode event) throws IOException;

  /** Goes as a client should. */
  void disconnect() throws IOException;

  /** Goes without a word: its connection is reset. */
  void kill() throws IOException;

  @Override
  default void close() throws IOException {
    kill();
  }
}
