package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.CommandClient;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A client's last request (MQTT 5, 3.1.2.5; application.md, the 13 interactions). */
class MqttWillIT {
  private static final String APP = "EC01";
  private static final String READ = "{\"tags\":[\"0002\"]}";

  private static GatewayProcess gateway;
  private static CommandClient desk;
  private static String key;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    key = gateway.api().createApplication(APP).key();
    desk = new CommandClient(gateway, key);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static Mqtt5BlockingClient client(String id) {
    var mqtt = gateway.endpoint("mqtt");
    return MqttClient.builder()
        .useMqttVersion5()
        .identifier(id)
        .serverHost(mqtt.getHost())
        .serverPort(mqtt.getPort())
        .buildBlocking();
  }

  private static Mqtt5BlockingClient connect(
      String id, boolean clean, Optional<String> topic, long delay) {
    var client = client(id);
    var connect = Mqtt5Connect.builder()
        .cleanStart(clean)
        .sessionExpiryInterval(600)
        .simpleAuth()
        .username(APP)
        .password(key.getBytes(StandardCharsets.UTF_8))
        .applySimpleAuth();
    client.connect(topic
        .map(it -> connect.willPublish(Mqtt5Publish.builder()
            .topic(it)
            .qos(MqttQos.AT_LEAST_ONCE)
            .payload(READ.getBytes(StandardCharsets.UTF_8))
            .asWill()
            .delayInterval(delay)
            .build()))
        .orElse(connect)
        .build());
    return client;
  }

  private static Optional<String> read(Identity who) {
    return Optional.of("m2m/v1/" + APP + "/req/" + who.serial() + "/read");
  }

  private static Identity terminal() {
    return gateway.api().createTerminal(Identity.fresh(), APP);
  }

  private static int commands(Identity who) {
    return desk.api()
        .get("/v1/terminals/" + who.serial() + "/commands")
        .json()
        .path("items")
        .size();
  }

  private static void awaitOne(Identity who) {
    Await.until("the will's command", Await.PATIENCE, () -> commands(who) == 1);
  }

  private static void leave(Mqtt5BlockingClient client, Mqtt5DisconnectReasonCode code) {
    client.disconnectWith().reasonCode(code).send();
  }

  // Verifies that a will for a request makes its command once the client went with it, and none
  // when it took it along; that a delay is
  // waited for; and that a client that is there again voids it, unless its session ended.
  @Test
  void executesWhatIsRequested() {
    Identity withWill = terminal();
    Identity without = terminal();
    Identity later = terminal();
    Identity back = terminal();
    Identity anew = terminal();
    leave(connect("c1", true, read(without), 0), Mqtt5DisconnectReasonCode.NORMAL_DISCONNECTION);
    leave(
        connect("c2", true, read(back), 600),
        Mqtt5DisconnectReasonCode.DISCONNECT_WITH_WILL_MESSAGE);
    leave(
        connect("c3", true, read(anew), 600),
        Mqtt5DisconnectReasonCode.DISCONNECT_WITH_WILL_MESSAGE);
    leave(
        connect("c4", true, read(later), 1),
        Mqtt5DisconnectReasonCode.DISCONNECT_WITH_WILL_MESSAGE);
    assertThat(commands(later)).isZero();
    connect("c2", false, Optional.empty(), 0).disconnect();
    connect("c3", true, Optional.empty(), 0).disconnect();
    leave(
        connect("c1", true, read(withWill), 0),
        Mqtt5DisconnectReasonCode.DISCONNECT_WITH_WILL_MESSAGE);
    awaitOne(withWill);
    awaitOne(anew);
    awaitOne(later);
    assertThat(commands(without)).isZero();
    assertThat(commands(back)).isZero();
  }

  // Verifies that a connection that is taken over leaves its will, and that a will for anything
  // else is dropped.
  @Test
  void dropsOtherTopics() {
    Identity who = terminal();
    connect("t1", true, read(who), 0);
    connect("t1", true, Optional.of("m2m/v1/" + APP + "/evt/" + who.serial() + "/data"), 0);
    awaitOne(who);
    connect("t1", true, Optional.of("m2m/v1/EC02/req/" + who.serial() + "/read"), 0);
    connect("t1", true, Optional.empty(), 0).disconnect();
    Await.until(
        "the dropped wills",
        Await.PATIENCE,
        () -> gateway.api().metric("m2mgate_mqtt_wills_total", "outcome=\"dropped\"") == 2);
    assertThat(commands(who)).isEqualTo(1);
  }
}
