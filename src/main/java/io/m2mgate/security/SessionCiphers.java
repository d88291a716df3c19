package io.m2mgate.security;

import io.m2mgate.bus.LaneMetrics;
import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.EncryptionPolicy;
import io.m2mgate.session.Session;
import io.m2mgate.session.SessionKey;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.DigestLocator;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.Wrapping;
import io.micrometer.core.instrument.Counter;
import java.util.Optional;

/** Takes bodies out of their encryption and puts them into it, in sessions that have a key (wire 4). One for each lane. */
final class SessionCiphers {

  static final int TLV_HEADER = 4;

  private final BodyCiphers ciphers;
  private final Counter decrypted;
  private final Counter encrypted;

  SessionCiphers(BodyCiphers ciphers, LaneMetrics metrics) {
    this.ciphers = ciphers;
    decrypted = blocks(metrics, "in");
    encrypted = blocks(metrics, "out");
  }

  private static Counter blocks(LaneMetrics metrics, String direction) {
    return metrics.counter(
        "m2mgate_cipher_blocks",
        "Blocks of bodies that passed through a cipher under session keys",
        "direction",
        direction);
  }

  /**
   * What the body of a frame of this session says.
   *
   * @param digestAt where the digest TLV begins, or -1
   */
  Content open(Asked asked, Session session, int digestAt) {
    Frame frame = asked.frame();
    int length = frame.bodyLength(digestAt);
    Wrapping wrapping = Wrapping.of(frame, asked.dialect(), digestAt);
    if (wrapping == Wrapping.ENCRYPTED) {
      return session
          .key()
          .map(key -> decrypt(key, frame))
          .orElseGet(() -> new Content.Closed(Drop.NO_SESSION_KEY));
    }
    boolean ofSegments = wrapping == Wrapping.SEGMENT
        && asked.command().segmentable()
        && session.key().isPresent();
    if (length > 0 && !ofSegments && !takesClear(session)) {
      return new Content.Closed(Drop.CLEAR_BODY);
    }
    return new Content.Clear(frame.bytes(), frame.bodyOffset(), length, false);
  }

  private static boolean takesClear(Session session) {
    return switch (session.profile().encryption()) {
      case OFF, OPTIONAL -> true;
      case WHEN_NEGOTIATED -> session.key().isEmpty();
      case REQUIRED -> false;
    };
  }

  /** Its bodies would be clear and must not be: the profile was changed since its LOGIN. */
  static boolean lacksKey(Session session) {
    return session.key().isEmpty() && session.profile().encryption() == EncryptionPolicy.REQUIRED;
  }

  private Content decrypt(SessionKey key, Frame frame) {
    int at = frame.bodyOffset();
    int length = Bytes.u16(frame.bytes(), at + 2);
    try {
      byte[] clear =
          ciphers.decrypt(key.cipher(), key.octets(), frame.bytes(), at + TLV_HEADER, length);
      count(key, clear.length, decrypted);
      return new Content.Clear(clear, 0, clear.length, true);
    } catch (DecryptionFailed e) {
      return new Content.Closed(Drop.DECRYPTION_FAILED);
    }
  }

  /** What the encrypted body of a frame of this session says, either way, for who watches: it counts for nothing. */
  Optional<byte[]> reveal(Session session, Dialect dialect, Frame frame) {
    int digestAt = DigestLocator.find(frame, dialect);
    if (session.key().isEmpty() || Wrapping.of(frame, dialect, digestAt) != Wrapping.ENCRYPTED) {
      return Optional.empty();
    }
    SessionKey key = session.key().get();
    int at = frame.bodyOffset();
    int length = Bytes.u16(frame.bytes(), at + 2);
    try {
      return Optional.of(
          ciphers.decrypt(key.cipher(), key.octets(), frame.bytes(), at + TLV_HEADER, length));
    } catch (DecryptionFailed e) {
      return Optional.empty();
    }
  }

  /** Whether a body of this command goes encrypted in this session. */
  static boolean encrypts(Session session, Dialect dialect, CommandDef command, byte[] body) {
    return body.length > 0
        && session.key().isPresent()
        && !command.neverEncrypted()
        && !(command.segmentable() && isSegment(dialect, body));
  }

  /** Parts are cut out of what is encrypted already, and their acks go in clear. */
  private static boolean isSegment(Dialect dialect, byte[] body) {
    return body.length >= TLV_HEADER
        && Bytes.u16(body, 0) == dialect.tags().segment()
        && Bytes.u16(body, 2) == body.length - TLV_HEADER;
  }

  /** The one TLV that stands for a body in a session that has a key. */
  byte[] wrap(Session session, Dialect dialect, byte[] body) {
    SessionKey key = session.key().orElseThrow();
    byte[] hidden = ciphers.encrypt(key.cipher(), key.octets(), body, 0, body.length);
    count(key, body.length, encrypted);
    return new BodyWriter(TLV_HEADER + hidden.length)
        .tlv(dialect.tags().encryptedBody(), hidden)
        .toBytes();
  }

  private static void count(SessionKey key, int clearBytes, Counter counter) {
    int blocks = BodyCiphers.blocks(key.cipher(), clearBytes);
    key.used(blocks);
    counter.increment(blocks);
  }
}
