package io.m2mgate.security;

import io.m2mgate.bus.Reply;
import io.m2mgate.bus.Request;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.dictionary.FlagBits;
import io.m2mgate.dictionary.HeaderDef;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Session;
import io.m2mgate.wire.DigestLocator;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameEncoder;
import io.m2mgate.wire.PartCodec;
import io.m2mgate.wire.Segmenter;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Makes frames of answers and requests: header, body encrypted where the session is, digest where one belongs (wire 3 and 4). One
 * for each lane.
 */
final class FrameSealer {

  private static final byte[] EMPTY = {};

  private final Dictionary dictionary;
  private final DigestProof proofs;
  private final SessionCiphers ciphers;
  private final Map<HeaderDef, FrameEncoder> encoders = new IdentityHashMap<>();
  private final Map<Dialect, PartCodec> codecs = new IdentityHashMap<>();

  FrameSealer(Dictionary dictionary, DigestProof proofs, SessionCiphers ciphers) {
    this.dictionary = dictionary;
    this.proofs = proofs;
    this.ciphers = ciphers;
  }

  byte[] seal(Reply reply) {
    if (reply.origin().bearer().equals(Origin.SMS)) {
      return byMessage(reply);
    }
    if (reply.seal() instanceof Reply.Signed signed) {
      byte[] frame = frame(reply, signed.session(), reply.body());
      if (frame.length > signed.session().profile().maxFrameBytes()) {
        return tooLong(reply, signed.session()).orElse(frame);
      }
      return frame;
    }
    if (reply.seal() instanceof Reply.InPlace in) {
      return inPlace(reply, in.session());
    }
    Frame request = reply.request();
    HeaderDef header = request.header();
    if (reply.seal() instanceof Reply.Segment segment) {
      int flags = ofSegment(header, segment.encrypted());
      return signed(reply, segment.session(), reply.body(), flags);
    }
    return unsigned(reply, reply.body());
  }

  /** One that is longer than a message is the refusal, where its command has one. */
  private byte[] byMessage(Reply reply) {
    byte[] frame = unsigned(reply, clearBody(reply));
    Dialect dialect = dictionary.dialect();
    int id = reply.request().requestCommand();
    return frame.length <= dialect.shortMessages().maxFrameBytes() || !dialect.knows(id)
        ? frame
        : Refusals.of(dialect.command(id), EMPTY, 0, 0)
            .map(refusal -> unsigned(reply, refusal))
            .orElse(frame);
  }

  private byte[] unsigned(Reply reply, byte[] body) {
    HeaderDef header = reply.request().header();
    int command = reply.request().requestCommand() | header.ackBit();
    return encoder(header).encode(command, reply.sequence(), 0, reply.request(), body, false);
  }

  private static byte[] clearBody(Reply reply) {
    byte[] body = reply.body();
    return reply.seal() instanceof Reply.InPlace
        ? Arrays.copyOfRange(
            body, reply.request().header().size(), body.length - DigestLocator.TLV_SIZE)
        : body;
  }

  private byte[] inPlace(Reply reply, Session session) {
    Frame request = reply.request();
    HeaderDef header = request.header();
    byte[] frame = reply.body();
    int length = frame.length - header.size() - DigestLocator.TLV_SIZE;
    if (session.key().isPresent()) {
      return frame(
          reply, session, Arrays.copyOfRange(frame, header.size(), header.size() + length));
    }
    encoder(header)
        .encode(
            request.requestCommand() | header.ackBit(),
            reply.sequence(),
            header.answerVersion(),
            header.flags().digest(),
            request.bytes(),
            request.serialOffset(),
            frame,
            header.size(),
            length,
            true,
            frame,
            0);
    proofs.sign(frame, session);
    return frame;
  }

  private byte[] frame(Reply reply, Session session, byte[] clear) {
    HeaderDef header = reply.request().header();
    if (session.key().isPresent()) {
      Dialect dialect = dialect(session);
      CommandDef command = dialect.command(reply.request().requestCommand());
      if (SessionCiphers.encrypts(session, command, clear)) {
        return signed(reply, session, ciphers.wrap(session, dialect, clear), encrypted(header));
      }
    }
    return signed(reply, session, clear, header.flags().digest());
  }

