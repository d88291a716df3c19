package io.m2mgate.bridge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.MqttClient;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.RawMqtt;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests of one MQTT client that come faster than they are taken. */
class MqttRequestOrderIT {
  private static final String APP = "CMD";
  private static final int QOS1 = 0x32;
  private static final int WINDOW = 2;

  private static GatewayProcess gateway;
  private static Api application;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("mqtt.inFlight=" + WINDOW);
    application = gateway.api().createApplication(APP);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static byte[] requests(String serial, int count) {
    var out = new ByteArrayOutputStream();
    byte[] topic = ("m2m/v1/" + APP + "/req/" + serial + "/read").getBytes(StandardCharsets.UTF_8);
    byte[] payload = "{\"tags\":[\"0011\"]}".getBytes(StandardCharsets.UTF_8);
    for (int id = 1; id <= count; id++) {
      out.write(QOS1);
      out.write(2 + topic.length + 2 + payload.length);
      out.write(0);
      out.write(topic.length);
      out.writeBytes(topic);
      out.write(0);
      out.write(id);
      out.writeBytes(payload);
    }
    return out.toByteArray();
  }

  /** Verifies that what is refused is answered in its turn, and that what was taken is a command. */
  @Test
  void refusesInTurn() {
    String serial = gateway.api().createTerminal(Identity.fresh(), APP).serial();
    try (RawMqtt client = new RawMqtt(gateway.endpoint("mqtt"))) {
      assertThat(client.connect("hasty", APP, application.key())).isZero();
      client.raw(requests(serial, 2 * WINDOW));
      List<Integer> acknowledged = new ArrayList<>();
      for (int i = 0; i < 2 * WINDOW; i++) {
        acknowledged.add((int) client.read().body()[1]);
      }
      assertThat(acknowledged).containsExactly(1, 2, 3, 4);
    }
    assertThat(application.get("/v1/terminals/" + serial + "/commands").json().path("items"))
        .hasSize(WINDOW);
  }

  /** Verifies that the connection of a client that goes on regardless ends. */
  @Test
  void endsWhoGoesOn() {
    String serial = gateway.api().createTerminal(Identity.fresh(), APP).serial();
    try (RawMqtt client = new RawMqtt(gateway.endpoint("mqtt"))) {
      assertThat(client.connect("flood", APP, application.key())).isZero();
      client.raw(requests(serial, 40));
      assertThatThrownBy(() -> {
            for (int i = 0; i < 40; i++) {
              client.read();
            }
          })
          .isInstanceOf(UncheckedIOException.class);
    }
  }

  /** Verifies that an MQTT 5 client is told how many requests may wait. */
  @Test
  void tellsTheWindow() {
    URI mqtt = gateway.endpoint("mqtt");
    var client = MqttClient.builder()
        .useMqttVersion5()
        .identifier("five")
        .serverHost(mqtt.getHost())
        .serverPort(mqtt.getPort())
        .buildBlocking();
    var answer = client
        .connectWith()
        .simpleAuth()
        .username(APP)
        .password(application.key().getBytes(StandardCharsets.UTF_8))
        .applySimpleAuth()
        .send();
    assertThat(answer.getRestrictions().getReceiveMaximum()).isEqualTo(WINDOW);
    client.disconnect();
  }
}
