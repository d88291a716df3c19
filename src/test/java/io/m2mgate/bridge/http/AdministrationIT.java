package io.m2mgate.bridge.http;

import static io.m2mgate.bridge.BridgeFixture.ADMIN;
import static io.m2mgate.bridge.BridgeFixture.json;
import static io.m2mgate.bridge.BridgeFixture.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bridge.BridgeFixture;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdministrationIT {

  private static final String SERIAL = "A972030000000001";
  private static final String TERMINAL = """
      {"serial":"A972030000000001","imei":"860000000000001","imsi":"460000000000001","app":"EC01",
       "msisdn":"13800000001","uplinkPassword":"abcd1234","downlinkPassword":"efgh5678",
       "baseKey":"000102030405060708090a0b0c0d0e0f1011121314151617"}""";

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

  /** Verifies that an application comes with a key that works, and without its secret afterwards. */
  @Test
  void createsApplication() {
    // WHEN
    var created =
        bridge.post("/v1/admin/applications", ADMIN, "{\"appCode\":\"EC01\",\"name\":\"Meters\"}");

    // THEN
    assertThat(created.statusCode()).isEqualTo(201);
    assertThat(created.headers().firstValue("Location")).hasValue("/v1/admin/applications/EC01");
    var key = json(created).getString("apiKey");
    assertThat(key).matches("m2m_[a-z2-7]{12}_[A-Za-z0-9_-]{43}");
    assertThat(json(created).getJsonArray("scopes")).hasSize(7).doesNotContain("admin");
    assertThat(bridge.get("/v1/terminals", key).statusCode()).isEqualTo(200);
    var read = bridge.get("/v1/admin/applications/EC01", ADMIN);
    assertThat(json(read).getString("name")).isEqualTo("Meters");
    assertThat(read.body()).doesNotContain("apiKey");
    assertThat(json(bridge.get("/v1/admin/applications", ADMIN)).getJsonArray("items"))
        .hasSize(1);
  }

  /** Verifies that an application code is given once. */
  @Test
  void refusesSecondApplication() {
    // GIVEN
    bridge.application("EC01");

    // WHEN
    var again = bridge.post("/v1/admin/applications", ADMIN, "{\"appCode\":\"EC01\"}");

    // THEN
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(problem(again)).isEqualTo("already-exists");
    assertThat(again.headers().firstValue("Content-Type")).hasValue("application/problem+json");
  }

  /** Verifies that every fault of a body is listed with its place and what would be valid. */
  @Test
  void listsFaults() {
    // WHEN
    var answer = bridge.post(
        "/v1/admin/applications",
        ADMIN,
        "{\"appCode\":\"a b\",\"scopes\":[\"admin\",\"x\"],\"colour\":1}");

    // THEN
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(problem(answer)).isEqualTo("invalid-request");
    var pointers = new ArrayList<String>();
    json(answer)
        .getJsonArray("errors")
        .forEach(error -> pointers.add(((JsonObject) error).getString("pointer")));
    assertThat(pointers).containsExactlyInAnyOrder("/appCode", "/scopes/1", "/colour");
    assertThat(answer.body()).contains("terminals:read");
  }

  /**
   * Verifies that keys can be added and taken away, and that a removed one is refused at once although it was cached.
   */
  @Test
  void rotatesKeys() {
    // GIVEN
    var first = bridge.application("EC01");
    var second =
        json(bridge.post("/v1/admin/applications/EC01/keys", ADMIN, null)).getString("apiKey");
    assertThat(bridge.get("/v1/terminals", first).statusCode()).isEqualTo(200);
    assertThat(bridge.get("/v1/terminals", second).statusCode()).isEqualTo(200);
    var keys = json(bridge.get("/v1/admin/applications/EC01/keys", ADMIN)).getJsonArray("items");
    assertThat(keys).hasSize(2);

    // WHEN
    var path = "/v1/admin/applications/EC01/keys/" + first.split("_")[1];
    var removed = bridge.send("DELETE", path, ADMIN, null);

    // THEN
    assertThat(removed.statusCode()).isEqualTo(204);
    assertThat(problem(bridge.get("/v1/terminals", first))).isEqualTo("unauthenticated");
    assertThat(bridge.get("/v1/terminals", second).statusCode()).isEqualTo(200);
    assertThat(problem(bridge.send("DELETE", path, ADMIN, null))).isEqualTo("key-unknown");
    assertThat(problem(bridge.post("/v1/admin/applications/NONE/keys", ADMIN, null)))
        .isEqualTo("application-unknown");
  }

  /** Verifies that disabling an application and narrowing its scopes act at once. */
  @Test
  void patchesApplication() {
    // GIVEN
    var key = bridge.application("EC01");
    assertThat(bridge.get("/v1/terminals", key).statusCode()).isEqualTo(200);

    // WHEN scopes are narrowed
    bridge.send("PATCH", "/v1/admin/applications/EC01", ADMIN, "{\"scopes\":[\"data:read\"]}");
    var narrowed = bridge.get("/v1/terminals", key);

    // THEN
    assertThat(narrowed.statusCode()).isEqualTo(403);
    assertThat(problem(narrowed)).isEqualTo("scope-missing");

    // WHEN it is disabled
    var disabled =
        bridge.send("PATCH", "/v1/admin/applications/EC01", ADMIN, "{\"enabled\":false}");

    // THEN
    assertThat(json(disabled).getBoolean("enabled")).isFalse();
    assertThat(problem(bridge.get("/v1/terminals", key))).isEqualTo("app-disabled");
  }

  /** Verifies that an application goes only when no terminal is bound to it, and its keys with it. */
  @Test
  void deletesApplication() {
    // GIVEN
    var key = bridge.application("EC01");
    bridge.terminal(SERIAL, "EC01");

    // WHEN, THEN
    assertThat(problem(bridge.send("DELETE", "/v1/admin/applications/EC01", ADMIN, null)))
        .isEqualTo("in-use");
    assertThat(
            bridge.send("DELETE", "/v1/admin/terminals/" + SERIAL, ADMIN, null).statusCode())
        .isEqualTo(204);
    assertThat(bridge.send("DELETE", "/v1/admin/applications/EC01", ADMIN, null).statusCode())
        .isEqualTo(204);
    assertThat(problem(bridge.get("/v1/terminals", key))).isEqualTo("unauthenticated");
    assertThat(problem(bridge.get("/v1/admin/applications/EC01", ADMIN)))
        .isEqualTo("application-unknown");
  }

  /** Verifies that a terminal is created with everything but its secrets in the answer, and told to the lanes. */
  @Test
  void createsTerminal() {
    // GIVEN
    bridge.application("EC01");

    // WHEN
    var created = bridge.post("/v1/admin/terminals", ADMIN, TERMINAL);

    // THEN
    assertThat(created.statusCode()).isEqualTo(201);
    assertThat(created.headers().firstValue("Location")).hasValue("/v1/admin/terminals/" + SERIAL);
    var record = json(created);
    assertThat(record.getString("imei")).isEqualTo("860000000000001");
    assertThat(record.getString("profile")).isEqualTo("wmmp-3");
    assertThat(record.getBoolean("enabled")).isTrue();
    assertThat(created.body())
        .doesNotContain("abcd1234")
        .doesNotContain("Password")
        .doesNotContain("baseKey");
    assertThat(bridge.changed).containsExactly(SERIAL);
    var stored =
        BridgeFixture.await(bridge.store.terminals().load(List.of(SERIAL))).get(0);
    assertThat(new String(stored.security().secrets().uplinkPassword()))
        .startsWith("sealed:uplinkPassword");
    assertThat(problem(bridge.post("/v1/admin/terminals", ADMIN, TERMINAL)))
        .isEqualTo("already-exists");
  }

  /** Verifies that a terminal's body is checked member by member. */
  @Test
  void refusesBadTerminal() {
    // WHEN
    var answer = bridge.post("/v1/admin/terminals", ADMIN, """
        {"serial":"short","imei":"12","imsi":1,"app":"NONE","profile":"none","uplinkPassword":"abc","baseKey":"00",
         "enabled":"yes"}""");

    // THEN
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(pointers(answer.body()))
        .containsExactlyInAnyOrder(
            "/serial",
            "/imei",
            "/imsi",
            "/app",
            "/profile",
            "/uplinkPassword",
            "/baseKey",
            "/enabled");
  }

  /** Verifies merge patch with and without a revision to match. */
  @Test
  void patchesTerminal() {
    // GIVEN
    bridge.application("EC01");
    var etag = bridge
        .post("/v1/admin/terminals", ADMIN, TERMINAL)
        .headers()
        .firstValue("ETag")
        .orElseThrow();
    var path = "/v1/admin/terminals/" + SERIAL;

    // WHEN
    var patched = bridge.send(
        "PATCH",
        path,
        ADMIN,
        "{\"msisdn\":null,\"profile\":\"lenient\",\"uplinkPassword\":\"zzzz9999\"}",
        "If-Match",
        etag,
        "Content-Type",
        "application/merge-patch+json");
    var stale = bridge.send("PATCH", path, ADMIN, "{\"enabled\":false}", "If-Match", etag);
    var moved =
        bridge.send("PATCH", path, ADMIN, "{\"serial\":\"B972030000000001\",\"imei\":null}");

    // THEN
    assertThat(patched.statusCode()).isEqualTo(200);
    assertThat(json(patched).getString("msisdn")).isNull();
    assertThat(json(patched).getString("profile")).isEqualTo("lenient");
    assertThat(patched.headers().firstValue("ETag").orElseThrow()).isNotEqualTo(etag);
    assertThat(stale.statusCode()).isEqualTo(412);
    assertThat(problem(stale)).isEqualTo("precondition-failed");
    assertThat(pointers(moved.body())).containsExactlyInAnyOrder("/serial", "/imei");
    assertThat(bridge.changed).hasSize(2);
    assertThat(problem(bridge.send("PATCH", path.replace('A', 'C'), ADMIN, "{}")))
        .isEqualTo("terminal-unknown");
  }

  /** Verifies that lists go on from their cursor to the end and bound their limit. */
  @Test
  void pagesTerminals() {
    // GIVEN
    bridge.application("EC01");
    for (int i = 0; i < 5; i++) {
      bridge.terminal("A97203000000000" + i, "EC01");
    }

    // WHEN
    var serials = new ArrayList<String>();
    var path = "/v1/admin/terminals?limit=2";
    var page = json(bridge.get(path, ADMIN));
    while (true) {
      page.getJsonArray("items")
          .forEach(item -> serials.add(((JsonObject) item).getString("serial")));
      if (page.getString("next") == null) {
        break;
      }
      page = json(bridge.get(path + "&cursor=" + page.getString("next"), ADMIN));
    }

    // THEN
    assertThat(serials).hasSize(5).doesNotHaveDuplicates();
    assertThat(problem(bridge.get("/v1/admin/terminals?limit=0", ADMIN)))
        .isEqualTo("invalid-request");
    assertThat(problem(bridge.get("/v1/admin/terminals?limit=x", ADMIN)))
        .isEqualTo("invalid-request");
    assertThat(problem(bridge.get("/v1/admin/terminals?colour=1", ADMIN)))
        .isEqualTo("invalid-request");
    assertThat(problem(bridge.get("/v1/admin/terminals?state=gone", ADMIN)))
        .isEqualTo("invalid-request");
  }

  /** Verifies that profiles are put, read and deleted, the built-in ones only read. */
  @Test
  void keepsProfiles() {
    // WHEN, THEN
    assertThat(bridge
            .send("PUT", "/v1/admin/profiles/mine", ADMIN, "{\"dialect\":\"wmmp-3\"}")
            .statusCode())
        .isEqualTo(201);
    assertThat(bridge
            .send("PUT", "/v1/admin/profiles/mine", ADMIN, "{\"dialect\":\"wmmp-3\"}")
            .statusCode())
        .isEqualTo(200);
    assertThat(
            pointers(bridge.send("PUT", "/v1/admin/profiles/mine", ADMIN, "{}").body()))
        .containsExactly("/dialect");
    assertThat(json(bridge.get("/v1/admin/profiles", ADMIN)).getJsonArray("items"))
        .hasSize(3);
    assertThat(json(bridge.get("/v1/admin/profiles?limit=1", ADMIN)).getString("next"))
        .isEqualTo("lenient");
    assertThat(json(bridge.get("/v1/admin/profiles/mine", ADMIN)).getString("dialect"))
        .isEqualTo("wmmp-3");
    assertThat(problem(bridge.send("PUT", "/v1/admin/profiles/wmmp-3", ADMIN, "{}")))
        .isEqualTo("profile-read-only");
    assertThat(bridge.send("DELETE", "/v1/admin/profiles/mine", ADMIN, null).statusCode())
        .isEqualTo(204);
    assertThat(problem(bridge.get("/v1/admin/profiles/mine", ADMIN))).isEqualTo("profile-unknown");
  }

  /** Verifies that the audit names each administrative write, newest first, and no secret. */
  @Test
  void audits() {
    // GIVEN
    bridge.application("EC01");
    bridge.post("/v1/admin/terminals", ADMIN, TERMINAL);
    bridge.send(
        "PATCH", "/v1/admin/terminals/" + SERIAL, ADMIN, "{\"uplinkPassword\":\"zzzz9999\"}");

    // WHEN
    var audit = bridge.get("/v1/admin/audit", ADMIN);

    // THEN
    var actions = new ArrayList<String>();
    JsonArray items = json(audit).getJsonArray("items");
    items.forEach(item -> actions.add(((JsonObject) item).getString("action")));
    assertThat(actions).containsExactly("terminal.update", "terminal.create", "application.create");
    assertThat(audit.body())
        .doesNotContain("zzzz9999")
        .doesNotContain("abcd1234")
        .doesNotContain("0a0b0c");
    assertThat(audit.body()).contains("\"secrets\":[\"uplinkPassword\"]");
  }

  private static List<String> pointers(String body) {
    var pointers = new ArrayList<String>();
    new JsonObject(body)
        .getJsonArray("errors")
        .forEach(error -> pointers.add(((JsonObject) error).getString("pointer")));
    return pointers;
  }
}
