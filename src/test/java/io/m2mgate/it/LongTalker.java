package io.m2mgate.it;

import static io.m2mgate.peer.PeerCommands.CONFIG_GET;
import static io.m2mgate.peer.PeerParts.DATA;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.PeerCipher;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerParts;
import io.m2mgate.peer.PeerTerminal;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A terminal in session, with the keys that it encrypts by where it does. */
record LongTalker(PeerTerminal terminal, Optional<PeerCipher> cipher) implements AutoCloseable {
  static final int IN_CLEAR = 0x30;
  private static final int ACK = 0x8000;

  PeerParts parts() {
    return new PeerParts(terminal);
  }

  /** The body of a request that came whole. */
  byte[] read(PeerFrame asked) {
    return cipher.isPresent()
        ? cipher.get().open(asked)
        : parts().verified(asked, 0x20).body();
  }

  /** A body as the wire has it. */
  byte[] wrapped(byte[] body) {
    return cipher
        .map(keys -> new PeerFrame(keys.encrypted(CONFIG_GET, 0, body)).body())
        .orElse(body);
  }

  byte[] opened(byte[] wire, int length) {
    return cipher.map(keys -> Arrays.copyOf(keys.opened(wire), length)).orElse(wire);
  }

  byte[] part(PeerFrame asked, List<byte[]> pieces, int index) {
    return parts()
        .frame(
            asked.command() | ACK,
            asked.sequence(),
            pieces.size(),
            index,
            DATA,
            pieces.get(index - 1));
  }

  /** What the platform says next about the parts of the answer. */
  PeerFrame word(PeerFrame asked) {
    PeerFrame word = parts().verified(terminal.link().read(), IN_CLEAR);
    assertThat(word.command()).isEqualTo(asked.command());
    assertThat(word.sequence()).isEqualTo(asked.sequence());
    return word;
  }

  void answer(PeerFrame asked, int result) {
    byte[] body = {(byte) result};
    int command = asked.command() | ACK;
    terminal
        .link()
        .write(cipher
            .map(keys -> keys.encrypted(command, asked.sequence(), body))
            .orElseGet(() -> terminal.signed(command, asked.sequence(), body)));
  }

  void trap(byte[] body) {
    if (cipher.isPresent()) {
      assertThat(cipher.get().exchange(PeerTerminal.CONFIG_TRAP, body)).startsWith((byte) 0);
    } else {
      assertThat(terminal.trap(body).result()).isZero();
    }
  }

  @Override
  public void close() {
    terminal.close();
  }
}
