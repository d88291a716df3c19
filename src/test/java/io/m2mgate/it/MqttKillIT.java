package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.control;
import static io.m2mgate.peer.PeerCommands.executed;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.pairs;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import io.m2mgate.peer.CommandClient;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerBytes;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests over MQTT that were acknowledged when the gateway was killed (6.1.7, 6.1.10, 6.1.12; application.md, "Commands"). */
class MqttKillIT {
  private static final String APP = "EC01";
  private static final byte[] PAYLOAD = {1, 2, 3};
  private static final byte[] BEAT_60 =
      bytes().tlv(0x0011, bytes().u32(60).toArray()).toArray();

  private static GatewayProcess gateway;
  private static String key;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
    key = gateway.api().createApplication(APP).key();
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  /** One of each type, in an order that shows which go first. */
  private static Map<String, String> requests() {
    Map<String, String> bodies = new LinkedHashMap<>();
    bodies.put("data", "{\"payload\":\"AQID\",\"key\":\"d\"}");
    bodies.put("control", "{\"control\":\"suspendApplication\",\"key\":\"c\"}");
    bodies.put("read", "{\"tags\":[\"0002\"],\"key\":\"r\"}");
    bodies.put("configure", "{\"parameters\":{\"heartbeat-interval\":60},\"key\":\"p\"}");
    return bodies;
  }

  /** Publishes all of them; each is acknowledged when this returns. */
  private static void publish(Identity who) {
    URI mqtt = gateway.endpoint("mqtt");
    Mqtt5BlockingClient client = MqttClient.builder()
        .useMqttVersion5()
        .identifier("desk")
        .serverHost(mqtt.getHost())
        .serverPort(mqtt.getPort())
        .buildBlocking();
    client
        .connectWith()
        .simpleAuth()
        .username(APP)
        .password(key.getBytes(StandardCharsets.UTF_8))
        .applySimpleAuth()
        .send();
    requests()
        .forEach((type, body) -> client
            .publishWith()
            .topic("m2m/v1/" + APP + "/req/" + who.serial() + "/" + type)
            .qos(MqttQos.AT_LEAST_ONCE)
            .payload(body.getBytes(StandardCharsets.UTF_8))
            .send());
    client.disconnect();
  }

  private static Map<String, JsonNode> byType(CommandClient client, Identity who) {
    Map<String, JsonNode> found = new HashMap<>();
    client
        .api()
        .get("/v1/terminals/" + who.serial() + "/commands")
        .json()
        .path("items")
        .forEach(command -> assertThat(found.put(command.path("type").asText(), command))
            .as("two of %s", command)
            .isNull());
    return found;
  }

  // Verifies that what was acknowledged is there after a kill, is the same when a client that heard
  // no
  // PUBACK sends it again, and reaches its terminal once and byte for byte.
  @Test
  void keepsWhatItAcknowledged() {
    CommandClient client = new CommandClient(gateway, key);
    Identity who = gateway.api().createTerminal(Identity.fresh(), APP);
    publish(who);
    Map<String, JsonNode> before = byType(client, who);
    assertThat(before).hasSize(4);
    gateway.kill().restart();
    publish(who);
    assertThat(byType(client, who)).isEqualTo(before);
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      ack(terminal, expect(terminal, PeerCommands.REMOTE_CTRL, control(0)), 0);
      ack(
          terminal,
          expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0002)),
          bytes().u8(0).tlv(0x0002, "CMNET").toArray());
      PeerFrame set = expect(
          terminal,
          PeerCommands.CONFIG_SET,
          bytes().raw(BEAT_60).tlv(0x4009, (byte) 0).toArray());
      ack(terminal, set, 0);
      byte[] data = bytes()
          .u16(PeerBytes.crc16(PAYLOAD))
          .tlv(0x4015, APP)
          .tlv(0x4007, PAYLOAD)
          .toArray();
      ack(terminal, expect(terminal, PeerCommands.DATA, data), 0);
      terminal.trap(executed(0, set.sequence(), BEAT_60));
      before.values().forEach(command -> {
        JsonNode end = client.await(command.path("id").asText(), "succeeded");
        assertThat(end.path("attempts").asInt()).isEqualTo(1);
      });
      terminal.link().expectSilence();
    }
  }
}
