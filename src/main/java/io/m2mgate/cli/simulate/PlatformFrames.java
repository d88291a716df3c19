package io.m2mgate.cli.simulate;

import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.dictionary.Layout;
import io.m2mgate.dictionary.ShortMessageDef;
import io.m2mgate.dictionary.Tags;
import io.m2mgate.security.BodyCiphers;
import io.m2mgate.security.DecryptionFailed;
import io.m2mgate.security.FrameMac;
import io.m2mgate.security.FrameMacs;
import io.m2mgate.security.GivenSessionKey;
import io.m2mgate.session.CipherKind;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Crc16;
import io.m2mgate.wire.DigestLocator;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameDecoder;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.Part;
import io.m2mgate.wire.PartCodec;
import io.m2mgate.wire.TlvReader;
import io.m2mgate.wire.Wrapping;
import java.util.Arrays;
import java.util.Optional;

/** Verifies and opens what the platform sends to the terminals of one event loop. Owned by that event loop. */
final class PlatformFrames {
  private static final int MAX_FRAME = 0xFFFF;
  private static final int TLV_HEADER = 4;

  private final Dialect dialect;
  private final Tags tags;
  private final FrameDecoder decoder;
  private final FrameMac mac;
  private final CipherKind cipher;
  private final boolean bare;
  private final BodyCiphers ciphers;
  private final CommandDef file;
  private final Crc16 crc16;
  private byte[] bytes;
  private int offset;
  private int length;
  private boolean decrypted;
  private final PartCodec parts;
  private Optional<Part> part = Optional.empty();

  /** Where in the body its result stands. */
  private int resultAt;

  PlatformFrames(Dictionary dictionary, FleetOptions options, BodyCiphers ciphers) {
    this.dialect = dictionary.dialect();
    this.tags = dialect.tags();
    this.decoder = new FrameDecoder(dictionary, MAX_FRAME);
    this.mac = new FrameMacs().of(options.security().mac());
    this.cipher = options.security().cipher();
    this.bare = options.bare();
    this.ciphers = ciphers;
    this.file = dialect.command(Command.FILE_REQ);
    this.crc16 = new Crc16(dialect.crc16());
    this.parts = new PartCodec(dialect);
  }

  PartCodec parts() {
    return parts;
  }

  FrameDecoder decoder() {
    return decoder;
  }

  ShortMessageDef shortMessages() {
    return dialect.shortMessages();
  }

  /** Whether nobody signs here. */
  boolean bare() {
    return bare;
  }

  /**
   * Whether the platform signed this frame for that session and encrypted it as the session has it, or did neither where nobody does;
   * then its body can be read.
   */
  boolean opens(Frame frame, Seal seal) {
    if (bare) {
      clear(frame);
      return !frame.hasDigestFlag();
    }
    return frame.hasDigestFlag()
        && signed(frame, seal, seal.keys().downlink())
        && reveal(frame, seal);
  }

  /** Whether the terminal itself signed this frame. */
  boolean isEcho(Frame frame, Seal seal) {
    return signed(frame, seal, seal.keys().uplink());
  }

  private boolean signed(Frame frame, Seal seal, byte[] password) {
    int covered = frame.length() - DigestLocator.TLV_SIZE;
    return covered >= frame.header().size()
        && mac.verify(
            frame.bytes(),
            frame.offset(),
            covered,
            seal.session(),
            seal.keys().imei(),
            seal.keys().imsi(),
            password);
  }

  private boolean reveal(Frame frame, Seal seal) {
    clear(frame);
    length -= DigestLocator.TLV_SIZE;
    if (Wrapping.of(frame, dialect, offset + length) == Wrapping.SEGMENT) {
      part = parts.read(bytes, offset);
      return part.isPresent();
    }
    if (!seal.encrypts() || length == 0) {
      return true;
    }
    boolean hides = frame.hasWrappedFlag()
        && length >= TLV_HEADER
        && Bytes.u16(bytes, offset) == tags.encryptedBody()
        && Bytes.u16(bytes, offset + 2) == length - TLV_HEADER;
    if (!hides) {
      return dialect.knows(frame.requestCommand())
          && dialect.command(frame.requestCommand()).neverEncrypted();
    }
    try {
      bytes = ciphers.decrypt(
          cipher, seal.sessionKey(), bytes, offset + TLV_HEADER, length - TLV_HEADER);
      offset = 0;
      length = bytes.length;
      decrypted = true;
      return true;
    } catch (DecryptionFailed e) {
      return false;
    }
  }

