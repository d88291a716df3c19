package io.m2mgate.peer;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.PeerDigest.ImeiForm;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A terminal that registers, written only from wire.md 7 and behaviour.md 5.3.1: it asks for a serial or for its secrets, waits for
 * the security parameters on its own connection and acknowledges them unsigned. One thread owns it.
 */
public final class PeerRegistration implements AutoCloseable {
  public static final int ASK_SERIAL = 0;
  public static final int ASK_SECURITY = 1;
  public static final int REBIND = 2;
  public static final int PRESET = 3;
  public static final int CLEARED = 4;

  private static final int SECURITY_CONFIG = 0x000E;
  private static final long NEVER = 0xFFFFFFFFL;

  private final PeerLink link;
  private int sequence = 1;

  public PeerRegistration(InetSocketAddress platform) {
    link = new PeerLink(platform);
  }

  /** What REGISTER_ACK says. */
  public record Answer(int result, String serial) {}

  /** The security parameters as they came. */
  public record Parameters(PeerFrame frame, Map<Integer, byte[]> tlvs) {
    public String uplink() {
      return text(0xE025);
    }

    public String downlink() {
      return text(0xE028);
    }

    public String baseKey() {
      return text(0xE036);
    }

    private String text(int tag) {
      return new String(tlvs.get(tag), StandardCharsets.US_ASCII);
    }

    /** Who the terminal is once it uses them. */
    public Identity of(Identity who) {
      return new Identity(frame.serial(), who.imei(), who.imsi(), uplink(), downlink());
    }
  }

  public PeerLink link() {
    return link;
  }

  /** Operations without a proof: flags 80, and C0 where new secrets are asked for. */
  public Answer register(int operation, String serial, String imei, String imsi) {
    var body = bytes().u8(operation).ascii(imei, 16).ascii(imsi, 15);
    if (operation == CLEARED) {
      body.tlv(0xE020, (byte) 0x0E);
    }
    int flags = operation == ASK_SECURITY || operation == CLEARED ? 0xC0 : 0x80;
    return exchange(
        PeerTerminal.unsigned(serial, PeerTerminal.REGISTER, sequence++, flags, body.toArray()));
  }

  public Answer register(int operation, Identity who) {
    return register(operation, who.serial(), who.imei(), who.imsi());
  }

  /** Operation 2: the body has the new IMSI, the digest is made with the old one. */
  public Answer rebind(Identity old, String newImsi) {
    byte[] body = bytes().u8(REBIND).ascii(old.imei(), 16).ascii(newImsi).toArray();
    byte[] frame =
        PeerTerminal.unsigned(old.serial(), PeerTerminal.REGISTER, sequence++, 0xA0, body);
    return exchange(PeerDigest.append(frame, 0, old, ImeiForm.SIXTEEN_BYTES, old.uplink()));
  }

  /** Operation 3: digests of the preset secrets, with the expiry "never". */
  public Answer preset(Identity who, String baseKey) {
    byte[] body = bytes()
        .u8(PRESET)
        .ascii(who.imei(), 16)
        .ascii(who.imsi())
        .tlv(0xE026, digest(0xE025, who.uplink(), 0xE027))
        .tlv(0xE029, digest(0xE028, who.downlink(), 0xE02A))
        .tlv(0xE03A, digest(0xE036, baseKey, 0xE038))
        .toArray();
    return exchange(
        PeerTerminal.unsigned(who.serial(), PeerTerminal.REGISTER, sequence++, 0x80, body));
  }

  private static byte[] digest(int tag, String secret, int expiryTag) {
    try {
      return MessageDigest.getInstance("MD5")
          .digest(bytes()
              .tlv(tag, secret)
              .tlv(expiryTag, bytes().u32(NEVER).toArray())
              .toArray());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public Answer exchange(byte[] request) {
    PeerFrame ack = link.write(request).read().isAckOf(request).isUnsigned();
    assertThat(ack.body()).as("REGISTER_ACK: result, 16 bytes of serial").hasSize(17);
    return new Answer(ack.result(), new String(ack.body(), 1, 16, StandardCharsets.US_ASCII));
  }

  /** The next security parameters; fails unless they are as wire.md has them. */
  public Parameters parameters(Duration patience) {
    return maybeParameters(patience)
        .orElseThrow(() -> new AssertionError("no security parameters within " + patience));
  }

  public Parameters parameters() {
    return parameters(PeerLink.PATIENCE);
  }

  public Optional<Parameters> maybeParameters(Duration patience) {
    return link.read(patience).map(PeerRegistration::taken);
  }

  private static Parameters taken(PeerFrame frame) {
    assertThat(frame.command()).as("command of %s", frame).isEqualTo(SECURITY_CONFIG);
    assertThat(frame.flags()).as("flags of %s", frame).isEqualTo(0x80);
    ByteBuffer body = ByteBuffer.wrap(frame.body());
    assertThat(body.get()).as("operation of %s", frame).isZero();
    Map<Integer, byte[]> tlvs = new LinkedHashMap<>();
    while (body.hasRemaining()) {
      int tag = body.getShort() & 0xFFFF;
      byte[] value = new byte[body.getShort()];
      body.get(value);
      tlvs.put(tag, value);
    }
    assertThat(tlvs.keySet())
        .as("tags of %s, ascending", frame)
        .containsExactly(0xE025, 0xE027, 0xE028, 0xE02A, 0xE036, 0xE038);
    assertThat(tlvs.get(0xE025)).hasSize(8);
    assertThat(tlvs.get(0xE028)).hasSize(8);
    assertThat(tlvs.get(0xE036)).hasSize(24);
    return new Parameters(frame, tlvs);
  }

  /** The unsigned ack of the parameters: flags 00, no operation byte. */
  public void acknowledge(Parameters parameters, int result) {
    PeerFrame asked = parameters.frame();
    link.write(PeerTerminal.unsigned(
        asked.serial(),
        SECURITY_CONFIG | 0x8000,
        asked.sequence(),
        0,
        bytes().u8(result).toArray()));
  }

  @Override
  public void close() {
    link.close();
  }
}
