package io.m2mgate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.cli.simulate.FleetOptions.Finish;
import io.m2mgate.cli.simulate.FleetOptions.Load;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.FleetOptions.Persona;
import io.m2mgate.cli.simulate.FleetOptions.Retry;
import io.m2mgate.cli.simulate.FleetOptions.Target;
import io.m2mgate.peer.ScriptedPlatform;
import io.m2mgate.peer.ScriptedPlatform.Deed;
import io.m2mgate.peer.ScriptedPlatform.Script;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulator is the oracle of other tests, so it must see every fault that a platform can have. */
class FleetIT {
  private static final int MESSAGES = 400;
  private static final int FAULTY = 150;

  private static Vertx vertx;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static FleetReport run(Script script, Mode mode, Retry retry, int pipeline)
      throws Exception {
    var persona = new Persona(retry, Duration.ofMillis(150), 3, Duration.ofMillis(50));
    return run(script, mode, persona, pipeline);
  }

  private static FleetReport run(Script script, Mode mode, Persona persona, int pipeline)
      throws Exception {
    try (var platform = new ScriptedPlatform(script)) {
      var options = FleetOptions.of(new Target(platform.terminals(), platform.http(), "key"))
          .withTerminals(7)
          .withLoad(new Load(mode, 0, Duration.ZERO, MESSAGES, 40, pipeline))
          .withPersona(persona)
          .withFinish(new Finish(true, false, Duration.ofSeconds(2)));
      return Fleet.start(vertx, options, 2)
          .report()
          .toCompletionStage()
          .toCompletableFuture()
          .get(30, TimeUnit.SECONDS);
    }
  }

  private static FleetReport run(Deed faulty) throws Exception {
    return run(number -> number == FAULTY ? faulty : Deed.STORE_AND_ACK, Mode.DATA, Retry.SAME, 1);
  }

  // Verifies that a platform without fault is found
  // clean, in every mode, one at a time and pipelined.
  @ParameterizedTest
  @EnumSource(value = Mode.class, names = "ECHO", mode = EnumSource.Mode.EXCLUDE)
  void findsAGoodPlatformClean(Mode mode) throws Exception {
    for (int pipeline : new int[] {1, 8}) {
      FleetReport report = run(number -> Deed.STORE_AND_ACK, mode, Retry.MIXED, pipeline);
      assertThat(report.clean()).isTrue();
      assertThat(report.acknowledged()).isEqualTo(MESSAGES);
      assertThat(report.sent()).isEqualTo(MESSAGES);
      assertThat(report.ledger().delivered()).isEqualTo(mode == Mode.DATA ? MESSAGES : 0);
      assertThat(report.logins()).isEqualTo(mode == Mode.LOGIN ? 7 + MESSAGES : 7);
      assertThat(report.exchange().count()).isEqualTo(MESSAGES);
      assertThat(report.repeated() + report.reconnects() + report.unanswered()).isZero();
    }
  }

  // Verifies that a reading that was acknowledged and not stored is found lost.
  @Test
  void seesALoss() throws Exception {
    FleetReport report = run(Deed.ACK_ONLY);
    assertThat(report.ledger().lost()).isEqualTo(1);
    assertThat(report.clean()).isFalse();
  }

  // Verifies that a reading that was stored twice without a mark is found.
  @Test
  void seesADuplicate() throws Exception {
    FleetReport report = run(Deed.STORE_TWICE_AND_ACK);
    assertThat(report.ledger().duplicatesUnmarked()).isEqualTo(1);
    assertThat(report.clean()).isFalse();
  }

  // Verifies that a reading that stands behind a younger one of its terminal is found.
  @Test
  void seesAReorder() throws Exception {
    FleetReport report = run(Deed.STORE_AFTER_THE_NEXT_AND_ACK);
    assertThat(report.ledger().reordered()).isEqualTo(1);
    assertThat(report.ledger().lost()).isZero();
    assertThat(report.clean()).isFalse();
  }

  // Verifies that a lost ack makes a terminal repeat, harmlessly
  // with the same bytes and marked with a new sequence.
  @Test
  void repeatsWhatIsNotAnswered() throws Exception {
    FleetReport same = run(Deed.STORE_ONLY);
    assertThat(same.clean()).isTrue();
    assertThat(same.repeated()).isEqualTo(1);
    assertThat(same.acknowledged()).isEqualTo(MESSAGES);
    FleetReport fresh = run(
        number -> number == FAULTY ? Deed.STORE_ONLY : Deed.STORE_AND_ACK, Mode.DATA, Retry.NEW, 1);
    assertThat(fresh.clean()).isTrue();
    assertThat(fresh.ledger().duplicatesMarked()).isEqualTo(1);
  }

  // Verifies that a broken connection costs a reconnect and nothing else: the session goes on.
  @Test
  void goesOnOverANewConnection() throws Exception {
    FleetReport report = run(Deed.STORE_AND_BREAK);
    assertThat(report.clean()).isTrue();
    assertThat(report.reconnects()).isEqualTo(1);
    assertThat(report.sessionsLost()).isZero();
    assertThat(report.logins()).isEqualTo(7);
    assertThat(report.acknowledged()).isEqualTo(MESSAGES);
  }

  // Verifies that a session that the platform forgot is counted, and a new one opened.
  @Test
  void seesALostSession() throws Exception {
    FleetReport report = run(Deed.FORGET_SESSION);
    assertThat(report.sessionsLost()).isEqualTo(1);
    assertThat(report.logins()).isEqualTo(8);
    assertThat(report.acknowledged()).isEqualTo(MESSAGES);
  }

  // Verifies that refusals are counted by their code and are no losses.
  @Test
  void countsRefusals() throws Exception {
    FleetReport report = run(Deed.REFUSE);
    assertThat(report.refused()).containsEntry(3, 1L);
    assertThat(report.acknowledged()).isEqualTo(MESSAGES - 1);
    assertThat(report.ledger().lost()).isZero();
  }

  // Verifies that a terminal that sends refused readings
  // again gets them all acknowledged, each as a new request.
  @Test
  void sendsRefusedReadingsAgain() throws Exception {
    FleetReport report = run(
        number -> number == FAULTY ? Deed.REFUSE : Deed.STORE_AND_ACK,
        Mode.DATA,
        new Persona(Retry.SAME, Duration.ofMillis(150), 3, Duration.ofMillis(50))
            .resendingRefused(),
        1);
    assertThat(report.clean()).isTrue();
    assertThat(report.refused()).containsEntry(3, 1L);
    assertThat(report.acknowledged()).isEqualTo(MESSAGES);
    assertThat(report.ledger().delivered()).isEqualTo(MESSAGES);
  }

  // Verifies that an ack with a wrong digest is none.
  @Test
  void seesAWrongDigest() throws Exception {
    FleetReport report = run(Deed.SIGN_WRONGLY);
    assertThat(report.wrongDigests()).isEqualTo(1);
    assertThat(report.repeated()).isEqualTo(1);
    assertThat(report.clean()).isFalse();
  }
}
