package io.m2mgate.peer;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.PeerDigest.ImeiForm;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A terminal program written only from wire.md and behaviour.md: plain sockets, no code of the gateway. It verifies every
 * frame of the platform and fails the test at the first wrong one. One thread owns it.
 */
public final class PeerTerminal implements AutoCloseable {
  public static final int LOGIN = 0x0001;
  public static final int LOGOUT = 0x0002;
  public static final int HEART_BEAT = 0x0003;
  public static final int DATA = 0x0004;
  public static final int CONFIG_TRAP = 0x0007;
  public static final int REGISTER = 0x0008;
  public static final int CONFIG_REQ = 0x000A;
  public static final int FILE_REQ = 0x000D;
  public static final int SECURITY_CONFIG = 0x000E;
  public static final int TRANSPARENT_CMD = 0x000F;

  private final Identity who;
  private final InetSocketAddress platform;
  private PeerLink link;
  private ImeiForm imeiForm = ImeiForm.SIXTEEN_BYTES;
  private String softwareVersion = "1.01";
  private int sequence = 1;
  private long timestamp;

  public PeerTerminal(Identity who, InetSocketAddress platform) {
    this(who, platform, new PeerLink(platform));
  }

  /** One whose first connection is there already. */
  public PeerTerminal(Identity who, InetSocketAddress platform, PeerLink link) {
    this.who = who;
    this.platform = platform;
    this.link = link;
  }

  /** What LOGIN_ACK said. */
  public record LoginAnswer(int result, long timestamp, PeerFrame frame) {}

  public Identity who() {
    return who;
  }

  public PeerLink link() {
    return link;
  }

  public long timestamp() {
    return timestamp;
  }

  /** The session that the next frames are signed under. */
  public PeerTerminal under(long sessionTimestamp) {
    timestamp = sessionTimestamp;
    return this;
  }

  public PeerTerminal hashingImeiAs(ImeiForm form) {
    imeiForm = form;
    return this;
  }

  public PeerTerminal runningVersion(String version) {
    softwareVersion = version;
    return this;
  }

  public PeerTerminal countingFrom(int next) {
    sequence = next;
    return this;
  }

  public int nextSequence() {
    return sequence++;
  }

  /** Goes on over a new connection; the session is the same. */
  public PeerTerminal reconnect() {
    link.close();
    link = link.another(platform);
    return this;
  }

  // Frames

  public byte[] unsigned(int command, int seq, int flags, byte[] body) {
    return unsigned(who.serial(), command, seq, flags, body);
  }

  public static byte[] unsigned(String serial, int command, int seq, int flags, byte[] body) {
    return bytes()
        .u16(PeerFrame.HEADER + body.length)
        .u16(command)
        .u32(seq)
        .u16(0x0300)
        .u8(flags)
        .u8(0)
        .ascii(serial)
        .raw(body)
        .toArray();
  }

  /** A frame of the session: flags 20, the session's timestamp, the uplink password. */
  public byte[] signed(int command, byte[] body) {
    return signed(command, nextSequence(), body);
  }

  public byte[] signed(int command, int seq, byte[] body) {
    return PeerDigest.append(
        unsigned(command, seq, 0x20, body), timestamp, who, imeiForm, who.uplink());
  }

  /** The digest of the session at the end of a frame that stands otherwise as it is. */
  public byte[] sign(byte[] unsigned) {
    return PeerDigest.append(unsigned, timestamp, who, imeiForm, who.uplink());
  }

  public byte[] signedWith(String password, int command, int seq, byte[] body) {
    return PeerDigest.append(
        unsigned(command, seq, 0x20, body), timestamp, who, imeiForm, password);
  }

  /** What the platform has to send in the session, every byte of it. */
  public byte[] ofPlatform(int command, int seq, int flags, byte[] body) {
    return PeerDigest.append(
        unsigned(command, seq, flags, body), timestamp, who, imeiForm, who.downlink());
  }

  /** LOGIN, flags A0, timestamp 0 in its digest. */
  public byte[] loginFrame(int seq, long crc32) {
    return PeerDigest.append(
        unsigned(LOGIN, seq, 0xA0, loginBody(crc32)), 0, who, imeiForm, who.uplink());
  }

