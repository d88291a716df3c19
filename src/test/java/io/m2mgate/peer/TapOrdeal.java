package io.m2mgate.peer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.LedgerBook.Balance;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;

/**
 * A consumer that disconnects, stands still or is killed at random points while terminals send readings, and what it must have received in
 * the end. One thread owns it. The consumer must begin before the first event of the log.
 */
public final class TapOrdeal {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int EVENTS = 80;
  private static final int CONFIRM_EVERY = 20;
  private static final int STANDSTILL = 60;

  private final TapUnderTest tap;
  private final Flow flow;
  private final Random random;
  private final TapLedger ledger = new TapLedger();

  /** @param flow sends already, and is stopped here */
  public TapOrdeal(TapUnderTest tap, Flow flow, long seed) {
    this.tap = tap;
    this.flow = flow;
    this.random = new Random(seed);
  }

  /** Does it so many times, then receives the rest, enters the balance into the book and judges it. */
  public TapLedger run(int times, String engine) throws Exception {
    for (int i = 0; i < times; i++) {
      connect();
      read(1 + random.nextInt(EVENTS));
      switch (random.nextInt(4)) {
        case 0 -> tap.disconnect();
        case 1 -> tap.kill();
        case 2 -> {
          standStill();
          tap.kill();
        }
        default -> {
          standStill();
          read(1 + random.nextInt(EVENTS));
          tap.disconnect();
        }
      }
    }
    long acknowledged = flow.stop();
    connect();
    while (ledger.readings() + ledger.lost() < acknowledged) {
      read(1);
    }
    LedgerBook.enter(new Balance(
        "tap " + tap.name(),
        engine,
        times,
        acknowledged,
        ledger.readings(),
        ledger.lost(),
        ledger.unexpected(),
        ledger.reordered()));
    assertThat(ledger.lost()).as("lost").isZero();
    assertThat(ledger.unexpected()).as("came again though confirmed").isZero();
    assertThat(ledger.reordered()).as("out of order").isZero();
    assertThat(ledger.readings()).as("readings").isEqualTo(acknowledged);
    return ledger;
  }

  private void connect() throws IOException {
    tap.connect();
    ledger.connected();
  }

  private void read(int events) throws IOException {
    int unconfirmed = 0;
    int confirmAt = 1 + random.nextInt(CONFIRM_EVERY);
    for (int i = 0; i < events; i++) {
      JsonNode event =
          tap.next(PATIENCE).orElseThrow(() -> new AssertionError("no event within " + PATIENCE));
      ledger.received(event);
      if (++unconfirmed == confirmAt) {
        tap.confirm(event);
        ledger.confirmed(event);
        unconfirmed = 0;
        confirmAt = 1 + random.nextInt(CONFIRM_EVERY);
      }
    }
  }

  /** Reads nothing while the terminals go on. */
  private void standStill() {
    long enough = flow.acknowledged() + STANDSTILL;
    Await.until("further readings", PATIENCE, () -> flow.acknowledged() >= enough);
  }
}
