package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.cli.simulate.Fleet;
import io.m2mgate.cli.simulate.FleetOptions;
import io.m2mgate.cli.simulate.FleetOptions.Finish;
import io.m2mgate.cli.simulate.FleetOptions.Load;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.FleetOptions.Persona;
import io.m2mgate.cli.simulate.FleetOptions.Retry;
import io.m2mgate.cli.simulate.FleetOptions.Target;
import io.m2mgate.cli.simulate.FleetReport;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.LedgerBook;
import io.m2mgate.peer.LedgerBook.Balance;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A fleet that sends while something is done to its gateway, and what its ledger must show afterwards. One thread owns it. */
final class Ordeal implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(600);
  private static final int REPORT_SECONDS = 300;

  /** Fielded terminals wait for 15 s; what comes a little late at first and in time again comes sooner than that. */
  private static final int SHORTEST_FIELDED_SECONDS = 20;

  private final Vertx vertx = Vertx.vertx();
  private final Fleet fleet;
  private final int terminals;

  private Ordeal(FleetOptions options) {
    this.fleet = Fleet.start(vertx, options, 2);
    this.terminals = options.terminals();
  }

  /** Begins to send, and waits until everybody is in and readings arrive. */
  static Ordeal of(FleetOptions options) {
    var ordeal = new Ordeal(options);
    ordeal.until("everybody online", () -> ordeal.now().online() == options.terminals());
    ordeal.awaitFurther(100);
    return ordeal;
  }

  /** Terminals that send as fast as they are answered, two readings at a time, and send again what was refused. */
  static FleetOptions eager(GatewayProcess gateway, int terminals) {
    return FleetOptions.of(
            new Target(gateway.terminals(), gateway.endpoint("http"), gateway.adminKey()))
        .withTerminals(terminals)
        .withLoad(new Load(Mode.DATA, 0, Duration.ZERO, 0, 67, 2))
        .withPersona(new Persona(Retry.MIXED, Duration.ofSeconds(5), 3, Duration.ofSeconds(1))
            .resendingRefused())
        .withFinish(new Finish(true, false, Duration.ofSeconds(60)));
  }

  /**
   * Repeats after so many seconds, and sends again what was refused. New sequences only where that is as slow as a fielded
   * terminal: sooner, they are new readings to the gateway.
   */
  static Persona patient(int seconds) {
    Retry retry = seconds >= SHORTEST_FIELDED_SECONDS ? Retry.MIXED : Retry.SAME;
    return new Persona(retry, Duration.ofSeconds(seconds), 3, Duration.ofSeconds(1))
        .resendingRefused();
  }

  Fleet.Progress now() {
    Optional.ofNullable(fleet.report().cause()).ifPresent(failure -> {
      throw new AssertionError("the fleet failed", failure);
    });
    return fleet.progress();
  }

  void until(String what, java.util.function.BooleanSupplier condition) {
    Await.until(what, PATIENCE, condition);
  }

  /** Waits until so many more exchanges are acknowledged. */
  void awaitFurther(long acknowledged) {
    long enough = now().acknowledged() + acknowledged;
    until("further acknowledgements", () -> now().acknowledged() >= enough);
  }

  /** Ends the sending, enters the balance into the book, and asserts what {@link #judge} does. */
  FleetReport balance(String what, String engine, int kills, String remarks) {
    fleet.stop();
    FleetReport report;
    try {
      report = fleet
          .report()
          .toCompletionStage()
          .toCompletableFuture()
          .get(REPORT_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("no report of the fleet", e);
    }
    System.out.printf(
        "%s on %s: %s; sessions lost %d, refused %s, repeated %,d, marked %,d, reconnects %,d,"
            + " p50 %.1f ms, p99 %.1f ms, slowest %,d ms%n",
        what,
        engine,
        remarks,
        report.sessionsLost(),
        report.refused(),
        report.repeated(),
        report.ledger().duplicatesMarked(),
        report.reconnects(),
        report.exchange().p50() / 1e3,
        report.exchange().p99() / 1e3,
        report.exchange().max() / 1_000);
    LedgerBook.enter(new Balance(
        what,
        engine,
        kills,
        report.acknowledged(),
        report.ledger().delivered(),
        report.ledger().lost(),
        report.ledger().duplicatesUnmarked(),
        report.ledger().reordered()));
    judge(report);
    return report;
  }

  /**
   * Nothing was lost, doubled or reordered, sessions went on, nobody was refused before the third copy, and all was answered
   * in the end.
   */
  private void judge(FleetReport report) {
    long refused = report.refused().values().stream().mapToLong(Long::longValue).sum();
    assertThat(report.ledger().lost()).as("lost").isZero();
    assertThat(report.ledger().duplicatesUnmarked()).as("duplicated unmarked").isZero();
    assertThat(report.ledger().reordered()).as("out of order").isZero();
    assertThat(report.sessionsLost()).as("sessions lost").isZero();
    assertThat(report.logins()).as("logins").isEqualTo(terminals);
    assertThat(report.loginsRefused()).as("logins refused").isEmpty();
    assertThat(report.wrongDigests()).as("wrong digests").isZero();
    assertThat(report.unanswered()).as("unanswered at the end").isZero();
    assertThat(3 * refused + report.acknowledged())
        .as("copies that %s refusals take", refused)
        .isLessThanOrEqualTo(report.sent() + report.repeated());
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
