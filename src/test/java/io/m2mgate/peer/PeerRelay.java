package io.m2mgate.peer;

import static io.m2mgate.peer.PeerBytes.bytes;

/** Data between terminals, written from wire.md 7 and behaviour.md 5.3.11. */
public final class PeerRelay {
  private static final int TO_TERMINAL = 0x4012;
  private static final int FROM_TERMINAL = 0x4013;
  private static final int PAYLOAD = 0x4007;

  private PeerRelay() {}

  /** Body of DATA for another terminal. */
  public static byte[] to(String serial, byte[] payload) {
    return to(serial, payload, PeerBytes.crc16(payload));
  }

  public static byte[] to(String serial, byte[] payload, int crc16) {
    return bytes().u16(crc16).tlv(TO_TERMINAL, serial).tlv(PAYLOAD, payload).toArray();
  }

  /** Body of the DATA that the other terminal gets. */
  public static byte[] from(Identity sender, byte[] payload) {
    return bytes()
        .u16(PeerBytes.crc16(payload))
        .tlv(FROM_TERMINAL, sender.serial())
        .tlv(PAYLOAD, payload)
        .toArray();
  }

  /** Sends it and gives the result of the answer. */
  public static int send(PeerTerminal sender, String serial, byte[] payload) {
    return sender
        .exchange(sender.signed(PeerTerminal.DATA, to(serial, payload)))
        .result();
  }

  /** Expects it as the next request of the platform, and takes it. */
  public static void take(PeerTerminal terminal, Identity sender, byte[] payload) {
    PeerFrame asked = PeerCommands.expect(terminal, PeerTerminal.DATA, from(sender, payload));
    PeerCommands.ack(terminal, asked, 0);
  }
}
