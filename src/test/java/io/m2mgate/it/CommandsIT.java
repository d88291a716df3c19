package io.m2mgate.it;

import static io.m2mgate.peer.CommandClient.refused;
import static io.m2mgate.peer.CommandClient.taken;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.CommandClient;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands as applications ask for them over HTTP, for terminals that are not there (application.md, "Commands"). */
class CommandsIT {
  private static final String REBOOT = "{\"type\":\"control\",\"control\":\"reboot\"}";
  private static final int ROOM = 5;

  private static GatewayProcess gateway;
  private static Api application;
  private static CommandClient client;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start(
        "commands.maxPerTerminal=" + ROOM, "commands.checkSeconds=1", "commands.maxWaiting=1");
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

  /** Verifies that a command waits for its terminal, can be found, is told of, and can be cancelled once. */
  @Test
  void queuesAndCancels() {
    String serial = terminal();
    Api.Full asked = client.post(serial, REBOOT);

    JsonNode command = taken(asked);
    String id = command.path("id").asText();
    assertThat(asked.headers()).containsEntry("location", "/v1/commands/" + id);
    assertThat(command.path("state").asText()).isEqualTo("queued");
    assertThat(command.path("serial").asText()).isEqualTo(serial);
    assertThat(command.at("/request/control").asText()).isEqualTo("reboot");
    assertThat(command.at("/delivery/mode").asText()).isEqualTo("queue");
    assertThat(command.path("attempts").asInt()).isZero();
    assertThat(application.get("/v1/commands/" + id).json()).isEqualTo(command);

    Api.Answer cancelled = application.delete("/v1/commands/" + id);
    assertThat(cancelled.status()).isEqualTo(200);
    assertThat(cancelled.json().path("state").asText()).isEqualTo("cancelled");
    refused(application.delete("/v1/commands/" + id), 409, "command-ended");
    assertThat(client.told(serial, id, 2)).containsExactly("queued", "cancelled");
    assertThat(gateway.api().get("/v1/admin/audit?limit=50").body())
        .contains("command.control", "command.cancel", id);
  }

  /** Verifies that one key makes one command, whoever is quicker, and that it serves no other request. */
  @Test
  void replaysAKey() {
    String serial = terminal();
    List<CompletableFuture<Api.Full>> racing = IntStream.range(0, 8)
        .mapToObj(i -> CompletableFuture.supplyAsync(
            () -> client.post(serial, REBOOT, "Idempotency-Key", "once")))
        .toList();
    Set<String> ids = new HashSet<>();
    racing.forEach(one ->
        ids.add(taken(one.orTimeout(30, TimeUnit.SECONDS).join()).path("id").asText()));

    assertThat(ids).hasSize(1);
    String other = "{\"type\":\"control\",\"control\":\"login\"}";
    refused(
        client.post(serial, other, "Idempotency-Key", "once").answer(),
        422,
        "idempotency-key-reused");
    refused(
        client.post(terminal(), REBOOT, "Idempotency-Key", "once").answer(),
        422,
        "idempotency-key-reused");
    refused(client.post(serial, REBOOT, "Idempotency-Key", "a b").answer(), 422, "invalid-request");

    String id = ids.iterator().next();
    application.delete("/v1/commands/" + id);
    Api.Full replayed = client.post(serial, REBOOT, "Idempotency-Key", "once");
    assertThat(replayed.answer().status()).isEqualTo(200);
    assertThat(replayed.answer().json().path("state").asText()).isEqualTo("cancelled");
    assertThat(client.told(serial, id, 2)).hasSize(2);
  }

  /** Verifies that a terminal has so many open ones, and that an end makes room. */
  @Test
  void boundsATerminal() {
    String serial = terminal();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < ROOM; i++) {
      ids.add(taken(client.post(serial, REBOOT)).path("id").asText());
    }
    Api.Full full = client.post(serial, REBOOT);
    refused(full.answer(), 429, "queue-full");
    assertThat(full.headers()).containsKey("retry-after");

