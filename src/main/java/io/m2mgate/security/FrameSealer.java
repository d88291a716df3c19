package io.m2mgate.security;

import io.m2mgate.bus.Reply;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.dictionary.HeaderDef;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameEncoder;
import java.util.HashMap;
import java.util.Map;

/** Makes frames of answers: header in the request's layout, digest where one belongs. One for each lane. */
final class FrameSealer {

  private final Dictionary dictionary;
  private final DigestProof proofs;
  private final Map<HeaderDef, FrameEncoder> encoders = new HashMap<>();

  FrameSealer(Dictionary dictionary, DigestProof proofs) {
    this.dictionary = dictionary;
    this.proofs = proofs;
  }

  byte[] seal(Reply reply) {
    Frame request = reply.request();
    HeaderDef header = request.header();
    FrameEncoder encoder =
        encoders.computeIfAbsent(header, layout -> new FrameEncoder(dictionary.dialect(), layout));
    int command = request.requestCommand() | header.ackBit();
    if (reply.seal() instanceof Reply.Signed signed) {
      byte[] frame = encoder.encode(
          command,
          reply.sequence(),
          header.flags().digest(),
          request.serial(),
          reply.body(),
          0,
          reply.body().length,
          true);
      proofs.sign(
          frame,
          signed.session().timestamp(),
          signed.identity(),
          signed.session().shortImei());
      return frame;
    }
    return encoder.encode(
        command,
        reply.sequence(),
        0,
        request.serial(),
        reply.body(),
        0,
        reply.body().length,
        false);
  }
}
