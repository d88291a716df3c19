package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerRotation;
import io.m2mgate.peer.PeerRotation.Given;
import io.m2mgate.peer.PeerTerminal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ends of new secrets that whoever asks for them sets (behaviour 5.3.10). */
class RotationExpiriesIT {
  private static final String APP = "EC01";
  private static final long LIFETIME_SECONDS = 40L * 86_400;
  private static final byte[] NEVER = bytes().u32(0xFFFFFFFFL).toArray();
  private static final Instant NEXT_YEAR =
      Instant.now().truncatedTo(ChronoUnit.SECONDS).plus(365, ChronoUnit.DAYS);

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("security.rotation.lifetimeSeconds=" + LIFETIME_SECONDS);
    admin = gateway.api();
    app = admin.createApplication(APP);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static Api.Answer rotate(Identity who, ObjectNode body) {
    return app.call("POST", "/v1/terminals/" + who.serial() + "/rotations", body);
  }

  private static ObjectNode body() {
    return Api.JSON.createObjectNode();
  }

  // Verifies that the terminal is given the ends that were asked for, never where that was asked
  // for, and those of the settings else; and that another wish does not pass for the open one.
  @Test
  void givesTheExpiriesThatWereAskedFor() {
    Identity who = admin.createTerminal(Identity.fresh(), APP);
    ObjectNode wish = body();
    wish.putObject("expiries").put("uplinkPassword", NEXT_YEAR.toString()).putNull("baseKey");
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      long before = Instant.now().getEpochSecond();
      Api.Answer answer = rotate(who, wish);

      assertThat(answer.status()).as(answer.body()).isEqualTo(202);
      var told = answer.json().path("expiries");
      assertThat(told.path("uplinkPassword").asText()).isEqualTo(NEXT_YEAR.toString());
      assertThat(told.path("baseKey").isNull()).isTrue();
      Given given = PeerRotation.expectSet(terminal);
      assertThat(given.values().get(PeerRotation.UPLINK_EXPIRY))
          .isEqualTo(bytes().u32(NEXT_YEAR.getEpochSecond()).toArray());
      assertThat(given.values().get(PeerRotation.BASE_KEY_EXPIRY)).isEqualTo(NEVER);
      Instant ofSettings = Instant.parse(told.path("downlinkPassword").asText());
      assertThat(given.values().get(PeerRotation.DOWNLINK_EXPIRY))
          .isEqualTo(bytes().u32(ofSettings.getEpochSecond()).toArray());
      assertThat(ofSettings.getEpochSecond() - LIFETIME_SECONDS)
          .isBetween(before, Instant.now().getEpochSecond());

      assertThat(rotate(who, wish).json().path("id")).isEqualTo(answer.json().path("id"));
      ObjectNode other = body();
      other.putObject("expiries").putNull("uplinkPassword");
      assertThat(rotate(who, other).status()).isEqualTo(409);
    }
  }

  private static Stream<String> wrong() {
    return Stream.of(
        "{\"expiries\":{\"uplinkPassword\":\"2020-01-01T00:00:00Z\"}}",
        "{\"expiries\":{\"uplinkPassword\":\"2106-02-07T06:28:15Z\"}}",
        "{\"expiries\":{\"uplinkPassword\":\"tomorrow\"}}",
        "{\"expiries\":{\"uplinkPassword\":4102444800}}",
        "{\"expiries\":{\"pin1\":null}}",
        "{\"expiries\":[]}",
        "{\"secrets\":[\"baseKey\"],\"expiries\":{\"uplinkPassword\":null}}");
  }

  // Verifies that an end that the protocol cannot say, or that is no wish at all, is refused with
  // its place.
  @ParameterizedTest
  @MethodSource("wrong")
  void refusesWhatIsNoEnd(String wish) throws Exception {
    Identity who = admin.createTerminal(Identity.fresh(), APP);

    Api.Answer answer = rotate(who, (ObjectNode) Api.JSON.readTree(wish));

    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
    assertThat(answer.body()).contains("/expiries");
  }
}
