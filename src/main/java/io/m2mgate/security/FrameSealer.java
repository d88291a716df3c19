package io.m2mgate.security;

import io.m2mgate.bus.Reply;
import io.m2mgate.bus.Request;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.dictionary.HeaderDef;
import io.m2mgate.session.Session;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameEncoder;
import java.util.IdentityHashMap;
import java.util.Map;

/** Makes frames of answers: header in the request's layout, digest where one belongs. One for each lane. */
final class FrameSealer {

  private final Dictionary dictionary;
  private final DigestProof proofs;
  private final Map<HeaderDef, FrameEncoder> encoders = new IdentityHashMap<>();

  FrameSealer(Dictionary dictionary, DigestProof proofs) {
    this.dictionary = dictionary;
    this.proofs = proofs;
  }

  byte[] seal(Reply reply) {
    Frame request = reply.request();
    HeaderDef header = request.header();
    FrameEncoder encoder = encoder(header);
    int command = request.requestCommand() | header.ackBit();
    if (reply.seal() instanceof Reply.Signed signed) {
      byte[] frame = encoder.encode(
          command, reply.sequence(), header.flags().digest(), request, reply.body(), true);
      proofs.sign(
          frame,
          signed.session().timestamp(),
          signed.session().identity(),
          signed.session().shortImei());
      return frame;
    }
    return encoder.encode(command, reply.sequence(), 0, request, reply.body(), false);
  }

  /** The frame of a request; made once, for a repeat is the same bytes. */
  byte[] seal(Request request) {
    if (request.sealed().isEmpty()) {
      request.sealed(frame(request));
    }
    return request.sealed().orElseThrow();
  }

  private byte[] frame(Request request) {
    HeaderDef header = request.dialect().header();
    FrameEncoder encoder = encoder(header);
    byte[] body = request.body();
    int command = request.command().id();
    if (request.seal() instanceof Request.InSession in) {
      byte[] frame = encoder.encode(
          command,
          request.sequence(),
          header.flags().digest(),
          request.serial(),
          body,
          0,
          body.length,
          true);
      Session session = in.session();
      proofs.sign(frame, session.timestamp(), session.identity(), session.shortImei());
      return frame;
    }
    return encoder.encode(
        command,
        request.sequence(),
        header.flags().passwords(),
        request.serial(),
        body,
        0,
        body.length,
        false);
  }

  private FrameEncoder encoder(HeaderDef header) {
    FrameEncoder known = encoders.get(header);
    if (known == null) {
      known = new FrameEncoder(dictionary.dialect(), header);
      encoders.put(header, known);
    }
    return known;
  }
}
