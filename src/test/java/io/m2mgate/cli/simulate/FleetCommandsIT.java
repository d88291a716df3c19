package io.m2mgate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.cli.simulate.Fleet.Phase;
import io.m2mgate.cli.simulate.FleetOptions.Load;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.FleetOptions.Target;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a simulated terminal does when applications ask something of it. */
class FleetCommandsIT {
  private static final int TERMINALS = 2;
  private static final double SILENCE = 1e-6;

  private static GatewayProcess gateway;
  private static Vertx vertx;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    gateway.closeClean();
  }

  /** Verifies that data is taken and answered, in clear and with session keys. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void takesData(boolean encrypted) throws Exception {
    FleetOptions options = FleetOptions.of(
            new Target(gateway.terminals(), gateway.endpoint("http"), gateway.adminKey()))
        .withApp("FLEET" + encrypted)
        .withTerminals(TERMINALS)
        .withSecurity(encrypted ? SecurityOptions.NONE.encrypting() : SecurityOptions.NONE)
        .withLoad(new Load(Mode.TRAP, SILENCE, Duration.ZERO, 0, 1, 1));
    Fleet fleet = Fleet.start(vertx, options, 1);
    Await.until(
        "everybody online", Await.PATIENCE, () -> fleet.progress().phase() == Phase.SENDING);
    for (int i = 0; i < TERMINALS; i++) {
      Api.Full asked = gateway
          .api()
          .full(
              "POST",
              "/v1/terminals/" + fleet.serial(i) + "/data",
              new byte[] {1, 2, 3},
              "Prefer",
              "wait=30",
              "Content-Type",
              "application/octet-stream");
      assertThat(asked.answer().status()).as(asked.answer().body()).isEqualTo(200);
      assertThat(asked.answer().json().path("state").asText()).isEqualTo("succeeded");
    }
    fleet.stop();
    FleetReport report =
        fleet.report().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    assertThat(report.clean()).isTrue();
  }
}
