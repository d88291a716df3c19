package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.FleetOptions.Load;
import io.m2mgate.cli.simulate.SecurityOptions.Registration;
import io.m2mgate.dictionary.CodeTable;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.dictionary.HeaderDef;
import io.m2mgate.dictionary.Tags;
import io.m2mgate.security.BaseKeyProof;
import io.m2mgate.security.BodyCiphers;
import io.m2mgate.security.FrameMac;
import io.m2mgate.security.FrameMacs;
import io.m2mgate.security.ProvenSecret;
import io.m2mgate.session.CipherKind;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.Crc16;
import io.m2mgate.wire.DigestLocator;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameEncoder;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Makes the frames of the terminals of one event loop, one behind the other in a buffer that is written at once. Owned by that event
 * loop.
 */
final class FrameForge {
  static final String SOFTWARE_VERSION = "SIM1.00";
  private static final int VERSION_BYTES = 8;

  final int login;
  final int logout;
  final int heartbeat;
  final int trap;
  final int data;
  final int register;
  final int security;
  final int file;

  private final Dialect dialect;
  private final Tags tags;
  private final FrameEncoder encoder;
  private final HeaderDef header;
  private final Crc16 crc16;
  private final FrameMac mac;
  private final CipherKind cipher;
  private final BodyCiphers ciphers;
  private final boolean bare;
  private final BaseKeyProof proofs = new BaseKeyProof();
  private final BodyWriter body = new BodyWriter();
  private final BodyWriter hidden = new BodyWriter();
  private final byte[] app;
  private final byte[] payload;
  private byte[] out = new byte[16_384];
  private int length;

  FrameForge(Dictionary dictionary, FleetOptions options, BodyCiphers ciphers) {
    this.dialect = dictionary.dialect();
    this.tags = dialect.tags();
    this.login = dialect.command(Command.LOGIN).id();
    this.logout = dialect.command(Command.LOGOUT).id();
    this.heartbeat = dialect.command(Command.HEART_BEAT).id();
    this.trap = dialect.command(Command.CONFIG_TRAP).id();
    this.data = dialect.command(Command.TRANSPARENT_DATA).id();
    this.register = dialect.command(Command.REGISTER).id();
    this.security = dialect.command(Command.SECURITY_CONFIG).id();
    this.file = dialect.command(Command.FILE_REQ).id();
    this.encoder = new FrameEncoder(dialect);
    this.header = dialect.header();
    this.crc16 = new Crc16(dialect.crc16());
    this.mac = new FrameMacs().of(options.security().mac());
    this.cipher = options.security().cipher();
    this.ciphers = ciphers;
    this.bare = options.bare();
    this.app = options.app().getBytes(StandardCharsets.US_ASCII);
    this.payload = Reading.blank(options.load().payloadBytes());
  }

  // Registration

  /** REGISTER by this operation; the SIM that a rebinding asks for is {@code nextImsi}. */
  void register(Keys keys, int sequence, Registration operation, byte[] nextImsi) {
    boolean rebinds = operation == Registration.REBIND;
    body.clear()
        .u8(dialect.registerOperations().code(operation.code()))
        .bytes(keys.imei())
        .bytes(rebinds ? nextImsi : keys.imsi());
    int flags = header.flags().passwords();
    switch (operation) {
      case ASK_SECURITY -> flags |= header.flags().encryption();
      case REBIND -> flags |= header.flags().digest();
      case PRESET -> {
        prove(ProvenSecret.UPLINK_PASSWORD, keys.uplink());
        prove(ProvenSecret.DOWNLINK_PASSWORD, keys.downlink());
        prove(ProvenSecret.BASE_KEY, keys.baseKey());
      }
      case CLEARED -> {
        flags |= header.flags().encryption();
        body.tlvU8(
            tags.clearedSecurity(), dialect.codes("clearedSecurity").code("passwordsAndBaseKey"));
      }
      case ASK_SERIAL -> {}
    }
    append(Seal.outside(keys), register, sequence, flags, rebinds);
  }