  public byte[] loginBody(long crc32) {
    return bytes().ascii(softwareVersion, 8).u32(crc32).toArray();
  }

  public static byte[] registerBody(int operation, Identity who) {
    return bytes().u8(operation).ascii(who.imei(), 16).ascii(who.imsi()).toArray();
  }

  /** DATA to an application; no destination when its code is empty. */
  public static byte[] dataBody(String app, byte[] payload) {
    return dataBody(app, payload, PeerBytes.crc16(payload));
  }

  public static byte[] dataBody(String app, byte[] payload, int crc16) {
    var body = bytes().u16(crc16);
    if (!app.isEmpty()) {
      body.tlv(0x4014, app);
    }
    return body.tlv(0x4007, payload).toArray();
  }

  // Exchanges

  /** Sends a LOGIN as it stands and verifies its answer; the session goes on unchanged. */
  public LoginAnswer exchangeLogin(byte[] login) {
    PeerFrame ack = link.write(login).read().isAckOf(login);
    int result = ack.result();
    long given = ByteBuffer.wrap(ack.body()).getInt(1) & 0xFFFFFFFFL;
    if (result == 0 || result == 1 || result == 8) {
      ack.isSigned(who, imeiForm, given);
    } else {
      ack.isUnsigned();
      assertThat(ack.bytes())
          .as("a refused LOGIN_ACK: result, 4 bytes of timestamp")
          .hasSize(33);
    }
    return new LoginAnswer(result, given, ack);
  }

  /** LOGIN with an empty sync list, then the login trap: a confirmed session. */
  public PeerTerminal login() {
    LoginAnswer answer = exchangeLogin(loginFrame(nextSequence(), 0));
    assertThat(answer.result()).as("LOGIN_ACK result").isZero();
    timestamp = answer.timestamp();
    assertThat(trap(new byte[0]).result()).as("CONFIG_TRAP_ACK result").isZero();
    return this;
  }

  public PeerFrame trap(byte[] tlvs) {
    return exchange(signed(CONFIG_TRAP, tlvs));
  }

  public int data(String app, byte[] payload) {
    return exchange(signed(DATA, dataBody(app, payload))).result();
  }

  public PeerFrame configReq(int... tags) {
    var body = bytes();
    for (int tag : tags) {
      body.u16(tag).u16(0);
    }
    return exchange(signed(CONFIG_REQ, body.toArray()));
  }

  public PeerFrame logout(int reason) {
    return exchange(signed(LOGOUT, bytes().u8(reason).toArray()));
  }

  /** An unsigned beat; its answer is 28 bytes with flags 00. */
  public PeerFrame heartbeat() {
    PeerFrame ack = exchangeUnsigned(unsigned(HEART_BEAT, nextSequence(), 0, new byte[0]));
    assertThat(ack.bytes()).hasSize(PeerFrame.HEADER);
    return ack;
  }

  public PeerFrame register(int operation) {
    byte[] request = unsigned(REGISTER, nextSequence(), 0x80, registerBody(operation, who));
    return link.write(request).read().isAckOf(request);
  }

  /** Writes the request and expects its answer, signed under the session. */
  public PeerFrame exchange(byte[] request) {
    link.write(request);
    return expectAck(request);
  }

  public PeerFrame expectAck(byte[] request) {
    return link.read().isAckOf(request).isSigned(who, imeiForm, timestamp);
  }

  /** The next frame, whatever it answers, signed under the session. */
  public PeerFrame readVerified() {
    return link.read().isSigned(who, imeiForm, timestamp);
  }

  /** Writes the request and expects an unsigned answer. */
  public PeerFrame exchangeUnsigned(byte[] request) {
    link.write(request);
    return expectUnsignedAck(request);
  }

  public PeerFrame expectUnsignedAck(byte[] request) {
    return link.read().isAckOf(request).isUnsigned();
  }

  /** Writes the request and expects nothing. */
  public void expectNoAnswer(byte[] request) {
    link.write(request);
    link.expectSilence();
  }

  @Override
  public void close() {
    link.close();
  }
}
