package io.m2mgate.it;

import static io.m2mgate.peer.RawHttp.bearer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Api.Answer;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.RawHttp;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may ask, from where and how much, as an operator sets it for applications. */
class AccessIT {
  private static final String STREAM = "/v1/events/stream";
  private static final String SELF = "/v1/application";

  private static GatewayProcess gateway;
  private static Api admin;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("http.trustedProxies=127.0.0.2/32", "applications.keys=3");
    admin = gateway.api();
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static ObjectNode json(String text) throws Exception {
    return (ObjectNode) Api.JSON.readTree(text);
  }

  private static Answer patch(String app, String body) throws Exception {
    Answer answer = admin.call("PATCH", "/v1/admin/applications/" + app, json(body));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer;
  }

  private static String problem(Answer answer) {
    return answer.json().path("type").asText().replace("urn:m2mgate:problem:", "");
  }

  private static int status(String from, Api api, String... headers) {
    String[] all = new String[headers.length + 1];
    System.arraycopy(headers, 0, all, 1, headers.length);
    all[0] = bearer(api.key());
    try (var http = new RawHttp(gateway.endpoint("http"), from, SELF, all)) {
      return http.status();
    }
  }

  private static Mqtt5BlockingClient connect(String app, String password) {
    URI mqtt = gateway.endpoint("mqtt");
    Mqtt5BlockingClient client = MqttClient.builder()
        .useMqttVersion5()
        .serverHost(mqtt.getHost())
        .serverPort(mqtt.getPort())
        .buildBlocking();
    client
        .connectWith()
        .simpleAuth()
        .username(app)
        .password(password.getBytes(StandardCharsets.UTF_8))
        .applySimpleAuth()
        .send();
    return client;
  }

  // Verifies that a rotated key and its successor both open during the overlap, that the old one
  // ends with what it opened, and that it is rotated once.
  @Test
  void rotatesKeysWithAnOverlap() throws Exception {
    Api first = admin.createApplication("rotated");
    String keys = "/v1/admin/applications/rotated/keys";
    String firstId = first.key().split("_")[1];

    Answer rotated =
        admin.call("POST", keys + "/" + firstId + "/rotate", json("{\"overlap\":\"PT3S\"}"));
    assertThat(rotated.status()).as(rotated.body()).isEqualTo(201);
    Api second = admin.as(rotated.json().path("apiKey").asText());
    try (var stream = new RawHttp(admin.base(), "127.0.0.1", STREAM, bearer(first.key()));
        var other = new RawHttp(admin.base(), "127.0.0.1", STREAM, bearer(second.key()))) {
      assertThat(stream.status()).isEqualTo(200);
      assertThat(other.status()).isEqualTo(200);
      assertThat(problem(admin.call("POST", keys + "/" + firstId + "/rotate", json("{}"))))
          .isEqualTo("key-ending");
      stream.rest();
      assertThat(problem(first.get(SELF))).isEqualTo("unauthenticated");
      JsonNode presence = second.get(SELF).json().path("presence");
      assertThat(presence.path("online").asBoolean()).isTrue();
      assertThat(presence.at("/taps/sse").asInt()).isEqualTo(1);
    }
    JsonNode listed = admin.get(keys).json().path("items");
    assertThat(listed).hasSize(2);
    assertThat(listed.findValuesAsText("expires"))
        .filteredOn(time -> !time.equals("null"))
        .hasSize(1);
    assertThat(listed.toString()).doesNotContain(first.key()).doesNotContain(second.key());
  }