  private void prove(ProvenSecret kind, byte[] secret) {
    if (secret.length > 0) {
      body.tlv(kind.digestTag(tags), proofs.digest(tags, kind, secret, BaseKeyProof.NEVER));
    }
  }

  /** The answer to the secrets of a registration: unsigned, no flags. */
  void acceptUnsigned(Frame asked) {
    body.clear().u8(command(asked).results().code("ok"));
    append(
        asked.bytes(),
        asked.serialOffset(),
        asked.command() | header.ackBit(),
        asked.sequence(),
        0,
        body.array(),
        body.length(),
        false);
  }

  // Sessions

  /** One with a base key may prove it and so ask for a session key. */
  void login(Keys keys, int sequence, boolean proving, int syncCrc32, String version) {
    login(keys, sequence, proving, syncCrc32, version, Seal.outside(keys));
  }

  /** LOGIN that somebody else signs. */
  void login(Keys keys, int sequence, boolean proving, int syncCrc32, Seal signer) {
    login(keys, sequence, proving, syncCrc32, SOFTWARE_VERSION, signer);
  }

  private void login(
      Keys keys, int sequence, boolean proving, int syncCrc32, String version, Seal signer) {
    body.clear().ascii(version, VERSION_BYTES).u32(syncCrc32);
    int flags = header.flags().passwords() | header.flags().digest();
    if (proving && keys.baseKey().length > 0) {
      prove(ProvenSecret.BASE_KEY, keys.baseKey());
      flags |= header.flags().encryption();
    }
    append(signer, login, sequence, flags, true);
  }

  void trap(Seal seal, int sequence) {
    trap(seal, sequence, new byte[0]);
  }

  void trap(Seal seal, int sequence, byte[] tlvs) {
    body.clear().bytes(tlvs);
    seal(seal, trap, sequence);
  }

  /** Signed only in a session that encrypts. */
  void heartbeat(Seal seal, int sequence) {
    body.clear();
    if (seal.encrypts()) {
      seal(seal, heartbeat, sequence);
    } else {
      append(seal, heartbeat, sequence, 0, false);
    }
  }

  /** @param reason its name in the dictionary */
  void logout(Seal seal, int sequence, String reason) {
    body.clear().u8(dialect.logoutReasons().code(reason));
    seal(seal, logout, sequence);
  }

  void data(Seal seal, int sequence, int run, int terminal, Exchange exchange) {
    Reading.encode(payload, run, terminal, exchange.counter, exchange.madeNanos);
    body.clear()
        .u16(crc16.of(payload))
        .tlv(tags.destinationApplication(), app)
        .tlv(tags.userData(), payload);
    seal(seal, data, sequence);
  }

  /** Asks for a block of as many bytes as a payload has: the next one of a file that begins again when it ends. */
  void fileRequest(Seal seal, int sequence, int block) {
    int blocks = Load.FILE_BYTES / payload.length;
    long offset = (long) Math.floorMod(block, blocks) * payload.length;
    fileRequest(seal, sequence, Load.TRANSACTION, "continue", offset, payload.length);
  }

  /** @param status its name in the dictionary */
  void fileRequest(
      Seal seal, int sequence, long transaction, String status, long offset, int bytes) {
    body.clear()
        .u32((int) transaction)
        .u8(dialect.fileStatuses().code(status))
        .u32((int) offset)
        .u16(bytes);
    seal(seal, file, sequence);
  }

  /** Asks for new passwords and a new base key. */
  void request(Seal seal, int sequence, boolean encrypted) {
    body.clear()
        .u8(dialect.securityOperations().code(encrypted ? "requestEncrypted" : "requestPlain"))
        .pair(tags.baseKeyExpiry())
        .pair(tags.baseKey())
        .pair(tags.downlinkPasswordExpiry())
        .pair(tags.downlinkPassword())
        .pair(tags.uplinkPasswordExpiry())
        .pair(tags.uplinkPassword());
    seal(seal, security, sequence);
  }

