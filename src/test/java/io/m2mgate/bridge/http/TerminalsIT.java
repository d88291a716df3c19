package io.m2mgate.bridge.http;

import static io.m2mgate.bridge.BridgeFixture.json;
import static io.m2mgate.bridge.BridgeFixture.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bridge.BridgeFixture;
import io.m2mgate.session.SessionState;
import io.m2mgate.session.SessionToken;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TerminalsIT {

  private static final String SERIAL = "A972030000000001";

  @TempDir
  Path directory;

  private BridgeFixture bridge;

  @BeforeEach
  void open() {
    bridge = new BridgeFixture(directory);
  }

  @AfterEach
  void close() {
    bridge.close();
  }

  /** Verifies that one application neither sees nor learns of another's terminals, nor of administration. */
  @Test
  void isolatesApplications() {
    // GIVEN
    var one = bridge.application("EC01");
    var two = bridge.application("EC02");
    bridge.terminal(SERIAL, "EC01");

    // WHEN, THEN
    assertThat(json(bridge.get("/v1/terminals", one)).getJsonArray("items")).hasSize(1);
    assertThat(json(bridge.get("/v1/terminals", two)).getJsonArray("items")).isEmpty();
    assertThat(json(bridge.get("/v1/terminals/" + SERIAL, one)).getString("state"))
        .isEqualTo("never");
    var foreign = bridge.get("/v1/terminals/" + SERIAL, two);
    var missing = bridge.get("/v1/terminals/X972030000000001", two);
    assertThat(foreign.statusCode()).isEqualTo(404);
    assertThat(foreign.body()).isEqualTo(missing.body());
    assertThat(problem(bridge.get("/v1/terminals/" + SERIAL + "/parameters", two)))
        .isEqualTo("terminal-unknown");
    assertThat(problem(bridge.get("/v1/events?after=0&app=EC01", two)))
        .isEqualTo("application-unknown");
    assertThat(problem(bridge.get("/v1/events/stream?app=EC01", two)))
        .isEqualTo("application-unknown");
    for (var path :
        List.of("applications", "terminals", "profiles", "audit", "applications/EC01/keys")) {
      assertThat(problem(bridge.get("/v1/admin/" + path, two))).isEqualTo("scope-missing");
    }
  }

  /** Verifies what an application sees of its terminal: presence, sessions without tokens, reported values. */
  @Test
  void showsTerminal() {
    // GIVEN
    var key = bridge.application("EC01");
    bridge.terminal(SERIAL, "EC01");
    bridge.report(
        SERIAL,
        new SessionState(
            7,
            Optional.of(new SessionToken(1234567, false, 1, 1000, 0, 0, false)),
            List.of(),
            Optional.empty(),
            true,
            false,
            2000,
            "{\"signal\":17}"));

    // WHEN
    var terminal = json(bridge.get("/v1/terminals/" + SERIAL, key));
    var parameters = bridge.get("/v1/terminals/" + SERIAL + "/parameters", key);

    // THEN
    assertThat(terminal.getString("state")).isEqualTo("online");
    assertThat(terminal.getJsonObject("facts").getInteger("signal")).isEqualTo(17);
    assertThat(terminal.getJsonArray("sessions").getJsonObject(0).getString("state"))
        .isEqualTo("confirmed");
    assertThat(terminal.encode()).doesNotContain("1234567");
    assertThat(json(parameters)
            .getJsonObject("reported")
            .getJsonObject("heartbeat")
            .getInteger("value"))
        .isEqualTo(90);
    assertThat(parameters.headers().firstValue("ETag")).isPresent();
    assertThat(json(bridge.get("/v1/terminals?state=online", key)).getJsonArray("items"))
        .hasSize(1);
    assertThat(json(bridge.get("/v1/terminals?state=offline", key)).getJsonArray("items"))
        .isEmpty();
    assertThat(json(bridge.get("/v1/terminals?q=A972", key)).getJsonArray("items"))
        .hasSize(1);
    assertThat(json(bridge.get("/v1/terminals?q=B", key)).getJsonArray("items")).isEmpty();
  }
}
