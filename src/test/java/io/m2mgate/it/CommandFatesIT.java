package io.m2mgate.it;

import static io.m2mgate.peer.CommandClient.refused;
import static io.m2mgate.peer.CommandClient.taken;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.CommandClient;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Commands of terminals that are disabled, deleted or bound to another application meanwhile. */
class CommandFatesIT {
  private static final String REBOOT = "{\"type\":\"control\",\"control\":\"reboot\"}";

  private static GatewayProcess gateway;
  private static Api application;
  private static CommandClient client;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    application = gateway.api().createApplication("CMD");
    client = new CommandClient(gateway, application.key());
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static String terminal() {
    return gateway.api().createTerminal(Identity.fresh(), "CMD").serial();
  }

  /** Verifies that a key's first answer stands for a terminal that was disabled or bound elsewhere since, in any order of members. */
  @Test
  void replaysWhateverBecameOfTheTerminal() {
    String serial = terminal();
    String admins = "/v1/admin/terminals/" + serial;
    String id =
        taken(client.post(serial, REBOOT, "Idempotency-Key", "kept")).path("id").asText();
    gateway.api().call("PATCH", admins, Api.JSON.createObjectNode().put("enabled", false));
    refused(client.post(serial, REBOOT).answer(), 409, "terminal-locked");
    String turned = "{\"control\":\"reboot\", \"type\":\"control\"}";
    assertThat(taken(client.post(serial, turned, "Idempotency-Key", "kept"))
            .path("id")
            .asText())
        .isEqualTo(id);

    gateway.api().createApplication("AWAY");
    gateway.api().call("PATCH", admins, Api.JSON.createObjectNode().put("app", "AWAY"));
    refused(client.post(serial, REBOOT).answer(), 404, "terminal-unknown");
    Api.Answer replayed = client.post(serial, REBOOT, "Idempotency-Key", "kept").answer();
    assertThat(replayed.status()).isEqualTo(200);
    assertThat(replayed.json().path("id").asText()).isEqualTo(id);
  }

  /** Verifies that the commands of a terminal that is deleted end before it goes, for who reads the log and for who waits. */
  @Test
  void endWithTheirTerminal() {
    String serial = terminal();
    String first = taken(client.post(serial, REBOOT)).path("id").asText();
    CompletableFuture<Api.Full> waits =
        CompletableFuture.supplyAsync(() -> client.post(serial, REBOOT, "Prefer", "wait=30"));
    List<JsonNode> asked = application.events(
        2,
        event -> event.path("subject").asText().equals(serial)
            && event.at("/data/state").asText().equals("queued"));
    String second = asked.get(1).at("/data/id").asText();

    assertThat(gateway.api().delete("/v1/admin/terminals/" + serial).status()).isEqualTo(204);

    Api.Full answer = waits.orTimeout(15, TimeUnit.SECONDS).join();
    assertThat(answer.answer().status()).isEqualTo(200);
    assertThat(answer.answer().json().path("state").asText()).isEqualTo("cancelled");
    assertThat(client.told(serial, first, 2)).containsExactly("queued", "cancelled");
    assertThat(client.told(serial, second, 2)).containsExactly("queued", "cancelled");
    refused(application.get("/v1/commands/" + first), 404, "command-unknown");
  }

  /** Verifies that commands of the application that a terminal is taken from end at once, in its log. */
  @Test
  void endWhenTheTerminalIsBoundElsewhere() {
    String serial = terminal();
    String id = taken(client.post(serial, REBOOT)).path("id").asText();
    gateway.api().createApplication("ELSE");

    Api.Answer bound = gateway
        .api()
        .call(
            "PATCH",
            "/v1/admin/terminals/" + serial,
            Api.JSON.createObjectNode().put("app", "ELSE"));

    assertThat(bound.status()).as(bound.body()).isEqualTo(200);
    assertThat(client.told(serial, id, 2)).containsExactly("queued", "cancelled");
    assertThat(application.get("/v1/commands/" + id).json().path("reason").asText())
        .contains("another application");
  }
}
