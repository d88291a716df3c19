package io.m2mgate.bus;

import io.m2mgate.session.Inbound;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Session;
import io.m2mgate.wire.Frame;
import java.util.Optional;

/**
 * An answer before it is sealed.
 *
 * @param request gives command, serial and header layout
 * @param sequence the request's, or its latest copy's
 * @param body fixed fields and TLVs, and room around them where the seal says so
 */
public record Reply(Origin origin, Frame request, int sequence, byte[] body, Seal seal) {

  /** How the answer is protected (wire 3). */
  public sealed interface Seal {
    /** The session whose digest it carries. */
    default Optional<Session> signedIn() {
      return Optional.empty();
    }
  }

  /** Flags 00, no digest. */
  public record Unsigned() implements Seal {}

  /** Signed with the downlink password under the session's timestamp. */
  public record Signed(Session session) implements Seal {
    @Override
    public Optional<Session> signedIn() {
      return Optional.of(session);
    }
  }

  /**
   * As {@link Signed}, of an answer that is not worth a copy: before its body stands the room for a header, behind it that for a
   * digest, and the frame is made there.
   */
  public record InPlace(Session session) implements Seal {
    @Override
    public Optional<Session> signedIn() {
      return Optional.of(session);
    }
  }

  /**
   * Signed, and left in clear: the body is one part, or a word about parts.
   *
   * @param encrypted the part is cut from an encrypted body
   */
  public record Segment(Session session, boolean encrypted) implements Seal {
    @Override
    public Optional<Session> signedIn() {
      return Optional.of(session);
    }
  }

  public static final Seal UNSIGNED = new Unsigned();

  public static Reply unsigned(Inbound request, byte[] body) {
    return new Reply(request.origin(), request.frame(), request.frame().sequence(), body, UNSIGNED);
  }
}
