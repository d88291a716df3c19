package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.ApiOperations;
import io.m2mgate.peer.ApiOperations.Operation;
import io.m2mgate.peer.ApiOperations.Request;
import io.m2mgate.peer.ApiWorld;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every operation of the description against the running jar, by its examples. That status, media type and members of each answer are as
 * the description has them is the client's to see, of these as of all other answers.
 */
class ApiWalkIT {
  private static final ApiOperations OPERATIONS = new ApiOperations();
  private static final Set<String> CALLED = new TreeSet<>();

  private static GatewayProcess gateway;
  private static ApiWorld world;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    world = new ApiWorld(gateway);
  }

  @AfterAll
  static void stop() {
    world.online().close();
    gateway.closeClean();
  }

  private static Request of(String operationId) {
    return world.at(OPERATIONS.request(operationId));
  }

  /** Calls it as who may, and gives the answer, which is a good one. */
  private static JsonNode call(Request request) {
    Operation operation = request.operation();
    Api who = operation.administrative() ? world.admin() : world.app();
    CALLED.add(operation.id());
    Api.Answer answer = request.by(who).answer();
    assertThat(answer.status()).as("%s: %s", operation, answer.body()).isBetween(200, 308);
    return answer.body().startsWith("{") && answer.body().lines().count() == 1
        ? answer.json()
        : MissingNode.getInstance();
  }

  // Verifies that every operation does by its examples what it says.
  @Test
  void doesWhatItSays() throws Exception {
    reads();
    applications();
    terminals();
    commands();
    parametersAndSecurity();
    packagesAndUpgrades();
    consumersAndProfiles();
    sessions();
    webhooks();
    opensSocket(of("openEventSocket"));
    for (String stream : List.of("streamEvents", "traceTerminal", "traceSource")) {
      opens(of(stream));
    }
    assertThat(CALLED)
        .containsExactlyInAnyOrderElementsOf(
            OPERATIONS.all().stream().map(Operation::id).toList());
  }

  private static void reads() {
    OPERATIONS.all().stream()
        .filter(it -> it.method().equals("GET") && !it.streams() && !it.upgrades())
        .filter(it -> !Set.of("listKeys", "readReconciliation").contains(it.id()))
        .forEach(it -> call(of(it.id())));
    call(of("listKeys"));
    call(of("pullEvents").with("types", "m2m.data.up,m2m.report").with("limit", "1"));
    call(of("listCommands").with("state", "queued").with("type", "control,read"));
    call(of("listAlarms").with("state", "open").with("code", "signalWeak").with("type", "1"));
    call(of("listTerminals").with("serials", world.offline().serial()).with("q", "A"));
    call(of("listNotices").with("types", "m2m.terminal.login,m2m.terminal.offline"));
    call(of("listTerminalEvents")
        .with("serial", world.connected().serial())
        .with("types", "m2m.data.up"));
    call(of("listConsumers").with("kind", "named"));
    call(of("listAudit").with("actor", "admin").with("action", "application.create"));
    call(of("exportTerminals").with("format", "csv").with("state", "offline"));
  }

  private static void applications() {
    call(of("createApplication").member("appCode", "EC09"));
    call(of("patchApplication").with("appCode", "EC09"));
    String key = call(of("createKey").with("appCode", "EC09")).path("keyId").asText();
    call(of("rotateKey").with("appCode", "EC09").with("keyId", key));
    call(of("deleteKey").with("appCode", "EC09").with("keyId", key));
    call(of("deleteApplication").with("appCode", "EC09"));
  }

  private static void terminals() {
    Identity fresh = Identity.fresh();
    call(of("createTerminal")
        .member("serial", fresh.serial())
        .member("imei", fresh.imei())
        .member("imsi", fresh.imsi()));
    call(of("patchTerminal").with("serial", fresh.serial()));
    call(of("unlockTerminal").with("serial", fresh.serial()));
    call(of("deleteTerminal").with("serial", fresh.serial()));
    for (String type : OPERATIONS.request("importTerminals").operation().consumes()) {
      Request upload = of("importTerminals").with("mode", "upsert");
      JsonNode example = upload
          .operation()
          .node()
          .path("requestBody")
          .path("content")
          .path(type)
          .path("example");
      CALLED.add("importTerminals");
      Api.Answer answer = upload.body(example).by(world.admin(), type).answer();
      assertThat(answer.body()).contains("\"failed\":0").contains("\"complete\":true");
    }
    call(of("decodeFrame").member("frame", frame()));
    call(of("acknowledgeAlarm"));
  }

  private static String frame() {
    return java.util.HexFormat.of().formatHex(world.online().signed(0x0003, new byte[0]));
  }

  private static void commands() {
    for (JsonNode example : of("createCommand").operation().examples()) {
      JsonNode command = call(of("createCommand").body(example));
      assertThat(command.path("type")).isEqualTo(example.path("type"));
    }
    call(of("sendData").with("priority", "high").with("expiresIn", "PT1H"));
    call(of("cancelCommand"));
  }

  private static void parametersAndSecurity() {
    call(of("patchParameters").header("If-Match", "*"));
    String id = call(of("startReconciliation")
            .member("dryRun", false)
            .member("filter", Api.JSON.createObjectNode().put("app", ApiWorld.APP)))
        .path("id")
        .asText();
    call(of("readReconciliation").with("id", id));
    call(of("cancelReconciliation").with("id", id));
    call(of("resendRotation"));
    call(of("abandonRotation"));
    call(of("openRotation"));
  }

  private static void packagesAndUpgrades() {
    String file = call(of("createPackage").with("version", "2.2")).path("id").asText();
    call(of("patchPackage").with("id", file));
    assertThat(call(of("createUpgrade").member("package", file)).path("dryRun").asBoolean())
        .isTrue();
    String upgrade = call(of("createUpgrade").member("package", file).member("dryRun", false))
        .path("id")
        .asText();
    Await.until(
        "running",
        Await.PATIENCE,
        () -> call(of("readUpgrade").with("id", upgrade)).path("state").asText().equals("running"));
    call(of("pauseUpgrade").with("id", upgrade));
    call(of("resumeUpgrade").with("id", upgrade));
    call(of("cancelUpgrade").with("id", upgrade));
    Await.until(
        "cancelled",
        Await.PATIENCE,
        () ->
            call(of("readUpgrade").with("id", upgrade)).path("state").asText().equals("cancelled"));
    call(of("deleteUpgrade").with("id", upgrade));
    call(of("deletePackage").with("id", file));
  }

  private static void consumersAndProfiles() {
    call(of("putConsumer"));
    call(of("commitConsumer").member("offset", 1));
    call(of("deleteConsumer"));
    call(of("putProfile").with("name", "spare"));
    call(of("deleteProfile").with("name", "spare"));
  }

  private static void sessions() {
    Request token = of("issueToken")
        .member("client_id", ApiWorld.APP)
        .member("client_secret", world.app().key());
    Api.Answer issued = token.by(world.app().as("")).answer();
    assertThat(issued.status()).as(issued.body()).isEqualTo(200);
    CALLED.add("issueToken");
    Api byToken = world.app().as(issued.json().path("access_token").asText());
    assertThat(of("pullEvents").by(byToken).answer().status()).isEqualTo(200);
    JsonNode opened = call(of("openSession"));
    String id = opened.path("id").asText();
    Api bySession = world.app().as(opened.path("token").asText());
    assertThat(of("pullEvents").by(bySession).answer().status()).isEqualTo(200);
    call(of("heartbeat").with("id", id));
    call(of("endSession").with("id", id));
  }

  private static void webhooks() {
    JsonNode made = call(of("putWebhook")
        .with("name", "spare")
        .member("url", "https://127.0.0.1:1/m2m")
        .member("enabled", false));
    JsonNode turned = call(of("rotateWebhookSecret").with("name", "spare"));
    assertThat(turned.path("secret").asText())
        .startsWith("whsec_")
        .isNotEqualTo(made.path("secret").asText());
    assertThat(call(of("testWebhook").with("name", "spare")).path("delivered").asBoolean())
        .isFalse();
    String replay = call(of("replayWebhook").with("name", "spare")).path("id").asText();
    call(of("readWebhookReplay").with("name", "spare").with("id", replay));
    call(of("cancelWebhookReplay").with("name", "spare").with("id", replay));
    assertThat(call(of("enableWebhook").with("name", "spare")).path("state").asText())
        .isNotEqualTo("disabled");
    call(of("deleteWebhook").with("name", "spare"));
  }

  private static void opensSocket(Request request) throws Exception {
    CALLED.add(request.operation().id());
    URI target = world.app().base().resolve(request.target());
    HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .header("Authorization", "Bearer " + world.app().key())
        .buildAsync(URI.create("ws" + target.toString().substring(4)), new WebSocket.Listener() {})
        .get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .abort();
  }

  private static void opens(Request request) throws Exception {
    CALLED.add(request.operation().id());
    Api who = request.operation().administrative() ? world.admin() : world.app();
    URI target = who.base().resolve(request.target());
    var asked = HttpRequest.newBuilder(target)
        .header("Authorization", "Bearer " + who.key())
        .build();
    var answer = HttpClient.newHttpClient().send(asked, BodyHandlers.ofInputStream());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
    answer.body().close();
  }

  private static Stream<Operation> withKey() {
    return OPERATIONS.all().stream().filter(it -> !it.scopes().isEmpty());
  }

  private static void refused(Api.Full told, Operation operation, int status, String type) {
    assertThat(told.answer().status())
        .as("%s: %s", operation, told.answer().body())
        .isEqualTo(status);
    assertThat(told.answer().json().path("type").asText())
        .as(operation.id())
        .isEqualTo("urn:m2mgate:problem:" + type);
  }

  // Verifies that each operation that needs a key needs it, and one of the scopes that it names.
  @Test
  void needsKeyAndScope() {
    Api nobody = world.admin().as("nobody");
    List<Api> narrow =
        Stream.of("data:read", "data:write").map(ApiWalkIT::scoped).toList();
    withKey().forEach(operation -> {
      refused(of(operation.id()).by(nobody), operation, 401, "unauthenticated");
      boolean anyScopeWill = operation.scopes().containsAll(Set.of("data:read", "data:write"));
      if (!anyScopeWill) {
        Api lacking = narrow.get(operation.scopes().contains("data:read") ? 1 : 0);
        refused(of(operation.id()).by(lacking), operation, 403, "scope-missing");
      }
    });
  }

  private static Api scoped(String scope) {
    var body = Api.JSON.createObjectNode().put("appCode", scope.replace(':', '-'));
    body.putArray("scopes").add(scope);
    JsonNode made = world.admin().call("POST", "/v1/admin/applications", body).json();
    return world.admin().as(made.path("apiKey").asText());
  }

  // Verifies that unknown parameters, media types that are not understood and those that cannot be
  // given are refused by each.
  @Test
  void refusesWhatIsNotDescribed() {
    withKey().forEach(operation -> {
      Api who = operation.administrative() ? world.admin() : world.app();
      Api.Full unknown = of(operation.id()).with("nosuch", "1").by(who);
      refused(unknown, operation, 422, "invalid-request");
      assertThat(unknown.answer().json().at("/errors/0/parameter").asText()).isEqualTo("nosuch");
      assertThat(unknown.answer().json().at("/errors/0/valid").asText())
          .isEqualTo(queryOf(operation));
      if (operation.produces()) {
        Api.Full other = of(operation.id()).by(who, "", "Accept", "application/x-nothing");
        refused(other, operation, 406, "not-acceptable");
      }
      boolean picky = !operation.consumes().isEmpty() && !operation.consumes().contains("*/*");
      if (picky) {
        refused(of(operation.id()).by(who, "text/plain"), operation, 415, "unsupported-media-type");
      }
    });
  }

  private static String queryOf(Operation operation) {
    String names = OPERATIONS.parameters(operation).stream()
        .filter(one -> one.path("in").asText().equals("query"))
        .map(one -> one.path("name").asText())
        .collect(Collectors.joining(", "));
    return names.isEmpty() ? "none" : names;
  }
}
