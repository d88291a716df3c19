package io.m2mgate.it;

import static io.m2mgate.peer.PeerParts.ABORT_BY_RECEIVER;
import static io.m2mgate.peer.PeerParts.DATA;
import static io.m2mgate.peer.PeerTerminal.CONFIG_TRAP;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerParts;
import io.m2mgate.peer.PeerTerminal;
import java.util.List;

/** A report of 60 KB of which the next part was written when the gateway was killed. */
record InterruptedReport(PeerTerminal terminal, byte[] body, int sequence, int parts, byte[] next) {
  static InterruptedReport begun(PeerTerminal terminal, int parts) {
    PeerParts talk = new PeerParts(terminal);
    byte[] body = LongReports.body(60);
    List<byte[]> pieces = PeerParts.cut(body, 900);
    assertThat(pieces).hasSize(69);
    int sequence = terminal.nextSequence();
    talk.begin(CONFIG_TRAP, sequence, pieces, parts);
    byte[] next = talk.frame(CONFIG_TRAP, sequence, 69, parts + 1, DATA, pieces.get(parts));
    return new InterruptedReport(terminal, body, sequence, parts, next);
  }

  /** Writes that part again, and the whole report where it is told to. */
  void goOn() {
    terminal.reconnect().link().write(next);
    PeerFrame answer = terminal.link().read();
    if (answer.flags() == 0x20) {
      assertThat(parts).as("all parts were there").isEqualTo(68);
      assertThat(answer.bytes())
          .isEqualTo(terminal.ofPlatform(CONFIG_TRAP | 0x8000, sequence, 0x20, new byte[1]));
      return;
    }
    byte[] abort = PeerParts.tlv(69, parts + 1, ABORT_BY_RECEIVER, new byte[0]);
    assertThat(answer.bytes())
        .isEqualTo(terminal.ofPlatform(CONFIG_TRAP | 0x8000, sequence, 0x30, abort));
    List<byte[]> pieces = PeerParts.cut(body, 900);
    byte[] last = new PeerParts(terminal).send(CONFIG_TRAP, terminal.nextSequence(), pieces);
    assertThat(terminal.expectAck(last).body()).containsExactly(0);
  }
}
