package io.m2mgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.session.SecretSet.Expiries;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which sets of secrets open a session, and which does no more (behaviour 5.3.10). */
class KeyringTest {
  private static final long NOW = 1_700_000_000_000L;

  private static SecretSet set(long generation, String uplink) {
    byte[] password = uplink.getBytes(StandardCharsets.US_ASCII);
    return new SecretSet(generation, password, password, new byte[0], Expiries.NEVER);
  }

  private static Keyring ring(SecretSet current, Optional<SecretSet> pending) {
    return Keyring.of(SampleTerminal.provisioned(true), current, pending, Optional.empty());
  }

  // Verifies that a session under the pending set ends the one before for good: also for a LOGIN
  // that was proven with it and waited for its turn.
  @Test
  void doesNotBringBackWhatWasKilled() {
    Keyring before = ring(set(0, "old"), Optional.of(set(1, "new")));
    Terminal terminal =
        new Terminal(SampleTerminal.provisioned(true), before, SampleTerminal.profile("{}"), 0);
    Identity old = before.current();
    terminal.confirm(terminal.open(before.pending().orElseThrow(), false, 1, NOW));
    assertThat(terminal.keyring().still(old)).isEmpty();

    terminal.confirm(terminal.open(old, false, 2, NOW));
    assertThat(terminal.keyring().current().secrets().generation()).isEqualTo(1);
    assertThat(terminal.keyring().all()).hasSize(1);
  }

  // Verifies that a proof outlives what changes nothing of it, and not a password that is set anew.
  @Test
  void knowsWhatProvesStill() {
    Identity proven = ring(set(0, "old"), Optional.empty()).current();
    Keyring opened = ring(set(0, "old"), Optional.of(set(1, "new")));
    assertThat(opened.still(proven)).containsSame(opened.current());
    assertThat(opened.still(opened.pending().orElseThrow())).isEqualTo(opened.pending());
    assertThat(ring(set(0, "other"), Optional.empty()).still(proven)).isEmpty();
  }
}