  private byte[] signed(Reply reply, Session session, byte[] body, int flags) {
    Frame request = reply.request();
    HeaderDef header = request.header();
    int command = request.requestCommand() | header.ackBit();
    byte[] frame = encoder(header).encode(command, reply.sequence(), flags, request, body, true);
    proofs.sign(frame, session);
    return frame;
  }

  /** The refusal in place of an answer that the terminal cannot take; blocks of files are as long as it asked for (wire 6). */
  private Optional<byte[]> tooLong(Reply reply, Session session) {
    CommandDef command = dialect(session).command(reply.request().requestCommand());
    return command.command() == Command.FILE_REQ ? Optional.empty() : refusal(reply, session);
  }

  /** The command's refusal in place of an answer; empty where it has none. */
  Optional<byte[]> refusal(Reply reply, Session session) {
    CommandDef command = dialect(session).command(reply.request().requestCommand());
    return Refusals.of(command, EMPTY, 0, 0).map(refusal -> frame(reply, session, refusal));
  }

  /** A body as it goes onto the wire in this session, before it is cut into parts. */
  byte[] wrapped(Session session, Dialect dialect, CommandDef command, byte[] clear) {
    return SessionCiphers.encrypts(session, command, clear)
        ? ciphers.wrap(session, dialect, clear)
        : clear;
  }

  /** The frame of a request, or of its current part; made once, for a repeat is the same bytes. */
  byte[] seal(Request request) {
    if (request.sealed().isEmpty()) {
      request.sealed(frame(request));
    }
    return request.sealed().orElseThrow();
  }

  private byte[] frame(Request request) {
    if (request.seal() instanceof Request.InSession in) {
      return inSession(request, in.session());
    }
    if (request.seal() instanceof Request.InParts in) {
      return part(request, in.session(), in.partLength());
    }
    if (request.seal() instanceof Request.Word word) {
      return segment(request, word.session(), request.body(), false);
    }
    return request.seal() instanceof Request.ByMessage
        ? frame(request, 0, request.body(), false)
        : ofRegistration(request);
  }

  private byte[] part(Request request, Session session, int partLength) {
    Dialect dialect = request.dialect();
    if (request.parts().isEmpty()) {
      request.parts(
          new Segmenter(wrapped(session, dialect, request.command(), request.body()), partLength));
    }
    PartCodec codec = codecs.computeIfAbsent(dialect, PartCodec::new);
    byte[] body = codec.write(request.parts().get().part());
    boolean encrypted = SessionCiphers.encrypts(session, request.command(), request.body());
    return segment(request, session, body, encrypted);
  }

  private byte[] segment(Request request, Session session, byte[] body, boolean encrypted) {
    byte[] frame = frame(request, ofSegment(request.dialect().header(), encrypted), body, true);
    proofs.sign(frame, session);
    return frame;
  }

  private byte[] inSession(Request request, Session session) {
    HeaderDef header = request.dialect().header();
    boolean encrypts = SessionCiphers.encrypts(session, request.command(), request.body());
    byte[] body =
        encrypts ? ciphers.wrap(session, request.dialect(), request.body()) : request.body();
    int flags = encrypts ? encrypted(header) : header.flags().digest();
    byte[] frame = frame(request, flags, body, true);
    proofs.sign(frame, session);
    return frame;
  }

  private byte[] ofRegistration(Request request) {
    int flags = request.dialect().header().flags().passwords();
    return frame(request, flags, request.body(), false);
  }

  private byte[] frame(Request request, int flags, byte[] body, boolean withDigest) {
    return encoder(request.dialect().header())
        .encode(
            request.command().id(),
            request.sequence(),
            flags,
            request.serial(),
            body,
            0,
            body.length,
            withDigest);
  }

  private static int ofSegment(HeaderDef header, boolean encrypted) {
    return encrypted
        ? encrypted(header)
        : header.flags().digest() | header.flags().wrapped();
  }

  private static int encrypted(HeaderDef header) {
    FlagBits flags = header.flags();
    return flags.passwords() | flags.encryption() | flags.digest() | flags.wrapped();
  }

  private Dialect dialect(Session session) {
    return dictionary.dialect(session.profile().dialect()).orElseGet(dictionary::dialect);
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
