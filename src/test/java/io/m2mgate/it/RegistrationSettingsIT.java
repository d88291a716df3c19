package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerRegistration;
import io.m2mgate.peer.PeerRegistration.Answer;
import io.m2mgate.peer.PeerRegistration.Parameters;
import io.m2mgate.peer.PeerTerminal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What the settings of {@code registration} and {@code security.clearSecretsTo} change, each on a gateway of its own. */
@Execution(ExecutionMode.CONCURRENT)
class RegistrationSettingsIT {
  private static final String APP = "EC01";
  private static final String PLACEHOLDER = "ACME000100000000";
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  // Verifies that who registers again before it used its secrets gets the same serial and set, also
  // after a restart.
  @Test
  void givesTheSameAgain() {
    Identity stranger = Identity.fresh();
    try (GatewayProcess other = GatewayProcess.start(
        "registration.mode=open",
        "registration.defaultApp=" + APP,
        "registration.serialPrefix=FACTORY1")) {
      other.api().createApplication(APP);
      Parameters first;
      try (PeerRegistration registration = new PeerRegistration(other.terminals())) {
        Answer answer = registration.register(
            PeerRegistration.ASK_SERIAL, PLACEHOLDER, stranger.imei(), stranger.imsi());
        assertThat(answer.serial()).startsWith("FACTORY1");
        first = registration.parameters();
      }
      other.kill();
      other.restart();
      try (PeerRegistration registration = new PeerRegistration(other.terminals())) {
        Answer answer = registration.register(
            PeerRegistration.ASK_SERIAL, PLACEHOLDER, stranger.imei(), stranger.imsi());
        assertThat(answer).isEqualTo(new Answer(0, first.frame().serial()));
        assertThat(registration.parameters().frame().body())
            .isEqualTo(first.frame().body());
      }
      try (PeerTerminal terminal = other.terminal(first.of(stranger)).login()) {
        assertThat(terminal.data(APP, HELLO)).isZero();
      }
    }
  }

  // Verifies that strangers wait for their application, and that a source beyond the rate gets no
  // answer.
  @Test
  void refusesWhileTheApplicationIsMissing() {
    Identity stranger = Identity.fresh();
    try (GatewayProcess other = GatewayProcess.start(
            "registration.mode=open",
            "registration.defaultApp=" + APP,
            "registration.perSourcePerMinute=3");
        PeerRegistration registration = new PeerRegistration(other.terminals())) {
      assertThat(registration.register(0, PLACEHOLDER, stranger.imei(), stranger.imsi()))
          .isEqualTo(new Answer(5, PLACEHOLDER));
      assertThat(other.api().get("/v1/admin/audit?limit=100").body()).contains("noApplication");
      other.api().createApplication(APP);
      assertThat(registration
              .register(0, PLACEHOLDER, stranger.imei(), stranger.imsi())
              .result())
          .isZero();
      registration.parameters();
      registration.register(0, PLACEHOLDER, stranger.imei(), stranger.imsi());
      // WHEN the minute's worth is used up
      registration
          .link()
          .write(PeerTerminal.unsigned(
              PLACEHOLDER,
              PeerTerminal.REGISTER,
              99,
              0x80,
              PeerTerminal.registerBody(0, stranger)));
      // THEN nothing but the parameters comes
      assertThat(registration.maybeParameters(PATIENCE)).isPresent();
      assertThat(other.api().metric("m2mgate_frames_dropped_total", "reason=\"register-overload\""))
          .isEqualTo(1);
    }
  }

  // Verifies that secrets do not leave in clear to a source that is not permitted, and that the
  // application is told which setting would.
  @Test
  void keepsSecretsFromSourcesThatAreNotPermitted() {
    try (GatewayProcess other = GatewayProcess.start("security.clearSecretsTo=");
        PeerRegistration registration = new PeerRegistration(other.terminals())) {
      Api its = other.api().createApplication(APP);
      Identity who = other.api().createTerminal(Identity.fresh(), APP);
      for (int operation : new int[] {0, 1, 4}) {
        assertThat(registration.register(operation, who)).isEqualTo(new Answer(2, who.serial()));
      }
      registration.link().expectSilence();
      JsonNode refused = its.events(1, "m2m.terminal.refused", who.serial()).get(0);
      assertThat(refused.path("data").path("advice").asText()).contains("security.clearSecretsTo");
      assertThat(its.events(0, "m2m.terminal.registered", who.serial())).isEmpty();
      try (PeerTerminal terminal = other.terminal(who)) {
        terminal.login();
      }
    }
  }

  // Verifies that terminals which have their secrets are told to log in, where none are
  // distributed,
  // and that an IMSI which was not recorded is bound by the first of them.
  @Test
  void distributesNothingWhereToldSo() {
    try (GatewayProcess other = GatewayProcess.start("registration.distribution=none");
        PeerRegistration registration = new PeerRegistration(other.terminals())) {
      Api its = other.api().createApplication(APP);
      Identity who = Identity.fresh();
      var json = Api.terminalJson(who, APP, "wmmp-3");
      json.remove("imsi");
      assertThat(other.api().call("POST", "/v1/admin/terminals", json).status()).isEqualTo(201);
      assertThat(registration.register(0, PLACEHOLDER, who.imei(), who.imsi()))
          .isEqualTo(new Answer(1, who.serial()));
      assertThat(registration.register(1, who)).isEqualTo(new Answer(9, who.serial()));
      assertThat(registration.register(4, who).result()).isEqualTo(5);
      // strangers are not admitted
      assertThat(registration
              .register(
                  0, PLACEHOLDER, Identity.fresh().imei(), Identity.fresh().imsi())
              .result())
          .isEqualTo(5);
      try (PeerTerminal terminal = other.terminal(who)) {
        terminal.login();
      }
      assertThat(other.api().terminal(who.serial()).path("imsi").asText()).isEqualTo(who.imsi());
      assertThat(its.events(2, "m2m.terminal.registered", who.serial())).hasSize(2);
    }
  }
}
