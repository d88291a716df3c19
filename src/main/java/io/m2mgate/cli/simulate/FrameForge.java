package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.SimulatedIdentity.Keys;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.dictionary.HeaderDef;
import io.m2mgate.security.Md5Digest;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Crc16;
import io.m2mgate.wire.DigestLocator;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameDecoder;
import io.m2mgate.wire.FrameEncoder;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Makes the frames of the terminals of one event loop, one behind the other in a buffer that is written at once, and checks
 * those of the platform. Owned by that event loop.
 */
final class FrameForge {
  private static final String SOFTWARE_VERSION = "SIM1.00";
  private static final int VERSION_BYTES = 8;
  private static final int MAX_FRAME = 0xFFFF;

  final int login;
  final int logout;
  final int heartbeat;
  final int trap;
  final int data;

  private final FrameEncoder encoder;
  private final FrameDecoder decoder;
  private final HeaderDef header;
  private final Crc16 crc16;
  private final Md5Digest md5 = new Md5Digest();
  private final BodyWriter body = new BodyWriter();
  private final byte[] app;
  private final byte[] payload;
  private final int applicationTag;
  private final int dataTag;
  private byte[] out = new byte[16_384];
  private int length;

  FrameForge(Dictionary dictionary, String app, int payloadBytes) {
    Dialect dialect = dictionary.dialect();
    this.login = dialect.command(Command.LOGIN).id();
    this.logout = dialect.command(Command.LOGOUT).id();
    this.heartbeat = dialect.command(Command.HEART_BEAT).id();
    this.trap = dialect.command(Command.CONFIG_TRAP).id();
    this.data = dialect.command(Command.TRANSPARENT_DATA).id();
    this.encoder = new FrameEncoder(dialect);
    this.decoder = new FrameDecoder(dictionary, MAX_FRAME);
    this.header = dialect.header();
    this.crc16 = new Crc16(dialect.crc16());
    this.app = app.getBytes(StandardCharsets.US_ASCII);
    this.payload = Reading.blank(payloadBytes);
    this.applicationTag = dialect.tags().destinationApplication();
    this.dataTag = dialect.tags().userData();
  }

  FrameDecoder decoder() {
    return decoder;
  }

  /** Its sync list is empty: a CRC32 of 0. */
  void login(Keys keys, int sequence) {
    body.clear().ascii(SOFTWARE_VERSION, VERSION_BYTES).u32(0);
    int flags = header.flags().passwords() | header.flags().digest();
    append(keys, login, sequence, flags, true, 0);
  }

  void trap(Keys keys, int sequence, int session) {
    body.clear();
    append(keys, trap, sequence, header.flags().digest(), true, session);
  }

  void heartbeat(Keys keys, int sequence) {
    body.clear();
    append(keys, heartbeat, sequence, 0, false, 0);
  }

  void logout(Keys keys, int sequence, int session) {
    body.clear().u8(0);
    append(keys, logout, sequence, header.flags().digest(), true, session);
  }

  void data(Keys keys, int sequence, int session, int run, int terminal, Exchange exchange) {
    Reading.encode(payload, run, terminal, exchange.counter, exchange.madeNanos);
    body.clear().u16(crc16.of(payload)).tlv(applicationTag, app).tlv(dataTag, payload);
    append(keys, data, sequence, header.flags().digest(), true, session);
  }

  private void append(
      Keys keys, int command, int sequence, int flags, boolean signed, int session) {
    int size = encoder.size(body.length(), signed);
    if (out.length - length < size) {
      out = Arrays.copyOf(out, Math.max(out.length * 2, length + size));
    }
    encoder.encode(
        command,
        sequence,
        header.answerVersion(),
        flags,
        keys.serial(),
        0,
        body.array(),
        0,
        body.length(),
        signed,
        out,
        length);
    if (signed) {
      int digestAt = length + size - Md5Digest.SIZE;
      md5.sign(
          out,
          digestAt,
          out,
          length,
          size - DigestLocator.TLV_SIZE,
          session,
          keys.imei(),
          keys.imsi(),
          keys.uplink());
    }
    length += size;
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

  /** What was made for a terminal whose connection is gone. */
  void discard() {
    length = 0;
  }

  /** Whether the platform signed this frame for that terminal under that session, or the terminal itself did. */
  boolean verify(Frame frame, Keys keys, int session) {
    int signed = frame.length() - DigestLocator.TLV_SIZE;
    return signed >= header.size()
        && md5.verify(
            frame.bytes(),
            frame.offset(),
            signed,
            session,
            keys.imei(),
            keys.imsi(),
            frame.isAck() ? keys.downlink() : keys.uplink());
  }

  /** The result code of an ack, 0 where its body has none. */
  static int result(Frame ack) {
    return ack.bodyLength() > 0 ? Bytes.u8(ack.bytes(), ack.bodyOffset()) : 0;
  }

  /** The session's timestamp in a LOGIN_ACK. */
  static int timestamp(Frame loginAck) {
    return Bytes.u32(loginAck.bytes(), loginAck.bodyOffset() + 1);
  }
}
