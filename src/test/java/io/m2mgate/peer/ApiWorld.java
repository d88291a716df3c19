package io.m2mgate.peer;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** One application that has something of everything, for whoever goes through all operations. Used by one thread. */
public final class ApiWorld {
  public static final String APP = "EC01";
  private static final String HOOK = "/v1/webhooks/hook";
  private static final byte[] FILE = "firmware 2.1".getBytes(StandardCharsets.UTF_8);

  private final Api admin;
  private final Api app;
  private final PeerTerminal online;
  private final Identity connected;
  private final Identity offline;
  /** What parameters of paths stand for, by the collection that the path names first. */
  private final Map<String, String> ids = new HashMap<>();

  public ApiWorld(GatewayProcess gateway) {
    admin = gateway.api();
    app = admin.createApplication(APP);
    admin.createProfile("meters", profile -> profile.put("heartbeatSeconds", 60));
    connected = admin.createTerminal(Identity.fresh(), APP);
    online = gateway.terminal(connected).login();
    offline = admin.createTerminal(Identity.fresh(), APP);
    assertThat(online.data(APP, FILE)).isZero();
    byte[] alarm = bytes()
        .tlv(0x300B, (byte) 1)
        .tlv(0x300C, (byte) 1)
        .tlv(0x300D, bytes().u16(0x000B).toArray())
        .toArray();
    assertThat(online.trap(alarm).result()).isZero();
    ids.put("alarms", app.get("/v1/alarms").json().at("/items/0/id").asText());
    String terminal = "/v1/terminals/" + offline.serial();
    ids.put(
        "commands",
        made("POST", terminal + "/commands", "{\"type\":\"control\",\"control\":\"reboot\"}"));
    ids.put("rotations", made("POST", terminal + "/rotations", "{}"));
    JsonNode file =
        app.full("POST", "/v1/packages?name=meter&version=2.1", FILE).answer().json();
    ids.put("packages", file.path("id").asText());
    ids.put(
        "upgrades",
        made(
            "POST",
            "/v1/upgrades",
            "{\"package\":\"" + ids.get("packages") + "\",\"terminals\":[\"" + offline.serial()
                + "\"]}"));
    made("PUT", "/v1/consumers/billing", "{\"from\":0}");
    ids.put("sessions", made("POST", "/v1/sessions", "{\"heartbeatSeconds\":600}"));
    made("PUT", HOOK, "{\"url\":\"https://127.0.0.1:1/m2m\",\"enabled\":false}");
    ids.put("replays", made("POST", HOOK + "/replays", "{\"from\":0}"));
    Api.Full wished = app.full(
        "PATCH", terminal + "/parameters", utf8("{\"heartbeat-interval\":90}"), "If-Match", "*");
    assertThat(wished.answer().status()).as(wished.answer().body()).isEqualTo(202);
  }

  private String made(String method, String path, String body) {
    Api.Answer answer = app.full(method, path, utf8(body)).answer();
    assertThat(answer.status()).as("%s %s: %s", method, path, answer.body()).isBetween(200, 202);
    return answer.json().path("id").asText();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  public Api admin() {
    return admin;
  }

  public Api app() {
    return app;
  }

  public PeerTerminal online() {
    return online;
  }

  /** Who is online. */
  public Identity connected() {
    return connected;
  }

  public Identity offline() {
    return offline;
  }

  private static String name(String path) {
    return path.startsWith("/v1/webhooks")
        ? "hook"
        : path.contains("consumers") ? "billing" : "meters";
  }

  /** Of the alarm, command, rotation, package, upgrade, session or replay. */
  public String id(String collection) {
    return ids.get(collection);
  }

  /** The request with what is this application's in its path. */
  public ApiOperations.Request at(ApiOperations.Request request) {
    String path = request.operation().path();
    String collection = path.substring(0, Math.max(0, path.indexOf("/{id}")));
    String id = ids.get(collection.substring(collection.lastIndexOf('/') + 1));
    if (path.contains("{id}") && id != null) {
      request.with("id", id);
    }
    if (path.contains("{serial}")) {
      request.with("serial", offline.serial());
    }
    if (path.contains("{name}")) {
      request.with("name", name(path));
    }
    return request;
  }
}