  // Verifies that a key may less than its application, that its name is kept, and that there are so
  // many keys and no more.
  @Test
  void narrowsAndBoundsKeys() throws Exception {
    Api all = admin.createApplication("narrow");
    String keys = "/v1/admin/applications/narrow/keys";

    Answer made = admin.call(
        "POST",
        keys,
        json("{\"name\":\"reader\",\"expiresIn\":\"P30D\",\"scopes\":[\"data:read\"]}"));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    assertThat(made.json().path("name").asText()).isEqualTo("reader");
    Api reader = admin.as(made.json().path("apiKey").asText());
    assertThat(reader.get("/v1/events").status()).isEqualTo(200);
    assertThat(problem(reader.get("/v1/terminals"))).isEqualTo("scope-missing");
    assertThat(reader.get(SELF).json().path("scopes").toString()).isEqualTo("[\"data:read\"]");
    assertThat(all.get("/v1/terminals").status()).isEqualTo(200);
    assertThat(problem(admin.call("POST", keys, json("{\"scopes\":[\"admin\"]}"))))
        .isEqualTo("invalid-request");
    assertThat(admin.call("POST", keys, json("{}")).status()).isEqualTo(201);
    assertThat(problem(admin.call("POST", keys, json("{}")))).isEqualTo("quota-exceeded");
  }

  // Verifies that an application that asks too much is told when to come again, over HTTP and MQTT,
  // and that its neighbour does not feel it.
  @Test
  void limitsRequests() throws Exception {
    Api busy = admin.createApplication("busy");
    Api calm = admin.createApplication("calm");
    String serial = admin.createTerminal(Identity.fresh(), "busy").serial();
    Mqtt5BlockingClient client = connect("busy", busy.key());
    assertThat(patch("busy", "{\"rate\":{\"perSecond\":1,\"burst\":4}}")
            .json()
            .at("/rate/burst")
            .asInt())
        .isEqualTo(4);

    long started = System.nanoTime();
    int good = 0;
    int refused = 0;
    for (int i = 0; i < 40; i++) {
      var answer = busy.full("GET", SELF, new byte[0]);
      if (answer.answer().status() == 429) {
        refused++;
        assertThat(problem(answer.answer())).isEqualTo("quota-exceeded");
        assertThat(answer.headers()).containsEntry("retry-after", "1");
      } else {
        good++;
      }
    }
    assertThat(good).isBetween(4, 5 + (int) ((System.nanoTime() - started) / 1_000_000_000L));
    assertThat(refused).isPositive();
    int answered = 0;
    Mqtt5PubAckReasonCode code = Mqtt5PubAckReasonCode.SUCCESS;
    for (int i = 0; i < 20 && code == Mqtt5PubAckReasonCode.SUCCESS; i++) {
      code = ask(client, serial);
      answered++;
    }
    assertThat(code)
        .as("after %s requests", answered)
        .isEqualTo(Mqtt5PubAckReasonCode.QUOTA_EXCEEDED);
    assertThat(calm.get(SELF).status()).isEqualTo(200);
    patch("busy", "{\"rate\":null}");
    for (int i = 0; i < 20; i++) {
      assertThat(busy.get(SELF).status()).isEqualTo(200);
    }
    assertThat(busy.get(SELF).json().at("/limits/rate/perSecond").asInt()).isEqualTo(2_000);
    client.disconnect();
  }

  private static Mqtt5PubAckReasonCode ask(Mqtt5BlockingClient client, String serial) {
    try {
      client
          .publishWith()
          .topic("m2m/v1/busy/req/" + serial + "/control")
          .qos(MqttQos.AT_LEAST_ONCE)
          .payload("{\"control\":\"reboot\"}".getBytes(StandardCharsets.UTF_8))
          .send();
      return Mqtt5PubAckReasonCode.SUCCESS;
    } catch (Mqtt5PubAckException refused) {
      return refused.getMqttMessage().getReasonCode();
    }
  }