    application.delete("/v1/commands/" + ids.get(0));
    taken(client.post(serial, REBOOT));
  }

  /** Verifies lists by page, terminal, state and type, and that an application sees its own alone. */
  @Test
  void lists() {
    String serial = terminal();
    String first = taken(client.post(serial, REBOOT)).path("id").asText();
    String second = taken(client.post(serial, "{\"type\":\"read\",\"tags\":[\"0011\"]}"))
        .path("id")
        .asText();
    application.delete("/v1/commands/" + first);

    String base = "/v1/terminals/" + serial + "/commands";
    JsonNode page = application.get(base + "?limit=1").json();
    assertThat(page.at("/items/0/id").asText()).isEqualTo(second);
    JsonNode rest =
        application.get(base + "?limit=1&cursor=" + page.path("next").asText()).json();
    assertThat(rest.at("/items/0/id").asText()).isEqualTo(first);
    assertThat(rest.path("next").isNull()).isTrue();
    assertThat(application
            .get("/v1/commands?state=cancelled,failed&type=control&serial=" + serial)
            .json()
            .path("items"))
        .hasSize(1);
    assertThat(application.get(base + "?state=sent").json().path("items")).isEmpty();
    refused(application.get("/v1/commands?state=tired"), 422, "invalid-request");
    refused(application.get("/v1/commands?type=tired"), 422, "invalid-request");
    refused(application.get("/v1/commands?cursor=%3F"), 400, "malformed-request");

    Api stranger = gateway.api().createApplication("OTHER");
    assertThat(stranger.get("/v1/commands?limit=1000").json().path("items")).isEmpty();
    refused(stranger.get(base), 404, "terminal-unknown");
    refused(stranger.get("/v1/commands/" + second), 404, "command-unknown");
    refused(stranger.delete("/v1/commands/" + second), 404, "command-unknown");
  }

  /** Verifies that what is past its time ends as expired, and that who waits for an end hears of it. */
  @Test
  void expires() {
    String serial = terminal();
    String soon =
        "{\"type\":\"control\",\"control\":\"reboot\",\"delivery\":{\"expiresIn\":\"PT1S\"}}";

    Api.Full ended = client.post(serial, soon, "Prefer", "wait=20");

    assertThat(ended.answer().status()).as(ended.answer().body()).isEqualTo(200);
    assertThat(ended.headers()).containsEntry("preference-applied", "wait=20");
    assertThat(ended.answer().json().path("state").asText()).isEqualTo("expired");
    assertThat(client.told(serial, ended.answer().json().path("id").asText(), 2))
        .containsExactly("queued", "expired");
    Await.until(
        "figure",
        Await.PATIENCE,
        () -> gateway.api().metric("m2mgate_commands_ended_total", "state=\"expired\"") >= 1);
  }

  /** Verifies that a wait ends when its time does. */
  @Test
  void waitsNoLonger() {
    Api.Full asked = client.post(terminal(), REBOOT, "Prefer", "wait=1");
    assertThat(taken(asked).path("state").asText()).isEqualTo("queued");
    assertThat(asked.headers()).containsEntry("preference-applied", "wait=1");
  }

  /** Verifies that nothing is stored for a terminal that is not there, where that was asked. */
  @Test
  void failsAtOnce() {
    String serial = terminal();
    String now =
        "{\"type\":\"control\",\"control\":\"reboot\",\"delivery\":{\"mode\":\"immediate\"}}";
    refused(client.post(serial, now).answer(), 409, "terminal-offline");
    assertThat(application.get("/v1/terminals/" + serial + "/commands").json().path("items"))
        .isEmpty();
    refused(client.post("NOBODY0000000000", REBOOT).answer(), 404, "terminal-unknown");
    gateway
        .api()
        .call(
            "PATCH",
            "/v1/admin/terminals/" + serial,
            Api.JSON.createObjectNode().put("enabled", false));
    refused(client.post(serial, REBOOT).answer(), 409, "terminal-locked");
  }

  /** Verifies that what a terminal cannot take is refused before it is stored, each with its reason and place. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"control\":\"reboot\"} | 422 | invalid-request | /type",
        "{\"type\":\"ship\"} | 422 | invalid-request | /type",
        "{\"type\":\"control\"} | 422 | invalid-request | /control",
        "{\"type\":\"control\",\"control\":\"explode\"} | 422 | value-out-of-range | /control",
        "{\"type\":\"control\",\"control\":\"reboot\",\"tags\":[]} | 422 | invalid-request | /tags",
        "{\"type\":\"control\",\"control\":\"reboot\",\"delivery\":{\"mode\":\"later\"}} | 422 | invalid-request | /delivery/mode",
        "{\"type\":\"control\",\"control\":\"reboot\",\"delivery\":{\"expiresIn\":\"PT0S\"}} | 422 | invalid-request | /delivery/expiresIn",
        "{\"type\":\"control\",\"control\":\"reboot\",\"delivery\":{\"expiresIn\":\"P99999D\"}} | 422 | invalid-request | /delivery/expiresIn",
        "{\"type\":\"control\",\"control\":\"reboot\",\"delivery\":{\"expiresIn\":\"tomorrow\"}} | 422 | invalid-request | /delivery/expiresIn",
        "{\"type\":\"read\"} | 422 | invalid-request | /tags",
        "{\"type\":\"read\",\"tags\":[]} | 422 | invalid-request | /tags",
        "{\"type\":\"read\",\"tags\":[17]} | 422 | invalid-request | /tags/0",
        "{\"type\":\"read\",\"tags\":[\"0011\",\"E025\"]} | 422 | tag-not-allowed | /tags/1",
        "{\"type\":\"read\",\"tags\":[\"0004\"]} | 422 | tag-not-allowed | /tags/0",
        "{\"type\":\"read\",\"tags\":[\"4001\"]} | 422 | tag-not-allowed | /tags/0",
        "{\"type\":\"read\",\"names\":[\"no-such-thing\"]} | 422 | tag-not-allowed | /names/0",
        "{\"type\":\"read\",\"tags\":[\"9999\"]} | 422 | tag-not-allowed | /tags/0",
        "{\"type\":\"configure\",\"parameters\":{}} | 422 | invalid-request | /parameters",
        "{\"type\":\"configure\",\"parameters\":{\"uplink-password\":\"abcd1234\"}} | 422 | tag-not-allowed | /parameters/uplink-password",
        "{\"type\":\"configure\",\"parameters\":{\"terminal-serial\":\"X\"}} | 422 | tag-not-allowed | /parameters/terminal-serial",
        "{\"type\":\"configure\",\"parameters\":{\"max-login-retries\":256}} | 422 | value-out-of-range | /parameters/max-login-retries",
        "{\"type\":\"configure\",\"parameters\":{\"max-login-retries\":\"many\"}} | 422 | tlv-invalid | /parameters/max-login-retries",
        "{\"type\":\"configure\",\"parameters\":{\"heartbeat-interval\":1,\"0011\":2}} | 422 | tlv-invalid | /parameters/0011",
        "{\"type\":\"configure\",\"parameters\":{\"platform-ip\":\"192.0.2.1\"}} | 428 | precondition-required | /parameters/platform-ip",
        "{\"type\":\"configure\",\"parameters\":{\"platform-ip\":\"192.0.2.256\"},\"confirm\":\"reachability\"} | 422 | tlv-invalid | /parameters/platform-ip",
        "{\"type\":\"data\"} | 422 | invalid-request | /payload",
        "{\"type\":\"data\",\"payload\":\"??\"} | 422 | invalid-request | /payload",
        "{\"type\":\"data\",\"payload\":\"0G\",\"encoding\":\"hex\"} | 422 | invalid-request | /payload",
        "{\"type\":\"data\",\"payload\":\"AA\",\"encoding\":\"rot13\"} | 422 | invalid-request | /encoding",
      })
  void refusesWhatCannotBe(String body, int status, String problem, String pointer) {
    String serial = terminal();
    Api.Answer answer = client.post(serial, body).answer();
    refused(answer, status, problem);
    assertThat(answer.json().path("errors").findValuesAsText("pointer")).contains(pointer);
    assertThat(answer.body()).doesNotContain("abcd1234");
    assertThat(application.get("/v1/terminals/" + serial + "/commands").json().path("items"))
        .isEmpty();
  }

  /** Verifies that a command is stored in the one form that its type has, however it was said. */
  @Test
  void normalises() {
    String serial = terminal();
    assertThat(taken(client.post(
                serial, "{\"type\":\"read\",\"names\":[\"heartbeat-interval\",\"0011\"]}"))
            .path("request")
            .toString())
        .isEqualTo("{\"tags\":[\"0011\"]}");
    String set = "{\"type\":\"configure\",\"parameters\":{\"connect-mode\":3,\"0011\":\"90\"}}";
    Api.Full confirmed = application.full(
        "POST",
        "/v1/terminals/" + serial + "/commands?confirm=reachability",
        set.getBytes(StandardCharsets.UTF_8));
    assertThat(taken(confirmed).path("request").toString())
        .isEqualTo(
            "{\"parameters\":{\"heartbeat-interval\":90,\"connect-mode\":3},\"confirm\":\"reachability\"}");
    assertThat(taken(client.post(
                serial, "{\"type\":\"data\",\"payload\":\"00ff\",\"encoding\":\"hex\"}"))
            .path("request")
            .toString())
        .isEqualTo("{\"payload\":\"AP8=\"}");
    Api.Full binary = application.full(
        "POST",
        "/v1/terminals/" + serial + "/data?priority=high&expiresIn=PT1H",
        new byte[] {0, (byte) 0xFF},
        "Content-Type",
        "application/octet-stream");
    assertThat(taken(binary).at("/request/payload").asText()).isEqualTo("AP8=");
    assertThat(binary.answer().json().at("/delivery/priority").asText()).isEqualTo("high");
  }

  /** Verifies that data that no frame of the terminal's profile can hold is refused, at the byte. */
  @Test
  void knowsTheRoomOfAFrame() {
    String serial =
        gateway.api().createTerminal(Identity.fresh(), "CMD", "lenient").serial();
    String path = "/v1/terminals/" + serial + "/data";
    Api.Answer tooLarge = application.full("POST", path, new byte[4_000]).answer();
    refused(tooLarge, 413, "payload-too-large");
    int room = Integer.parseInt(
        tooLarge.json().path("detail").asText().replaceAll(".*takes (\\d+)$", "$1"));

    assertThat(room).isBetween(128, 200);
    refused(application.full("POST", path, new byte[room + 1]).answer(), 413, "payload-too-large");
    taken(application.full("POST", path, new byte[room]));
  }

  /** Verifies that each type needs its scope. */
  @Test
  void needsTheScope() {
    Api.Answer created = gateway
        .api()
        .call(
            "POST",
            "/v1/admin/applications",
            Api.JSON
                .createObjectNode()
                .put("appCode", "READS")
                .set("scopes", Api.JSON.createArrayNode().add("terminals:read")));
    Api reads = application.as(created.json().path("apiKey").asText());
    String serial = gateway.api().createTerminal(Identity.fresh(), "READS").serial();
    String path = "/v1/terminals/" + serial + "/commands";
    byte[] reboot = REBOOT.getBytes(StandardCharsets.UTF_8);
    refused(reads.full("POST", path, reboot).answer(), 403, "scope-missing");
    refused(
        reads.full("POST", "/v1/terminals/" + serial + "/data", reboot).answer(),
        403,
        "scope-missing");
    byte[] read = "{\"type\":\"read\",\"tags\":[\"0011\"]}".getBytes(StandardCharsets.UTF_8);
    assertThat(reads.full("POST", path, read).answer().status()).isEqualTo(202);
    Api.Full byAdmin = gateway.api().full("POST", path, reboot);
    assertThat(byAdmin.answer().json().path("origin").asText()).isEqualTo("admin");
    refused(
        reads.delete("/v1/commands/" + byAdmin.answer().json().path("id").asText()),
        403,
        "scope-missing");
  }

  /** Verifies that an application has so many open ones, that they survive a kill, and that their keys stay taken. */
  @Test
  void survivesAKill() {
    try (GatewayProcess mortal = GatewayProcess.start("commands.maxPerApplication=2")) {
      Api app = mortal.api().createApplication("CMD");
      String serial = mortal.api().createTerminal(Identity.fresh(), "CMD").serial();
      String path = "/v1/terminals/" + serial + "/commands";
      byte[] reboot = REBOOT.getBytes(StandardCharsets.UTF_8);
      JsonNode first = taken(app.full("POST", path, reboot, "Idempotency-Key", "k"));
      taken(app.full("POST", path, reboot));
      refused(app.full("POST", path, reboot).answer(), 429, "quota-exceeded");

      mortal.kill().restart();

      Api again = mortal.api().as(app.key());
      assertThat(again.get("/v1/commands/" + first.path("id").asText()).json()).isEqualTo(first);
      assertThat(taken(again.full("POST", path, reboot, "Idempotency-Key", "k")))
          .isEqualTo(first);
      refused(again.full("POST", path, reboot).answer(), 429, "quota-exceeded");
      assertThat(mortal.terminate()).isZero();
    }
  }
}
