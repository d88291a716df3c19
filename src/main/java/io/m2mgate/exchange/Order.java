package io.m2mgate.exchange;

import io.m2mgate.dictionary.Command;
import java.util.OptionalInt;

/** Something the platform wants to ask of a terminal. Compared by identity; what it is about is its maker's. */
public interface Order {

  Command command();

  /** Goes before business data (ground rule 2). */
  boolean management();

  /** Carries secrets: only into a confirmed session (5.3.1). */
  boolean secret();

  /** Goes out also while the terminal downloads a file (ground rule 2). */
  default boolean high() {
    return false;
  }

  /** Tried again at the terminal's next verified uplink when all sends stayed unanswered (5.4.6); else that is its end. */
  boolean patient();

  /**
   * The sequence that it left under before it came here, in the session of this timestamp: the terminal may have done it under that one,
   * and knows a repeat by it (5.4.6).
   */
  default OptionalInt sentAs(long timestamp) {
    return OptionalInt.empty();
  }

  /** When it ends unanswered, {@link Long#MAX_VALUE} never. */
  long expiresMillis();
}
