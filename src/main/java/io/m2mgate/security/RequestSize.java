package io.m2mgate.security;

import io.m2mgate.bus.Request;
import io.m2mgate.session.Profile;
import io.m2mgate.session.Session;
import io.m2mgate.wire.DigestLocator;
import java.util.Optional;

/** Whether a terminal can take a request, which is asked before it leaves (wire 1, {@code maxFrameBytes}). Stateless. */
public final class RequestSize {

  private RequestSize() {}

  /** Why a request must not be sent to a terminal of this profile: it names the setting. Empty when it fits. */
  public static Optional<String> tooLong(Request request, Profile profile) {
    int bytes = bytes(request);
    return bytes <= profile.maxFrameBytes()
        ? Optional.empty()
        : Optional.of(request.command().name() + " of " + bytes
            + " bytes is longer than maxFrameBytes of profile " + profile.name() + ", "
            + profile.maxFrameBytes());
  }

  /** The bytes of its frame. */
  static int bytes(Request request) {
    int header = request.dialect().header().size();
    int body = request.body().length;
    if (!(request.seal() instanceof Request.InSession in)) {
      return header + body;
    }
    Session session = in.session();
    boolean encrypts =
        SessionCiphers.encrypts(session, request.dialect(), request.command(), request.body());
    int wrapped = encrypts
        ? SessionCiphers.TLV_HEADER
            + BodyCiphers.encryptedLength(session.key().orElseThrow().cipher(), body)
        : body;
    return header + wrapped + DigestLocator.TLV_SIZE;
  }
}
