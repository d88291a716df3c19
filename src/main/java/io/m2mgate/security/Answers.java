package io.m2mgate.security;

import io.m2mgate.dictionary.CommandDef;
import java.util.Optional;

/** Answers that can be given again from the stored result alone; longer ones are computed again (ground rule 3). Stateless. */
final class Answers {

  private static final byte[] EMPTY = {};

  private Answers() {}

  static Optional<byte[]> again(CommandDef command, int result) {
    return switch (command.command()) {
      case TRANSPARENT_DATA, TRANSPARENT_CMD, CONFIG_TRAP -> Optional.of(Refusals.result(result));
      case HEART_BEAT, LOGOUT -> Optional.of(EMPTY);
      default -> Optional.empty();
    };
  }
}
