package io.m2mgate.trace;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.wire.DigestVerdict;
import io.m2mgate.wire.Frame;
import java.util.Optional;

/** One thing that a trace shows, as a lane saw it; nothing in it is masked yet. Immutable. */
public sealed interface Seen {

  /** When, in milliseconds since 1970. */
  long atMillis();

  /** What it takes of a trace's buffer. */
  int bytes();

  /** Which way a frame goes. */
  enum Direction {
    /** From a terminal. */
    IN,
    /** To a terminal. */
    OUT
  }

  /** What became of a frame. */
  enum Fate {
    /** Goes to the handler of its command. */
    ACCEPTED,
    /** Is answered without its handler, for the reason. */
    ANSWERED,
    /** Gets no answer, or does not leave, for the reason. */
    DROPPED,
    /** Was handed to its bearer. */
    SENT
  }

  /** Where it came from, or goes to. */
  record Place(String bearer, String remote) {}

  /**
   * A whole frame.
   *
   * @param frame on bytes of its own
   * @param clear its decrypted body, where it is encrypted and the session is known
   * @param reason of the fate, where it has one
   * @param digest what the gateway knows of it; empty where it did not look
   */
  record Whole(
      long atMillis,
      Direction direction,
      Place place,
      Frame frame,
      Optional<byte[]> clear,
      Dialect dialect,
      Fate fate,
      Optional<String> reason,
      Optional<DigestVerdict> digest)
      implements Seen {

    @Override
    public int bytes() {
      return frame.length() + clear.map(it -> it.length).orElse(0);
    }
  }

  /** A frame that was accepted before was not served. */
  record Later(long atMillis, Place place, String serial, int command, int sequence, String reason)
      implements Seen {

    @Override
    public int bytes() {
      return 0;
    }
  }

  /** Bytes that are no frame: their connection is closed, a datagram dropped. */
  record Unframed(long atMillis, Place place, String reason) implements Seen {

    @Override
    public int bytes() {
      return 0;
    }
  }
}
