package io.m2mgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a terminal's memory holds, and for how long. */
class MemoryTest {
  private static final long NOW = 1_000_000_000_000L;
  private static final long HASH = 0x1234;
  private static final int LIST = 0x0025;
  private static final byte[] NAMES_0011 = {0, 0x25, 0, 2, 0, 0x11};

  private static Terminal terminal() {
    TerminalRecord stored = new TerminalRecord(
        "MEMORY0000000001",
        "860000000000001",
        Optional.of("460000000000001"),
        "EC01",
        Profiles.DEFAULT,
        Optional.empty(),
        true,
        NOW,
        NOW,
        1);
    return new Terminal(
        stored,
        Keyring.of(stored, SecretSet.NONE, Optional.empty(), Optional.empty()),
        new Profiles(name -> true).get(Profiles.DEFAULT),
        0);
  }

  // Verifies that a LOGIN repeated within 300 seconds gets the
  // session of the first, and later one of its own: a trap
  // under the old one would be refused.
  @Test
  void repeatsATentativeSessionOnlyWhileItLives() {
    Terminal terminal = terminal();
    Session opened = terminal.open(terminal.keyring().current(), false, HASH, NOW);
    assertThat(terminal.repeated(terminal.keyring().current(), HASH, NOW + 299_000))
        .contains(opened);
    assertThat(terminal.repeated(terminal.keyring().current(), HASH, NOW + 301_000))
        .isEmpty();
  }

  // Verifies that a request for which nothing was done is new when it comes again, and only that.
  @Test
  void forgetsASequence() {
    SequenceWindow window = new SequenceWindow();
    for (int sequence = 1; sequence <= 20; sequence++) {
      window.mark(sequence);
    }
    window.forget(5);
    window.forget(20);
    assertThat(window.isNew(5)).isTrue();
    assertThat(window.isNew(20)).isTrue();
    assertThat(window.isNew(6)).isFalse();
    window.mark(5);
    assertThat(window.isNew(5)).isFalse();
  }

  // Verifies that synchronised values that could not be stored count as news when they come again.
  @Test
  void reportsUnstoredValuesAgain() {
    SyncList list = new SyncList();
    assertThat(list.report(LIST, LIST, NAMES_0011, 0, NAMES_0011.length)).isTrue();
    assertThat(list.report(LIST, LIST, NAMES_0011, 0, NAMES_0011.length)).isFalse();
    list.notStored();
    assertThat(list.report(LIST, LIST, NAMES_0011, 0, NAMES_0011.length)).isTrue();
    assertThat(list.report(LIST, LIST, NAMES_0011, 0, NAMES_0011.length)).isFalse();
  }
}
