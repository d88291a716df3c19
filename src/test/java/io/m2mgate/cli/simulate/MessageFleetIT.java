package io.m2mgate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.cli.simulate.FieldOptions.Persona;
import io.m2mgate.cli.simulate.FleetOptions.Finish;
import io.m2mgate.cli.simulate.FleetOptions.Load;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.FleetOptions.Retry;
import io.m2mgate.cli.simulate.FleetOptions.Target;
import io.m2mgate.cli.simulate.SecurityOptions.Registration;
import io.m2mgate.peer.GatewayProcess;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Fleets that live by short messages, against a gateway that is bound to the centre which the run plays. */
class MessageFleetIT {
  private static final int TERMINALS = 20;
  private static final int READINGS = 60;

  private static SimulatedCentre centre;
  private static GatewayProcess gateway;

  @BeforeAll
  static void start() throws IOException {
    centre = SimulatedCentre.open(0);
    gateway = GatewayProcess.start(
        "lanes=2",
        "sms.enabled=true",
        "sms.smpp.host=127.0.0.1",
        "sms.smpp.port=" + centre.port(),
        "sms.smpp.systemId=simulate",
        "sms.perSecond=1000",
        "sms.answerMillis=50");
  }

  @AfterAll
  static void stop() throws IOException {
    gateway.closeClean();
    centre.close();
  }

  private static FleetOptions fleet(String app) {
    return FleetOptions.of(
            new Target(gateway.terminals(), gateway.endpoint("http"), gateway.adminKey()))
        .withApp(app)
        .withTerminals(TERMINALS)
        .withPersona(
            new FleetOptions.Persona(Retry.SAME, Duration.ofSeconds(1), 3, Duration.ofSeconds(1)))
        .withLoad(new Load(Mode.DATA, 60, Duration.ZERO, READINGS, 67, 1))
        .withFinish(new Finish(true, false, Duration.ofSeconds(30)))
        .withBearers(BearerOptions.TCP.over(Bearer.SMS).disturbed(0.1, 0, Duration.ofMinutes(1)));
  }

  private static FleetReport run(FleetOptions options) throws Exception {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(3));
    try {
      return Fleet.start(vertx, options, 2, Optional.of(centre))
          .report()
          .toCompletionStage()
          .toCompletableFuture()
          .get(5, TimeUnit.MINUTES);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  // Verifies that messages which are lost or doubled on either way cost nothing that was
  // acknowledged.
  @Test
  void survivesLostMessages() throws Exception {
    FleetReport report = run(fleet("SMS")
        .withField(FieldOptions.NONE.with(Persona.everybody(Quirk.LOSSY)).losing(0.05)));

    assertThat(report.clean()).as(ReportText.text(report)).isTrue();
    assertThat(report.acknowledged()).isEqualTo(READINGS);
    assertThat(report.ledger().delivered()).isEqualTo(READINGS);
    assertThat(report.repeated() + report.strayAcks()).isPositive();
    CentreReport messages = report.bearing().messages().orElseThrow();
    assertThat(messages.taken()).isGreaterThan(READINGS);
    assertThat(messages.given()).isGreaterThan(READINGS);
    assertThat(messages.held() + messages.strange()).isZero();
  }

  // Verifies that terminals which have nothing but their serial are given their secrets by message,
  // and then log in, send, and answer requests by message.
  @Test
  void registersAndAnswersByMessage() throws Exception {
    FleetReport report = run(fleet("SMSREG")
        .withSecurity(SecurityOptions.NONE.registering(Registration.ASK_SECURITY))
        .withCommands(
            CommandOptions.NONE.each(1, AskedKind.DATA, AskedKind.CONTROL, AskedKind.READ)));

    assertThat(report.clean()).as(ReportText.text(report)).isTrue();
    assertThat(report.acknowledged()).isEqualTo(READINGS);
    assertThat(report.security().registered()).isGreaterThanOrEqualTo(TERMINALS);
    assertThat(report.security().setsTaken()).isGreaterThanOrEqualTo(TERMINALS);
    assertThat(report.commands().orElseThrow().ends())
        .containsOnly(Map.entry("succeeded", (long) TERMINALS));
  }
}