  /** The body of an unsigned frame can be read. */
  void clear(Frame frame) {
    bytes = frame.bytes();
    offset = frame.bodyOffset();
    length = frame.bodyLength();
    decrypted = false;
    resultAt = frame.requestCommand() == file.id()
        ? file.layout(true).field(file.resultField()).offset()
        : 0;
    part = Optional.empty();
  }

  /** What the frame that was opened says of a message in parts; empty where it is whole. */
  Optional<Part> part() {
    return part;
  }

  /** A copy of the body that was opened. */
  Plain plain() {
    return new Plain(Arrays.copyOfRange(bytes, offset, offset + length), decrypted);
  }

  /** A body that came in parts; empty where it is not encrypted as its session has it. */
  Optional<Plain> open(byte[] whole, int size, Seal seal) {
    if (!seal.encrypts()) {
      return Optional.of(new Plain(Arrays.copyOf(whole, size), false));
    }
    if (!Wrapping.isEncrypted(dialect, whole, 0, size)) {
      return Optional.empty();
    }
    try {
      int hidden = Bytes.u16(whole, 2);
      return Optional.of(
          new Plain(ciphers.decrypt(cipher, seal.sessionKey(), whole, TLV_HEADER, hidden), true));
    } catch (DecryptionFailed e) {
      return Optional.empty();
    }
  }

  /** The result code of an ack, 0 where its body has none. */
  int result() {
    return length > resultAt ? Bytes.u8(bytes, offset + resultAt) : 0;
  }

  /** The result of an answer that may be none of a session. */
  int resultOf(Frame answer) {
    return answer.isAck() && (bare || answer.hasDigestFlag()) ? result() : 0;
  }

  /** What the answer to a FILE_REQ that was opened says; not sound where it is cut short. */
  FileBlock fileBlock() {
    Layout ack = file.layout(true);
    int data = ack.field("data").offset();
    if (length < data) {
      return new FileBlock(0, result(), false, 0, 0, bytes, offset);
    }
    int size = Bytes.u16(bytes, offset + ack.field("length").offset());
    boolean sound = data + size <= length
        && crc16.accepts(
            Bytes.u16(bytes, offset + ack.field("crc16").offset()), bytes, offset + data, size);
    return new FileBlock(
        Integer.toUnsignedLong(Bytes.u32(bytes, offset + ack.field("transId").offset())),
        result(),
        sound,
        Integer.toUnsignedLong(Bytes.u32(bytes, offset + ack.field("readPoint").offset())),
        size,
        bytes,
        offset + data);
  }

  /** Whether the result that was read is this one of a command. */
  boolean resultIs(Command command, String name) {
    CommandDef def = dialect.command(command);
    return def.results().find(name).orElse(-1) == result();
  }

  boolean success(Command command) {
    return dialect.command(command).results().success(result());
  }

  /** The session's timestamp in a LOGIN_ACK, whoever signed it; 0 where it has none. */
  static int timestamp(Frame loginAck) {
    return loginAck.bodyLength() >= 1 + Integer.BYTES
        ? Bytes.u32(loginAck.bytes(), loginAck.bodyOffset() + 1)
        : 0;
  }

  /** The session key of a LOGIN_ACK that was opened; empty where there is none that the base key opens. */
  byte[] sessionKey(byte[] baseKey) {
    try {
      TlvReader tlvs = tlvs(1 + Integer.BYTES);
      while (baseKey.length >= BodyCiphers.KEY_BYTES && tlvs.next()) {
        if (tlvs.tag() == tags.encryptedSessionKey()) {
          Optional<GivenSessionKey> given = GivenSessionKey.open(
              ciphers, cipher, tags, baseKey, tlvs.array(), tlvs.valueOffset(), tlvs.valueLength());
          return given.map(GivenSessionKey::octets).orElseGet(() -> new byte[0]);
        }
      }
    } catch (MalformedFrame e) {
      return new byte[0];
    }
    return new byte[0];
  }

  /** The serial of a REGISTER_ACK; empty where it has none. */
  byte[] serial(Frame registerAck) {
    int size = registerAck.header().serialSize();
    return length > size ? Arrays.copyOfRange(bytes, offset + 1, offset + 1 + size) : new byte[0];
  }

  /** The secrets that stand behind the first byte, which is an operation or a result. */
  Given given() throws MalformedFrame {
    return Given.read(tlvs(1), tags);
  }

  /** Whether the first byte is the operation that sets secrets. */
  boolean setsSecrets() {
    return length > 0 && Bytes.u8(bytes, offset) == dialect.securityOperations().code("set");
  }

  private TlvReader tlvs(int behind) {
    int skipped = Math.min(behind, length);
    return new TlvReader(bytes, offset + skipped, length - skipped, decrypted);
  }
}
