package io.m2mgate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.cli.simulate.Ledger.Verdict;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private final Ledger ledger = new Ledger(2);

  // Verifies that what was acknowledged and delivered once, in order, is clean.
  @Test
  void isCleanWhenBothSidesMeet() {
    // WHEN readings of two terminals are acknowledged and delivered
    for (int i = 0; i < 5; i++) {
      ledger.acknowledge(0, i);
      ledger.acknowledge(1, i);
      ledger.deliver(0, i, 2 * i + 1, false);
      ledger.deliver(1, i, 2 * i + 2, false);
    }
    // THEN nothing is wrong
    assertThat(ledger.close()).isEqualTo(new Verdict(10, 0, 0, 0, 0, 0));
  }

  // Verifies that a reading that was acknowledged and never
  // delivered is lost, and one never acknowledged is not.
  @Test
  void countsWhatIsLost() {
    // WHEN one of three is acknowledged and delivered, one acknowledged, one neither
    ledger.acknowledge(0, 0);
    ledger.acknowledge(0, 1);
    ledger.deliver(0, 0, 1, false);
    // THEN one is lost
    assertThat(ledger.missing()).isEqualTo(1);
    assertThat(ledger.close().lost()).isEqualTo(1);
  }

  // Verifies that second deliveries are told apart by
  // their mark, and that a mark without cause is seen.
  @Test
  void countsDuplicates() {
    // WHEN one reading comes three times, once marked, and another is marked at its first coming
    ledger.deliver(0, 0, 1, false);
    ledger.deliver(0, 0, 2, true);
    ledger.deliver(0, 0, 3, false);
    ledger.deliver(0, 1, 4, true);
    // THEN
    assertThat(ledger.close()).isEqualTo(new Verdict(2, 0, 1, 1, 1, 0));
  }

  // Verifies that order is watched for each terminal by itself, and for the log's offsets.
  @Test
  void countsWhatIsOutOfOrder() {
    // WHEN a later reading of a terminal overtakes an
    // earlier one, and another terminal's comes between
    ledger.deliver(0, 1, 1, false);
    ledger.deliver(1, 0, 2, false);
    ledger.deliver(0, 0, 3, false);
    // THEN one is out of order
    assertThat(ledger.close().reordered()).isEqualTo(1);
    // WHEN an offset comes again THEN that too
    ledger.deliver(1, 1, 3, false);
    assertThat(ledger.close().reordered()).isEqualTo(2);
  }
}
