package io.m2mgate.peer;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;

/** What a scripted terminal does when it is asked something, written from wire.md 7 and behaviour.md 5.3.6 to 5.3.11. */
public final class PeerCommands {
  public static final int CONFIG_GET = 0x0005;
  public static final int CONFIG_SET = 0x0006;
  public static final int REMOTE_CTRL = 0x000B;
  public static final int DATA = PeerTerminal.DATA;
  private static final int ACK = 0x8000;

  private PeerCommands() {}

  /** The next frame, which must be this request with this body, signed in the session. */
  public static PeerFrame expect(PeerTerminal terminal, int command, byte[] body) {
    PeerFrame asked = terminal.readVerified();
    assertThat(asked.command()).as("command of %s", asked).isEqualTo(command);
    assertThat(asked.serial()).isEqualTo(terminal.who().serial());
    assertThat(asked.version()).isEqualTo(0x0300);
    assertThat(asked.bytes()[11]).as("reserved byte").isZero();
    assertThat(asked.body()).as("body of %s", asked).isEqualTo(body);
    return asked;
  }

  /** Fails unless the same bytes come again within that time. */
  public static void expectRepeat(PeerTerminal terminal, PeerFrame first, Duration within) {
    Optional<PeerFrame> again = terminal.link().read(within);
    assertThat(again).as("a repeat").isPresent();
    assertThat(again.get().bytes()).isEqualTo(first.bytes());
  }

  public static byte[] ackFrame(PeerTerminal terminal, PeerFrame asked, byte[] body) {
    return terminal.signed(asked.command() | ACK, asked.sequence(), body);
  }

  public static void ack(PeerTerminal terminal, PeerFrame asked, int result) {
    ack(terminal, asked, bytes().u8(result).toArray());
  }

  public static void ack(PeerTerminal terminal, PeerFrame asked, byte[] body) {
    terminal.link().write(ackFrame(terminal, asked, body));
  }

  public static byte[] control(int code) {
    return bytes().tlv(0x4001, (byte) code).toArray();
  }

  /** Tags without values. */
  public static byte[] pairs(int... tags) {
    var body = bytes();
    for (int tag : tags) {
      body.u16(tag).u16(0);
    }
    return body.toArray();
  }

  /** A refusal with the tags it is for. */
  public static byte[] refusal(int result, int... tags) {
    return bytes().u8(result).raw(pairs(tags)).toArray();
  }

  /** What a terminal reports of the execution of a request. */
  public static byte[] executed(int status, long sequence) {
    return bytes().tlv(0x4010, bytes().u8(status).u32(sequence).toArray()).toArray();
  }

  /** The same with the CRC32 of what was applied. */
  public static byte[] executed(int status, long sequence, byte[] applied) {
    return bytes()
        .raw(executed(status, sequence))
        .tlv(0x4017, bytes().u32(PeerBytes.crc32(applied)).toArray())
        .toArray();
  }
}
