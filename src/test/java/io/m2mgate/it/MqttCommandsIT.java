package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.RawMqtt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Commands as applications ask for them over MQTT (application.md, "The 13 interactions"). */
class MqttCommandsIT {
  private static final String APP = "CMD";
  private static final byte[] CORRELATION = {1, 0, (byte) 0xFF};
  private static final int QOS1 = 0x32;
  private static final int DUP = 0x08;
  private static final int PUBACK = 4;

  private static GatewayProcess gateway;
  private static Api application;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    application = gateway.api().createApplication(APP);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static String terminal() {
    return gateway.api().createTerminal(Identity.fresh(), APP).serial();
  }

  private static Mqtt5BlockingClient client(String id, String app, String key) {
    URI mqtt = gateway.endpoint("mqtt");
    Mqtt5BlockingClient client = MqttClient.builder()
        .useMqttVersion5()
        .identifier(id)
        .serverHost(mqtt.getHost())
        .serverPort(mqtt.getPort())
        .buildBlocking();
    client
        .connectWith()
        .simpleAuth()
        .username(app)
        .password(key.getBytes(StandardCharsets.UTF_8))
        .applySimpleAuth()
        .send();
    return client;
  }

  private static Mqtt5PubAckReasonCode ask(
      Mqtt5BlockingClient client, String app, String topic, String body) {
    String id = client.getConfig().getClientIdentifier().orElseThrow().toString();
    return ask(client, app, id, topic, body);
  }

  private static Mqtt5PubAckReasonCode ask(
      Mqtt5BlockingClient client, String app, String listener, String topic, String body) {
    try {
      client
          .publishWith()
          .topic("m2m/v1/" + app + "/req/" + topic)
          .qos(MqttQos.AT_LEAST_ONCE)
          .payload(body.getBytes(StandardCharsets.UTF_8))
          .responseTopic("m2m/v1/" + app + "/res/" + listener)
          .correlationData(CORRELATION)
          .send();
      return Mqtt5PubAckReasonCode.SUCCESS;
    } catch (Mqtt5PubAckException refused) {
      return refused.getMqttMessage().getReasonCode();
    }
  }

  private static JsonNode commands(String serial) {
    return application.get("/v1/terminals/" + serial + "/commands").json().path("items");
  }

  private static JsonNode answer(Mqtt5BlockingClient.Mqtt5Publishes answers, String id)
      throws IOException, InterruptedException {
    Mqtt5Publish got = answers.receive(20, TimeUnit.SECONDS).orElseThrow();
    assertThat(got.getCorrelationData()).contains(ByteBuffer.wrap(CORRELATION));
    JsonNode json = Api.JSON.readTree(got.getPayloadAsBytes());
    assertThat(json.path("id").asText()).isEqualTo(id);
    return json;
  }

  /** Verifies that a request becomes a durable command that is acknowledged, answered with its correlation, and told of. */
  @Test
  void asks() throws Exception {
    String serial = terminal();
    Mqtt5BlockingClient client = client("asker", APP, application.key());
    try (var publishes = client.publishes(MqttGlobalPublishFilter.ALL)) {
      client
          .subscribeWith()
          .topicFilter("m2m/v1/" + APP + "/res/asker")
          .qos(MqttQos.AT_LEAST_ONCE)
          .send();

      assertThat(
              ask(
                  client,
                  APP,
                  serial + "/control",
                  "{\"control\":\"reboot\",\"id\":\"one\",\"key\":\"k1\",\"delivery\":{\"expiresIn\":\"PT1H\"}}"))
          .isEqualTo(Mqtt5PubAckReasonCode.SUCCESS);
      assertThat(commands(serial)).hasSize(1);
      JsonNode answer = answer(publishes, "one");
      assertThat(answer.path("key").asText()).isEqualTo("k1");
      assertThat(answer.at("/command/state").asText()).isEqualTo("queued");
      assertThat(answer.at("/command/serial").asText()).isEqualTo(serial);

      assertThat(ask(client, APP, serial + "/read", "{\"tags\":[\"E025\"],\"id\":\"two\"}"))
          .isEqualTo(Mqtt5PubAckReasonCode.IMPLEMENTATION_SPECIFIC_ERROR);
      JsonNode problem = answer(publishes, "two").path("problem");
      assertThat(problem.path("type").asText()).isEqualTo("urn:m2mgate:problem:tag-not-allowed");
      assertThat(problem.at("/errors/0/pointer").asText()).isEqualTo("/tags/0");

      assertThat(
              ask(client, APP, "NOBODY0000000000/read", "{\"tags\":[\"0011\"],\"id\":\"three\"}"))
          .isEqualTo(Mqtt5PubAckReasonCode.IMPLEMENTATION_SPECIFIC_ERROR);
      assertThat(answer(publishes, "three").at("/problem/status").asInt()).isEqualTo(404);
      assertThat(ask(client, APP, serial + "/data", "not json"))
          .isEqualTo(Mqtt5PubAckReasonCode.PAYLOAD_FORMAT_INVALID);
      assertThat(commands(serial)).hasSize(1);
    }
    client.disconnect();
  }

  /** Verifies that outcomes come on the terminal's command topic. */
  @Test
  void tellsOfChanges() throws Exception {
    String serial = terminal();
    Mqtt5BlockingClient client = client("listener", APP, application.key());
    try (var publishes = client.publishes(MqttGlobalPublishFilter.ALL)) {
      client
          .subscribeWith()
          .topicFilter("m2m/v1/" + APP + "/evt/" + serial + "/command")
          .qos(MqttQos.AT_LEAST_ONCE)
          .send();
      ask(client, APP, serial + "/control", "{\"control\":\"reboot\"}");
      application.delete("/v1/commands/" + commands(serial).at("/0/id").asText());
      for (String state : new String[] {"queued", "cancelled"}) {
        Mqtt5Publish got = publishes.receive(20, TimeUnit.SECONDS).orElseThrow();
        assertThat(Api.JSON.readTree(got.getPayloadAsBytes()).at("/data/state").asText())
            .isEqualTo(state);
      }
    }
    client.disconnect();
  }

