package io.m2mgate.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.SmscStore.Submitted;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** A telephone at a message centre: what it sends, and what was submitted for it, in order. One thread owns it. */
public final class PeerPhone {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** What stands before a frame of a terminal, and before one of the platform, after sms.md. */
  private static final String UPLINK = "0B05040B2EC0020003040101";

  private static final String DOWNLINK = "0B05040000C0020003040101";

  private static final int ACK = 0x8000;

  private final Smsc smsc;
  private final String number;
  private int read;

  public PeerPhone(Smsc smsc, String number) {
    this.smsc = smsc;
    this.number = number;
  }

  public String number() {
    return number;
  }

  public void send(byte[] frame) {
    smsc.send(number, HexFormat.of().parseHex(UPLINK + HexFormat.of().formatHex(frame)));
  }

  /** Answers a request with result 0. */
  public void ack(PeerFrame asked) {
    send(PeerTerminal.unsigned(
        asked.serial(), asked.command() | ACK, asked.sequence(), 0, new byte[] {0}));
  }

  /** The next message for it as the centre took it; one that the centre refused counts too. */
  public Submitted nextSubmit() {
    return Await.value("message to " + number, PATIENCE, this::poll);
  }

  public PeerFrame next() {
    return frame(nextSubmit());
  }

  public Optional<Submitted> poll() {
    Optional<Submitted> next = smsc.submits().stream()
        .filter(it -> it.message().to().equals(number))
        .skip(read)
        .findFirst();
    next.ifPresent(it -> read++);
    return next;
  }

  /** The frame in a message of the platform; fails unless the message is as sms.md has them. */
  public static PeerFrame frame(Submitted submitted) {
    SmppPdu.Message message = submitted.message();
    byte[] userData = message.content();
    assertThat(message.from()).isEqualTo(Smsc.SERVICE);
    assertThat(message.esmClass()).isEqualTo(0x40);
    assertThat(message.dataCoding()).isEqualTo(4);
    assertThat(userData).hasSizeLessThanOrEqualTo(140);
    assertThat(HexFormat.of().withUpperCase().formatHex(userData)).startsWith(DOWNLINK);
    PeerFrame frame =
        new PeerFrame(Arrays.copyOfRange(userData, DOWNLINK.length() / 2, userData.length));
    assertThat(frame.signed()).as("signed").isFalse();
    return frame;
  }
}
