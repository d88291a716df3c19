package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.BrokerTap;
import io.m2mgate.peer.BrokerTap.Heard;
import io.m2mgate.peer.BrokerTap.Inbox;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.Mosquitto;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that come from the mirror's broker: whose they are, what is refused, and that they wait there for a gateway that is away. */
class MirrorRequestsIT {
  private static final String APP = "EC01";
  private static final String CONTROL =
      "{\"control\":\"suspendApplication\",\"id\":\"%s\",\"key\":\"%s\"}";

  @TempDir
  static Path directory;

  private static Mosquitto broker;
  private static GatewayProcess gateway;
  private static Api admin;
  private static Identity who;
  private static BrokerTap desk;
  private static final Inbox ANSWERS = new Inbox();

  @BeforeAll
  static void start() throws Exception {
    broker = Mosquitto.open(directory);
    gateway = GatewayProcess.start(
        "mirror.enabled=true",
        "mirror.url=mqtt://127.0.0.1:" + broker.port(),
        "mirror.requests.enabled=true",
        "mirror.requests.maxMessageBytes=2000");
    admin = gateway.api();
    admin.createApplication(APP);
    who = admin.createTerminal(Identity.fresh(), APP);
    desk = BrokerTap.on(broker.port(), "m2m/v1/+/res/mirror", ANSWERS);
    awaitConnected();
  }

  @AfterAll
  static void stop() throws Exception {
    desk.close();
    gateway.closeClean();
    broker.close();
  }

  private static void awaitConnected() {
    Await.until(
        "mirror connected", Await.PATIENCE, () -> admin.metric("m2mgate_mirror_connected") == 1);
  }

  private static void ask(String app, String type, String body) throws Exception {
    desk.publish("m2m/v1/" + app + "/req/" + who.serial() + "/" + type, body, false);
  }

  private static String problem(String app) {
    Heard heard = ANSWERS.next();
    assertThat(heard.topic()).isEqualTo("m2m/v1/" + app + "/res/mirror");
    String type = heard.body().path("problem").path("type").asText();
    return type.substring(type.lastIndexOf('/') + 1).replaceFirst(".*:", "");
  }

  private static JsonNode command(Heard heard) {
    String id = heard.body().path("command").path("id").asText();
    return admin.get("/v1/commands/" + id).json();
  }

  // Verifies that a request is done as one of the application whose topic it came on, once for a
  // key, and audited.
  @Test
  void takesRequests() throws Exception {
    ask(APP, "control", String.format(CONTROL, "one", "k1"));
    Heard first = ANSWERS.next();
    ask(APP, "control", String.format(CONTROL, "two", "k1"));
    Heard second = ANSWERS.next();

    assertThat(first.topic()).isEqualTo("m2m/v1/" + APP + "/res/mirror");
    assertThat(first.body().path("id").asText()).isEqualTo("one");
    assertThat(command(first).path("type").asText()).isEqualTo("control");
    assertThat(command(first).path("serial").asText()).isEqualTo(who.serial());
    assertThat(second.body().path("id").asText()).isEqualTo("two");
    assertThat(command(second).path("id")).isEqualTo(command(first).path("id"));
    assertThat(admin.get("/v1/admin/audit").body()).contains("app:" + APP, "command.control");
  }

  // Verifies that who may publish there can do no more than the application of the topic.
  @Test
  void refusesWhatApplicationMayNot() throws Exception {
    admin.createApplication("EC02");
    admin.call(
        "POST",
        "/v1/admin/applications",
        Api.JSON.readTree("{\"appCode\":\"EC03\",\"scopes\":[\"data:read\"]}"));

    ask("EC02", "control", String.format(CONTROL, "x", "k2"));
    assertThat(problem("EC02")).isEqualTo("terminal-unknown");
    ask("EC03", "control", String.format(CONTROL, "x", "k3"));
    assertThat(problem("EC03")).isEqualTo("scope-missing");
    ask(APP, "control", "{}");
    assertThat(problem(APP)).isEqualTo("invalid-request");
    ask(APP, "data", "{\"payload\":\"" + "A".repeat(2_000) + "\"}");
    assertThat(problem(APP)).isEqualTo("payload-too-large");
  }

  // Verifies that what the broker retains is not done, nor what comes on a topic of nobody.
  @Test
  void dropsWhatIsNoRequest() throws Exception {
    double before = admin.metric("m2mgate_mirror_requests_total", "dropped");
    ask("EC99", "control", String.format(CONTROL, "x", "k4"));
    ask(APP, "reboot", String.format(CONTROL, "x", "k5"));
    Await.until(
        "two dropped",
        Await.PATIENCE,
        () -> admin.metric("m2mgate_mirror_requests_total", "dropped") == before + 2);
  }

  // Verifies that requests wait at the broker for a gateway that was killed, and that the copy
  // which the broker retains of one is
  // not done a second time.
  @Test
  void takesWhatWaited() throws Exception {
    gateway.kill();
    ask(APP, "control", String.format(CONTROL, "waited", "k6"));
    String topic = "m2m/v1/" + APP + "/req/" + who.serial() + "/read";
    desk.publish(topic, "{\"tags\":[\"0002\"],\"id\":\"retained\"}", true);
    gateway.restart();
    admin = gateway.api();

    Heard waited = ANSWERS.next();
    assertThat(waited.body().path("id").asText()).isEqualTo("waited");
    assertThat(command(waited).path("type").asText()).isEqualTo("control");
    assertThat(ANSWERS.next().body().path("id").asText()).isEqualTo("retained");
    Await.until(
        "the copy dropped",
        Await.PATIENCE,
        () -> admin.metric("m2mgate_mirror_requests_total", "dropped") == 1);
    desk.publish(topic, "", true);
    assertThat(problem(APP)).isEqualTo("invalid-request");
  }
}