  // Verifies that an application is used from its addresses alone, that only the trusted proxy is
  // believed whom it names, and that what was opened from elsewhere ends when the list changes.
  @Test
  void limitsAddresses() throws Exception {
    Api app = admin.createApplication("placed");
    patch("placed", "{\"allowFrom\":[\"127.0.0.1\",\"10.0.0.0/8\"]}");

    assertThat(status("127.0.0.1", app)).isEqualTo(200);
    assertThat(status("127.0.0.3", app)).isEqualTo(403);
    assertThat(status("127.0.0.3", app, "X-Forwarded-For: 127.0.0.1")).isEqualTo(403);
    assertThat(status("127.0.0.2", app)).isEqualTo(403);
    assertThat(status("127.0.0.2", app, "X-Forwarded-For: 10.1.1.1")).isEqualTo(200);
    assertThat(status("127.0.0.2", app, "X-Forwarded-For: 10.1.1.1, 192.0.2.1")).isEqualTo(403);
    assertThat(status("127.0.0.2", app, "X-Forwarded-For: ::ffff:10.1.1.1")).isEqualTo(200);

    Mqtt5BlockingClient client = connect("placed", app.key());
    try (var stream = new RawHttp(admin.base(), "127.0.0.1", STREAM, bearer(app.key()))) {
      patch("placed", "{\"allowFrom\":[\"127.0.0.3/32\"]}");
      stream.rest();
    }
    Await.until(
        "end of the MQTT connection", Await.PATIENCE, () -> !client.getState().isConnected());
    assertThatThrownBy(() -> connect("placed", app.key()))
        .isInstanceOfSatisfying(
            Mqtt5ConnAckException.class,
            refused -> assertThat(refused.getMqttMessage().getReasonCode())
                .isEqualTo(Mqtt5ConnAckReasonCode.NOT_AUTHORIZED));
    assertThat(problem(app.get(SELF))).isEqualTo("address-not-allowed");
    assertThat(status("127.0.0.3", app)).isEqualTo(200);
    assertThat(problem(admin.call(
            "PATCH", "/v1/admin/applications/placed", json("{\"allowFrom\":[\"example.org\"]}"))))
        .isEqualTo("invalid-request");
    JsonNode refusals =
        admin.get("/v1/admin/audit?action=access.refuse&target=placed").json().path("items");
    assertThat(refusals).hasSize(1);
    assertThat(refusals.at("/0/detail/reason").asText()).isEqualTo("address-not-allowed");
    patch("placed", "{\"allowFrom\":null}");
    assertThat(app.get(SELF).status()).isEqualTo(200);
  }

  // Verifies that the audit is asked by who, what, what to and when, and shows no secret.
  @Test
  void asksTheAudit() throws Exception {
    Api app = admin.createApplication("audited");
    String keys = "/v1/admin/applications/audited/keys";
    JsonNode key = admin.call("POST", keys, json("{\"name\":\"second\"}")).json();
    assertThat(admin.delete(keys + "/" + key.path("keyId").asText()).status()).isEqualTo(204);

    assertThat(actions("?target=audited"))
        .containsExactly("key.delete", "key.create", "application.create");
    assertThat(actions("?target=audited&action=key.create&actor=admin")).hasSize(1);
    assertThat(actions("?target=audited&actor=app:audited")).isEmpty();
    assertThat(actions("?target=audited&before=2020-01-01T00:00:00Z")).isEmpty();
    assertThat(actions("?target=audited&from=2020-01-01T00:00:00Z")).hasSize(3);
    JsonNode page = admin.get("/v1/admin/audit?target=audited&limit=2").json();
    assertThat(actions("?target=audited&limit=2&cursor=" + page.path("next").asText()))
        .containsExactly("application.create");
    assertThat(problem(admin.get("/v1/admin/audit?from=yesterday"))).isEqualTo("invalid-request");
    assertThat(admin.get("/v1/admin/audit?target=audited").body())
        .doesNotContain(app.key().split("_")[2])
        .doesNotContain(key.path("apiKey").asText().split("_", 3)[2]);
  }

  private static List<String> actions(String query) {
    return admin.get("/v1/admin/audit" + query).json().path("items").findValuesAsText("action");
  }
}
