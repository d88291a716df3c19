package io.m2mgate.security;

import io.m2mgate.bus.Reply;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.dictionary.HeaderDef;
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

  private FrameEncoder encoder(HeaderDef header) {
    FrameEncoder known = encoders.get(header);
    if (known == null) {
      known = new FrameEncoder(dictionary.dialect(), header);
      encoders.put(header, known);
    }
    return known;
  }
}
