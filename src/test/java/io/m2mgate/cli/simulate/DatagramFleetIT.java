package io.m2mgate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.cli.simulate.FieldOptions.Persona;
import io.m2mgate.cli.simulate.FleetOptions.Finish;
import io.m2mgate.cli.simulate.FleetOptions.Load;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.FleetOptions.Retry;
import io.m2mgate.cli.simulate.FleetOptions.Target;
import io.m2mgate.peer.GatewayProcess;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fleets whose frames are datagrams, against a gateway that knows nothing of them being simulated. */
class DatagramFleetIT {
  private static GatewayProcess gateway;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("lanes=2");
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static FleetOptions fleet(String app, int terminals, BearerOptions bearers) {
    return FleetOptions.of(new Target(
            gateway.terminals(),
            Optional.of(gateway.datagrams()),
            gateway.endpoint("http"),
            gateway.adminKey()))
        .withApp(app)
        .withTerminals(terminals)
        .withConnectionsPerSecond(2_000)
        .withPersona(
            new FleetOptions.Persona(Retry.MIXED, Duration.ofSeconds(1), 3, Duration.ofSeconds(1)))
        .withFinish(new Finish(true, false, Duration.ofSeconds(30)))
        .withBearers(bearers);
  }

  private static FleetOptions sending(FleetOptions fleet, double perSecond, int messages) {
    return fleet.withLoad(new Load(Mode.DATA, perSecond, Duration.ZERO, messages, 67, 1));
  }

  private static FleetReport run(FleetOptions options, boolean epoll) throws Exception {
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(3).setPreferNativeTransport(epoll));
    try {
      return Fleet.start(vertx, options, 2)
          .report()
          .toCompletionStage()
          .toCompletableFuture()
          .get(5, TimeUnit.MINUTES);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  // Verifies that many terminals behind four addresses are made known in one request, log in, send
  // and log out over UDP, with epoll and without, and that beats were measured while they came.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void goesOverSharedSockets(boolean epoll) throws Exception {
    BearerOptions bearers = BearerOptions.TCP.over(Bearer.UDP).probing(10, Duration.ofMillis(20));
    int terminals = epoll ? 600 : 100;
    FleetOptions fleet =
        fleet("UDP" + epoll, terminals, bearers).withConnectionsPerSecond(2 * terminals);
    FleetReport report = run(sending(fleet, 0, 1_000), epoll);
    assertThat(report.clean()).isTrue();
    assertThat(report.acknowledged()).isEqualTo(1_000);
    assertThat(report.ledger().delivered()).isEqualTo(1_000);
    assertThat(report.logins()).isEqualTo(terminals);
    assertThat(report.bearing().heartbeats().count()).isGreaterThan(10);
    assertThat(report.bearing().strange() + report.bearing().misdirected()).isZero();
  }

  // Verifies that terminals whose datagrams are lost, doubled and late, and whose address changes
  // in the
  // middle of exchanges, lose nothing that was acknowledged and double nothing without a mark.
  @Test
  void survivesABadNetwork() throws Exception {
    BearerOptions bearers =
        BearerOptions.TCP.over(Bearer.UDP).disturbed(0.05, 0.05, Duration.ofSeconds(2));
    FleetOptions fleet = sending(fleet("BADNET", 200, bearers), 300, 900);
    FleetReport report = run(
        fleet.withField(FieldOptions.NONE
            .with(Persona.everybody(Quirk.LOSSY, Quirk.REBINDS))
            .losing(0.05)),
        true);
    assertThat(report.clean()).isTrue();
    assertThat(report.acknowledged()).isEqualTo(900);
    assertThat(report.repeated()).isPositive();
    assertThat(report.bearing().rebinds()).isGreaterThan(50);
    assertThat(report.bearing().misdirected()).isPositive();
  }

  // Verifies that terminals that change between TCP and UDP keep their sessions: nobody logs in
  // again.
  @Test
  void keepsSessionsOverBothBearers() throws Exception {
    BearerOptions bearers = BearerOptions.TCP.switching(Duration.ofSeconds(1));
    FleetOptions fleet = sending(fleet("BOTH", 50, bearers), 150, 600);
    FleetReport report =
        run(fleet.withField(FieldOptions.NONE.with(Persona.everybody(Quirk.SWITCHES))), true);
    assertThat(report.clean()).isTrue();
    assertThat(report.acknowledged()).isEqualTo(600);
    assertThat(report.bearing().switches()).isGreaterThan(20);
    assertThat(report.logins()).isEqualTo(50);
    assertThat(report.sessionsLost()).isZero();
  }

  // Verifies that terminals of short connections log out when they have nothing to say, come back
  // when
  // they have, and lose nothing over it.
  @Test
  void comesAndGoes() throws Exception {
    BearerOptions bearers = BearerOptions.TCP.over(Bearer.UDP).idling(Duration.ofMillis(300));
    FleetOptions fleet = sending(fleet("SHORT", 30, bearers), 40, 160);
    FleetReport report =
        run(fleet.withField(FieldOptions.NONE.with(Persona.everybody(Quirk.SHORT))), true);
    assertThat(report.clean()).isTrue();
    assertThat(report.acknowledged()).isEqualTo(160);
    assertThat(report.bearing().rests()).isGreaterThan(30);
    assertThat(report.logins()).isGreaterThan(60);
  }
}