  /** A body as it leaves: encrypted where the session is. */
  byte[] sealed(Seal seal, byte[] plain) {
    if (!seal.encrypts() || plain.length == 0) {
      return plain;
    }
    byte[] secret = ciphers.encrypt(cipher, seal.sessionKey(), plain, 0, plain.length);
    return hidden.clear().tlv(tags.encryptedBody(), secret).toBytes();
  }

  /** A frame around what {@link #sealed} gave. */
  void sendSealed(Seal seal, int command, int sequence, byte[] sealed) {
    hidden.clear().bytes(sealed);
    int flags = header.flags().digest();
    if (seal.encrypts() && sealed.length > 0) {
      flags |= header.flags().passwords()
          | header.flags().encryption()
          | header.flags().wrapped();
    }
    append(seal, command, sequence, flags, hidden, true);
  }

  /** A part of a message, or a word about one. */
  void part(Seal seal, int command, int sequence, byte[] tlv) {
    hidden.clear().bytes(tlv);
    int flags = header.flags().digest() | header.flags().wrapped();
    append(seal, command, sequence, flags, hidden, true);
  }

  int id(Command command) {
    return dialect.command(command).id();
  }

  CodeTable results(Command command) {
    return dialect.command(command).results();
  }

  boolean knows(Frame frame) {
    return dialect.knows(frame.requestCommand());
  }

  /** Of a frame whose command is known. */
  CommandDef command(Frame frame) {
    return dialect.command(frame.requestCommand());
  }

  // Frames

  /** The frame of a session around what the body holds. */
  private void seal(Seal seal, int command, int sequence) {
    if (seal.encrypts() && body.length() > 0) {
      sendSealed(seal, command, sequence, sealed(seal, body.toBytes()));
    } else {
      append(seal, command, sequence, header.flags().digest(), true);
    }
  }

  private void append(Seal seal, int command, int sequence, int flags, boolean signed) {
    append(seal, command, sequence, flags, body, signed);
  }

  /** Where nobody signs, what would be signed is not. */
  private void append(
      Seal seal, int command, int sequence, int asked, BodyWriter content, boolean proves) {
    Keys keys = seal.keys();
    int from = length;
    boolean signed = proves && !bare;
    int flags = bare ? asked & ~header.flags().digest() : asked;
    append(keys.serial(), 0, command, sequence, flags, content.array(), content.length(), signed);
    if (signed) {
      mac.sign(
          out,
          length - FrameMac.SIZE,
          out,
          from,
          length - from - DigestLocator.TLV_SIZE,
          seal.session(),
          keys.imei(),
          keys.imsi(),
          keys.uplink());
    }
  }

  private void append(
      byte[] serial,
      int serialAt,
      int command,
      int sequence,
      int flags,
      byte[] content,
      int contentLength,
      boolean signed) {
    int size = encoder.size(contentLength, signed);
    if (out.length - length < size) {
      out = Arrays.copyOf(out, Math.max(out.length * 2, length + size));
    }
    encoder.encode(
        command,
        sequence,
        header.answerVersion(),
        flags,
        serial,
        serialAt,
        content,
        0,
        contentLength,
        signed,
        out,
        length);
    length += size;
  }

  /** Whether what carries the frames takes one with a body of so many bytes, in parts perhaps. */
  boolean fits(int body) {
    return !bare || encoder.size(body, false) <= dialect.shortMessages().maxFrameBytes();
  }

  boolean isEmpty() {
    return length == 0;
  }

  /** What was made since the last time, for one write. */
  Buffer take() {
    Buffer taken = Buffer.buffer(length).appendBytes(out, 0, length);
    length = 0;
    return taken;
  }

  /** The frames that were made since the last time, one behind the other up to {@link #mark}; they change with the next one. */
  byte[] made() {
    return out;
  }

  /** What was made is written, or nobody's any more. */
  void discard() {
    length = 0;
  }

  /** Where the next frame begins. */
  int mark() {
    return length;
  }

  /** A copy of what was made since then. */
  byte[] since(int mark) {
    return Arrays.copyOfRange(out, mark, length);
  }

  /** The same, which is then not written with the rest. */
  byte[] takeSince(int mark) {
    byte[] taken = since(mark);
    length = mark;
    return taken;
  }
}
