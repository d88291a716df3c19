package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;
import static io.m2mgate.peer.PeerCommands.ack;
import static io.m2mgate.peer.PeerCommands.executed;
import static io.m2mgate.peer.PeerCommands.expect;
import static io.m2mgate.peer.PeerCommands.pairs;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerBytes;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A command's whole way: from an application over either bridge to a terminal on either lane, and its result back. */
class CommandTripsIT {
  private static final String APP = "TRIPS";
  private static final int TERMINALS = 4;
  private static final long PATIENCE_SECONDS = 40;
  private static final byte[] PAYLOAD = {1, 2, 3};
  private static final byte[] BEAT_60 =
      bytes().tlv(0x0011, bytes().u32(60).toArray()).toArray();

  private static GatewayProcess gateway;
  private static Api application;
  private static final List<PeerTerminal> ONLINE = new ArrayList<>();

  /** What one type is asked by, and how a terminal serves it. */
  private enum Trip {
    read("\"tags\":[\"0011\"]") {
      @Override
      void serve(PeerTerminal terminal) {
        ack(
            terminal,
            expect(terminal, PeerCommands.CONFIG_GET, pairs(0x0011)),
            bytes().u8(0).raw(BEAT_60).toArray());
      }
    },
    configure("\"parameters\":{\"heartbeat-interval\":60}") {
      @Override
      void serve(PeerTerminal terminal) {
        PeerFrame set = expect(
            terminal,
            PeerCommands.CONFIG_SET,
            bytes().raw(BEAT_60).tlv(0x4009, (byte) 0).toArray());
        ack(terminal, set, 0);
        terminal.trap(executed(0, set.sequence(), BEAT_60));
      }
    },
    control("\"control\":\"suspendApplication\"") {
      @Override
      void serve(PeerTerminal terminal) {
        ack(terminal, expect(terminal, PeerCommands.REMOTE_CTRL, PeerCommands.control(0)), 0);
      }
    },
    data("\"payload\":\"AQID\"") {
      @Override
      void serve(PeerTerminal terminal) {
        byte[] body = bytes()
            .u16(PeerBytes.crc16(PAYLOAD))
            .tlv(0x4015, APP)
            .tlv(0x4007, PAYLOAD)
            .toArray();
        ack(terminal, expect(terminal, PeerCommands.DATA, body), 0);
      }
    };

    private final String members;

    Trip(String members) {
      this.members = members;
    }

    abstract void serve(PeerTerminal terminal);
  }

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("lanes=2");
    application = gateway.api().createApplication(APP);
    for (int i = 0; i < TERMINALS; i++) {
      ONLINE.add(
          gateway.terminal(gateway.api().createTerminal(Identity.fresh(), APP)).login());
    }
  }

  @AfterAll
  static void stop() {
    ONLINE.forEach(PeerTerminal::close);
    gateway.closeClean();
  }

  private static CompletableFuture<Api.Full> askOverHttp(Trip trip, PeerTerminal terminal) {
    String body = "{\"type\":\"" + trip + "\"," + trip.members + "}";
    return CompletableFuture.supplyAsync(() -> application.full(
        "POST",
        "/v1/terminals/" + terminal.who().serial() + "/commands",
        body.getBytes(StandardCharsets.UTF_8),
        "Prefer",
        "wait=30"));
  }

  /** Verifies that a request that waits is answered with the result of every type, whichever lane the terminal is on. */
  @ParameterizedTest
  @EnumSource
  void asksOverHttp(Trip trip) throws Exception {
    for (PeerTerminal terminal : ONLINE) {
      CompletableFuture<Api.Full> asked = askOverHttp(trip, terminal);
      trip.serve(terminal);
      Api.Full answer = asked.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(answer.answer().status()).as(answer.answer().body()).isEqualTo(200);
      assertThat(answer.headers()).containsEntry("preference-applied", "wait=30");
      JsonNode command = answer.answer().json();
      assertSucceeded(command, trip);
      assertThat(application.get("/v1/commands/" + command.path("id").asText()).json())
          .isEqualTo(command);
    }
  }

  private static void assertSucceeded(JsonNode command, Trip trip) {
    assertThat(command.path("type").asText()).isEqualTo(trip.name());
    assertThat(command.path("state").asText()).as(command.toString()).isEqualTo("succeeded");
    assertThat(command.path("attempts").asInt()).isEqualTo(1);
    assertThat(command.at("/result/code").asInt(-1)).isZero();
  }

  /** Verifies that a request over MQTT is answered with its command, and that the end of every type comes as an event. */
  @ParameterizedTest
  @EnumSource
  void asksOverMqtt(Trip trip) throws Exception {
    String id = "desk-" + trip;
    Mqtt5BlockingClient client = client(id);
    try (var publishes = client.publishes(MqttGlobalPublishFilter.ALL)) {
      for (String filter : List.of("res/" + id, "evt/+/command")) {
        client
            .subscribeWith()
            .topicFilter(topic(filter))
            .qos(MqttQos.AT_LEAST_ONCE)
            .send();
      }
      for (PeerTerminal terminal : ONLINE) {
        client
            .publishWith()
            .topic(topic("req/" + terminal.who().serial() + "/" + trip))
            .qos(MqttQos.AT_LEAST_ONCE)
            .payload(("{" + trip.members + "}").getBytes(StandardCharsets.UTF_8))
            .responseTopic(topic("res/" + id))
            .send();
        trip.serve(terminal);
        String command = "";
        JsonNode ended = MissingNode.getInstance();
        while (command.isEmpty() || ended.isMissingNode()) {
          Mqtt5Publish got =
              publishes.receive(PATIENCE_SECONDS, TimeUnit.SECONDS).orElseThrow();
          JsonNode json = Api.JSON.readTree(got.getPayloadAsBytes());
          if (json.has("command")) {
            command = json.at("/command/id").asText();
          } else if (json.at("/data/times/finished").isTextual()) {
            ended = json.path("data");
          }
        }
        assertSucceeded(ended, trip);
        assertThat(ended.path("id").asText()).isEqualTo(command);
        assertThat(ended.path("serial").asText()).isEqualTo(terminal.who().serial());
      }
    } finally {
      client.disconnect();
    }
  }

  private static String topic(String rest) {
    return "m2m/v1/" + APP + "/" + rest;
  }

  private static Mqtt5BlockingClient client(String id) {
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
        .username(APP)
        .password(application.key().getBytes(StandardCharsets.UTF_8))
        .applySimpleAuth()
        .send();
    return client;
  }
}
