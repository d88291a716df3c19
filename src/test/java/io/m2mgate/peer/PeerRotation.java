package io.m2mgate.peer;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a scripted terminal does when it is given new passwords and keys, written from wire.md 7 and behaviour.md 5.3.10. */
public final class PeerRotation {
  public static final int SECURITY_CONFIG = 0x000E;
  public static final int ACK = 0x800E;
  public static final int UPLINK = 0xE025;
  public static final int UPLINK_EXPIRY = 0xE027;
  public static final int DOWNLINK = 0xE028;
  public static final int DOWNLINK_EXPIRY = 0xE02A;
  public static final int BASE_KEY = 0xE036;
  public static final int BASE_KEY_EXPIRY = 0xE038;
  private static final int SET = 0;
  private static final int CREDENTIALS_CHANGED = 9;

  private PeerRotation() {}

  /** A request of the platform that sets secrets. */
  public record Given(PeerFrame frame, Map<Integer, byte[]> values) {
    public String text(int tag) {
      return new String(values.get(tag), StandardCharsets.US_ASCII);
    }

    /** The terminal once it uses what it was given. */
    public Identity applied(Identity before) {
      return new Identity(
          before.serial(),
          before.imei(),
          before.imsi(),
          values.containsKey(UPLINK) ? text(UPLINK) : before.uplink(),
          values.containsKey(DOWNLINK) ? text(DOWNLINK) : before.downlink());
    }

    public List<String> secrets() {
      return List.of(UPLINK, DOWNLINK, BASE_KEY).stream()
          .filter(values::containsKey)
          .map(this::text)
          .toList();
    }
  }

  /** The next frame, which must set secrets: signed, operation 0, tags ascending. */
  public static Given expectSet(PeerTerminal terminal) {
    return set(terminal.readVerified());
  }

  /** The same if one comes in time. */
  public static Optional<Given> set(PeerTerminal terminal, Duration patience) {
    return terminal.link().read(patience).map(PeerRotation::set);
  }

  private static Given set(PeerFrame frame) {
    assertThat(frame.command()).isEqualTo(SECURITY_CONFIG);
    assertThat(frame.body()[0]).as("operation").isEqualTo((byte) SET);
    Map<Integer, byte[]> values = tlvs(frame.body(), 1);
    assertThat(new ArrayList<>(values.keySet())).isSorted();
    return new Given(frame, values);
  }

  public static Map<Integer, byte[]> tlvs(byte[] body, int from) {
    return tlvs(body, from, body.length);
  }

  /** Those that stand between two places; padding follows. */
  public static Map<Integer, byte[]> tlvs(byte[] body, int from, int to) {
    Map<Integer, byte[]> values = new LinkedHashMap<>();
    ByteBuffer rest = ByteBuffer.wrap(body, from, to - from);
    while (rest.hasRemaining()) {
      int tag = rest.getShort() & 0xFFFF;
      byte[] value = new byte[rest.getShort() & 0xFFFF];
      rest.get(value);
      values.put(tag, value);
    }
    return values;
  }

  public static void ack(PeerTerminal terminal, Given given, int result) {
    terminal
        .link()
        .write(terminal.signed(ACK, given.frame().sequence(), bytes().u8(result).toArray()));
  }

  /** LOGOUT for new credentials, then LOGIN with them on a connection of its own, up to the trap. */
  public static PeerTerminal comeBack(PeerTerminal old, GatewayProcess gateway, Identity renewed) {
    old.logout(CREDENTIALS_CHANGED);
    old.close();
    return gateway.terminal(renewed).login();
  }

  public static byte[] ask(PeerTerminal terminal, int operation, int... tags) {
    var body = bytes().u8(operation);
    for (int tag : tags) {
      body.u16(tag).u16(0);
    }
    return terminal.signed(SECURITY_CONFIG, body.toArray());
  }
}
