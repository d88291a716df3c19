package io.m2mgate.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.upgrade.StoredFile;
import java.util.Optional;

/**
 * A file that one terminal may fetch: an open upgrade of it. Immutable.
 *
 * @param command its id
 * @param file empty where it lies elsewhere
 */
record Offer(String command, long transaction, Optional<StoredFile> file, long expiresMillis) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of a command of type UPGRADE. */
  static Offer of(StoredCommand command) {
    try {
      JsonNode body = JSON.readTree(command.head().body());
      String sha256 = body.path(CommandBody.SHA256).asText("");
      return new Offer(
          command.id(),
          body.path(CommandBody.TRANSACTION).asLong(-1),
          sha256.isEmpty()
              ? Optional.empty()
              : Optional.of(new StoredFile(sha256, body.path(CommandBody.SIZE).asLong())),
          command.head().expiresMillis());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a stored command is no JSON", e);
    }
  }
}
