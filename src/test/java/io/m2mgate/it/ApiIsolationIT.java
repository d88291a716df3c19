package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.ApiOperations;
import io.m2mgate.peer.ApiOperations.Operation;
import io.m2mgate.peer.ApiOperations.Request;
import io.m2mgate.peer.ApiWorld;
import io.m2mgate.peer.GatewayProcess;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every operation of the description, tried by an application with what is another's. */
class ApiIsolationIT {
  private static final String NO_ID = "01JGFJJZ00T7ZK5E3V4X9QW8RM";
  private static final String NO_SERIAL = "Z999999999999999";
  private static final String NO_APP = "NOSUCH";
  /** What answers of one thing and not of a list. */
  private static final Set<String> OF_ONE = Set.of("readOwnApplication", "countTerminals");
  /** What the owner changes by reading. */
  private static final Pattern TOUCHED = Pattern.compile("\"lastSeen\":\"[^\"]*\"");

  private static final ApiOperations OPERATIONS = new ApiOperations();
  private static GatewayProcess gateway;
  private static ApiWorld world;
  private static Api stranger;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    world = new ApiWorld(gateway);
    stranger = world.admin().createApplication("EC02");
  }

  @AfterAll
  static void stop() {
    world.online().close();
    gateway.closeClean();
  }

  // Verifies that what is another application's is answered, byte for byte, as what does not exist,
  // wherever it is named in the path,
  // and is as it was afterwards.
  @Test
  void knowsNothingOfOthers() {
    Map<String, String> before = state();
    for (Operation operation : OPERATIONS.all()) {
      if (operation.scopes().isEmpty()
          || operation.administrative()
          || !operation.path().contains("{")
          || makesOwn(operation)) {
        continue;
      }
      Request foreign = ready(world.at(OPERATIONS.request(operation.id())));
      Request missing = ready(OPERATIONS.request(operation.id()));
      if (operation.path().contains("{id}")) {
        missing.with("id", NO_ID);
      }
      if (operation.path().contains("{serial}")) {
        missing.with("serial", NO_SERIAL);
      }
      if (operation.path().contains("{name}")) {
        missing.with("name", "nosuch");
      }
      Api.Full told = foreign.by(stranger);
      assertThat(told.answer().status())
          .as("%s %s", operation, told.answer().body())
          .isEqualTo(404);
      assertThat(told.answer().body())
          .as(operation.id())
          .isEqualTo(missing.by(stranger).answer().body());
    }
    assertThat(state()).isEqualTo(before);
  }

  /** By a name that another has too. */
  private static boolean makesOwn(Operation operation) {
    return operation.method().equals("PUT") && operation.path().endsWith("{name}");
  }

  // Verifies that consumers and webhooks of the same name are others, and that a replay is not in
  // reach by the way of them.
  @Test
  void keepsNamesApart() {
    Api nobody = world.admin().createApplication("EC04");
    Map<String, String> before = state();
    for (Operation operation : OPERATIONS.all()) {
      if (makesOwn(operation) && !operation.administrative()) {
        Api.Answer made =
            world.at(OPERATIONS.request(operation.id())).by(nobody).answer();
        assertThat(made.status()).as("%s %s", operation, made.body()).isEqualTo(201);
      }
    }
    for (String id : List.of("readWebhookReplay", "cancelWebhookReplay")) {
      Request request = world.at(OPERATIONS.request(id));
      Api.Answer told = request.by(nobody).answer();
      assertThat(told.status()).as(id).isEqualTo(404);
      assertThat(told.body())
          .isEqualTo(request.with("id", NO_ID).by(nobody).answer().body());
    }
    for (String id : List.of("deleteConsumer", "deleteWebhook")) {
      assertThat(world.at(OPERATIONS.request(id)).by(nobody).answer().status())
          .as(id)
          .isEqualTo(204);
    }
    assertThat(state()).isEqualTo(before);
  }

  // Verifies that another application's code is one that does not exist, that lists and events have
  // nothing of others, and that a
  // consumer of the same name is another.
  @Test
  void listsNothingOfOthers() {
    Api nobody = world.admin().createApplication("EC03");
    for (Operation operation : OPERATIONS.all()) {
      if (operation.scopes().isEmpty() || operation.administrative() || operation.upgrades()) {
        continue;
      }
      if (OPERATIONS.hasQuery(operation, "app")) {
        Request named = ready(OPERATIONS.request(operation.id())).with("app", ApiWorld.APP);
        Api.Full told = named.by(nobody);
        assertThat(told.answer().status())
            .as("%s %s", operation, told.answer().body())
            .isEqualTo(404);
        assertThat(told.answer().body())
            .as(operation.id())
            .isEqualTo(named.with("app", NO_APP).by(nobody).answer().body());
      }
      boolean lists = operation.method().equals("GET")
          && !operation.path().contains("{")
          && !operation.streams()
          && !OF_ONE.contains(operation.id());
      if (lists) {
        Api.Answer told = OPERATIONS.request(operation.id()).by(nobody).answer();
        assertThat(told.status()).as(operation.id()).isEqualTo(200);
        var list =
            told.json().has("events") ? told.json().path("events") : told.json().path("items");
        assertThat(list.isArray()).as(operation.id()).isTrue();
        assertThat(list).as("%s %s", operation, told.body()).isEmpty();
      }
    }
    assertThat(OPERATIONS.request("readConsumer").by(nobody).answer().status()).isEqualTo(404);
    Api.Answer own = OPERATIONS.request("readOwnApplication").by(nobody).answer();
    assertThat(own.json().path("appCode").asText()).isEqualTo("EC03");
    assertThat(own.json().at("/presence/sessions").asInt(-1)).isZero();
    Api.Answer counts = OPERATIONS.request("countTerminals").by(nobody).answer();
    assertThat(counts.json().path("total").asInt(-1)).isZero();
  }

  // Verifies the same of what a body names: another's package and terminals.
  @Test
  void takesNothingOfOthers() {
    Map<String, String> before = state();
    Request upgrade = OPERATIONS.request("createUpgrade");
    String foreign =
        upgrade.member("package", world.id("packages")).by(stranger).answer().body();
    assertThat(foreign)
        .contains("package-unknown")
        .isEqualTo(upgrade.member("package", NO_ID).by(stranger).answer().body());
    String own = stranger
        .full("POST", "/v1/packages?name=meter&version=2.1", new byte[] {1})
        .answer()
        .json()
        .path("id")
        .asText();
    String taken = terminals(own, world.offline().serial());
    assertThat(taken)
        .isEqualTo(terminals(own, NO_SERIAL).replace(NO_SERIAL, world.offline().serial()));
    assertThat(state()).isEqualTo(before);
  }

  private static String terminals(String ofPackage, String serial) {
    Request request = OPERATIONS.request("createUpgrade");
    request.body(Api.JSON
        .createObjectNode()
        .put("package", ofPackage)
        .put("dryRun", true)
        .set("terminals", Api.JSON.createArrayNode().add(serial)));
    Api.Answer answer = request.by(stranger).answer();
    return answer.status() + " " + answer.body();
  }

  // Verifies that an application administers nothing.
  @Test
  void administersNothing() {
    for (Operation operation : OPERATIONS.all()) {
      if (operation.administrative()) {
        Api.Answer told =
            world.at(OPERATIONS.request(operation.id())).by(stranger).answer();
        assertThat(told.status()).as(operation.id()).isEqualTo(403);
        assertThat(told.body()).contains("scope-missing");
      }
    }
  }

  /** Everything that the owner can read. */
  private static Map<String, String> state() {
    Map<String, String> state = new TreeMap<>();
    for (Operation operation : OPERATIONS.all()) {
      boolean reads = operation.method().equals("GET")
          && !operation.scopes().isEmpty()
          && !operation.administrative()
          && !operation.streams()
          && !operation.upgrades();
      if (reads) {
        Api.Answer answer =
            world.at(OPERATIONS.request(operation.id())).by(world.app()).answer();
        assertThat(answer.status()).as("%s %s", operation, answer.body()).isEqualTo(200);
        state.put(operation.id(), TOUCHED.matcher(answer.body()).replaceAll(""));
      }
    }
    return state;
  }

  /** With what it needs to be refused for nothing else. */
  private static Request ready(Request request) {
    return request.operation().id().equals("patchParameters")
        ? request.header("If-Match", "*")
        : request;
  }
}