  /** Verifies that a client can ask what its application's scopes let it, and nothing else. */
  @Test
  void needsTheScope() {
    String narrow = "NARROW";
    Api other = gateway.api().createApplication(narrow);
    String serial = gateway.api().createTerminal(Identity.fresh(), narrow).serial();
    gateway
        .api()
        .call(
            "PATCH",
            "/v1/admin/applications/" + narrow,
            Api.JSON
                .createObjectNode()
                .set("scopes", Api.JSON.createArrayNode().add("data:read").add("terminals:read")));
    Mqtt5BlockingClient client = client("narrow", narrow, other.key());
    assertThat(ask(client, narrow, serial + "/control", "{\"control\":\"reboot\"}"))
        .isEqualTo(Mqtt5PubAckReasonCode.NOT_AUTHORIZED);
    assertThat(ask(client, narrow, serial + "/read", "{\"tags\":[\"0011\"]}"))
        .isEqualTo(Mqtt5PubAckReasonCode.SUCCESS);
    // Another application's topics do not exist for it.
    assertThat(ask(client, APP, terminal() + "/read", "{\"tags\":[\"0011\"]}"))
        .isEqualTo(Mqtt5PubAckReasonCode.NOT_AUTHORIZED);
    client.disconnect();
  }

  /** Verifies that nobody can have answers sent to where somebody else listens. */
  @Test
  void answersTheAskerAlone() {
    String serial = terminal();
    Mqtt5BlockingClient client = client("strayer", APP, application.key());
    assertThat(ask(client, APP, "somebody-else", serial + "/control", "{\"control\":\"reboot\"}"))
        .isEqualTo(Mqtt5PubAckReasonCode.IMPLEMENTATION_SPECIFIC_ERROR);
    assertThat(commands(serial)).isEmpty();
    client.disconnect();
  }

  /** Verifies that the redelivery of a request with a key, as an MQTT 3.1.1 client makes it, makes no second command. */
  @Test
  void takesARedeliveryOnce() {
    String serial = terminal();
    String body = "{\"control\":\"reboot\",\"key\":\"redelivered\"}";
    for (int flags : new int[] {QOS1, QOS1 | DUP}) {
      try (RawMqtt client = new RawMqtt(gateway.endpoint("mqtt"))) {
        assertThat(client.connect("sender", APP, application.key())).isZero();
        client.raw(publish(flags, serial, body));
        assertThat(client.read().first() >>> 4).isEqualTo(PUBACK);
      }
    }
    assertThat(commands(serial)).hasSize(1);
  }

  private static byte[] publish(int flags, String serial, String body) {
    byte[] topic =
        ("m2m/v1/" + APP + "/req/" + serial + "/control").getBytes(StandardCharsets.UTF_8);
    byte[] payload = body.getBytes(StandardCharsets.UTF_8);
    int length = 2 + topic.length + 2 + payload.length;
    var out = new ByteArrayOutputStream();
    out.write(flags);
    assertThat(length).isLessThan(128);
    out.write(length);
    out.write(topic.length >>> 8);
    out.write(topic.length);
    out.writeBytes(topic);
    out.write(0);
    out.write(9);
    out.writeBytes(payload);
    return out.toByteArray();
  }

  /** Verifies that configure says what is desired, once for each key, and that null withdraws it (6.1.12). */
  @Test
  void configures() throws Exception {
    String serial = terminal();
    Mqtt5BlockingClient client = client("setter", APP, application.key());
    client.subscribeWith().topicFilter("m2m/v1/" + APP + "/res/setter").send();
    try (var answers = client.publishes(MqttGlobalPublishFilter.SUBSCRIBED)) {
      String set = "{\"id\":\"1\",\"key\":\"set-1\",\"parameters\":{\"heartbeat-interval\":60}}";
      assertThat(ask(client, APP, serial + "/configure", set))
          .isEqualTo(Mqtt5PubAckReasonCode.SUCCESS);
      JsonNode first = answer(answers, "1").path("command");
      assertThat(first.path("type").asText()).isEqualTo("configure");
      ask(client, APP, serial + "/configure", set);
      assertThat(answer(answers, "1").at("/command/id")).isEqualTo(first.path("id"));
      assertThat(commands(serial)).hasSize(1);
      JsonNode known =
          application.get("/v1/terminals/" + serial + "/parameters").json();
      assertThat(known.at("/desired/heartbeat-interval").asInt()).isEqualTo(60);
      assertThat(known.at("/details/heartbeat-interval/command")).isEqualTo(first.path("id"));

      String cutsOff = "{\"id\":\"2\",\"parameters\":{\"platform-ip\":\"192.0.2.1\"}}";
      ask(client, APP, serial + "/configure", cutsOff);
      assertThat(answer(answers, "2").at("/problem/errors/0/pointer").asText())
          .isEqualTo("/parameters/platform-ip");

      ask(client, APP, serial + "/configure", "{\"id\":\"3\",\"parameters\":{\"0011\":null}}");
      assertThat(answer(answers, "3").path("command").isNull()).isTrue();
      assertThat(
              application.get("/v1/terminals/" + serial + "/parameters").json().path("desired"))
          .isEmpty();
      assertThat(commands(serial).get(0).path("state").asText()).isEqualTo("cancelled");
    }
    client.disconnect();
  }
}
