package io.m2mgate.session;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What goes into a terminal's digests, in clear: only ever in a lane's memory. Arrays are shared, not copied: who gets one must
 * not change it.
 *
 * @param imei 15 digits and a zero byte
 * @param shortImei the 15 digits alone
 * @param imsi as bound at registration; empty where none is recorded
 * @param uplink password of the terminal, empty where none is set
 * @param downlink password of the platform, empty where none is set
 * @param baseKey empty where none is set
 */
public record Identity(
    byte[] imei, byte[] shortImei, byte[] imsi, byte[] uplink, byte[] downlink, byte[] baseKey) {

  private static final int IMEI_FIELD = 16;

  public static Identity of(
      TerminalRecord terminal, byte[] uplink, byte[] downlink, byte[] baseKey) {
    byte[] digits = terminal.imei().getBytes(StandardCharsets.US_ASCII);
    return new Identity(
        Arrays.copyOf(digits, IMEI_FIELD),
        digits,
        terminal.imsi().orElse("").getBytes(StandardCharsets.US_ASCII),
        uplink,
        downlink,
        baseKey);
  }

  public byte[] imei(boolean asShort) {
    return asShort ? shortImei : imei;
  }

  /** Without passwords nothing of this terminal can be verified. */
  public boolean canSign() {
    return uplink.length > 0 && downlink.length > 0;
  }

  @Override
  public String toString() {
    return "Identity[secret]";
  }
}
