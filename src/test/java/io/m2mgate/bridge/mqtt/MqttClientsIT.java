package io.m2mgate.bridge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5SubAckException;
import io.m2mgate.bridge.BridgeFixture;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same behaviour with client libraries that the project did not write. */
@Timeout(60)
class MqttClientsIT {
  private static final String ONE = "A972030000000001";
  private static final String ALL = "m2m/v1/EC01/evt/#";
  private static final String DATA = "m2m.data.up";

  @TempDir
  Path directory;

  private BridgeFixture bridge;
  private String key;

  /** The libraries. */
  enum Library {
    PAHO_3 {
      @Override
      TableClient connect(int port, String id, String key, boolean persistent) throws Exception {
        return new PahoClient(port, id, "EC01", key, !persistent);
      }
    },
    PAHO_5 {
      @Override
      TableClient connect(int port, String id, String key, boolean persistent) throws Exception {
        return new Paho5Client(port, id, "EC01", key, persistent ? 600 : 0);
      }
    },
    HIVEMQ_5 {
      @Override
      TableClient connect(int port, String id, String key, boolean persistent) {
        return new Hive(new HiveClient(
            port,
            id,
            key,
            it -> it.cleanStart(!persistent).sessionExpiryInterval(persistent ? 600 : 0)));
      }
    };

    abstract TableClient connect(int port, String id, String key, boolean persistent)
        throws Exception;
  }

  private record Hive(HiveClient client) implements TableClient {
    @Override
    public boolean present() {
      return client.connack.isSessionPresent();
    }

    @Override
    public int subscribe(String filter, int qos) {
      try {
        return client
            .client
            .subscribeWith()
            .topicFilter(filter)
            .qos(MqttQos.fromCode(qos))
            .send()
            .getReasonCodes()
            .get(0)
            .getCode();
      } catch (Mqtt5SubAckException refused) {
        return refused.getMqttMessage().getReasonCodes().get(0).getCode();
      }
    }

    @Override
    public JsonObject event() throws InterruptedException {
      return HiveClient.json(client.next());
    }

    @Override
    public void die() {
      client
          .client
          .disconnectWith()
          .reasonCode(
              com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode
                  .DISCONNECT_WITH_WILL_MESSAGE)
          .send();
    }

    @Override
    public void close() {
      client.close();
    }
  }

  @BeforeEach
  void open() {
    bridge = new BridgeFixture(directory);
    key = bridge.application("EC01");
    bridge.application("EC02");
    bridge.terminal(ONE, "EC01");
  }

  @AfterEach
  void close() {
    bridge.close();
  }

  private TableClient connect(Library library, String id, boolean persistent) throws Exception {
    return library.connect(bridge.mqttPort(), id, key, persistent);
  }

  /** Verifies that each receives in order, resumes a session, shares, and is told of the gateway. */
  @ParameterizedTest
  @EnumSource(Library.class)
  void behavesTheSame(Library library) throws Exception {
    // GIVEN
    var first = connect(library, "c1", true);
    assertThat(first.present()).isFalse();
    assertThat(first.subscribe(ALL, 2)).isEqualTo(1);
    bridge.append("EC01", ONE, DATA, 3);
    for (long offset = 1; offset <= 3; offset++) {
      assertThat(first.event().getLong("offset")).isEqualTo(offset);
    }
    first.die();

    // WHEN
    bridge.append("EC01", ONE, DATA, 50);

    // THEN
    try (var again = connect(library, "c1", true)) {
      assertThat(again.present()).isTrue();
      var fresh = new ArrayList<Long>();
      while (fresh.size() < 50) {
        long offset = again.event().getLong("offset");
        if (offset > 3) {
          fresh.add(offset);
        }
      }
      assertThat(fresh).isSorted().doesNotHaveDuplicates();
    }

    // WHEN, THEN
    try (var clean = connect(library, "c2", false)) {
      assertThat(clean.subscribe("m2m/v1/EC01/status", 1)).isEqualTo(1);
      assertThat(clean.event().getString("gateway")).isEqualTo("online");
      assertThat(clean.subscribe("$share/g/" + ALL, 1)).isEqualTo(1);
      bridge.append("EC01", ONE, DATA, 2);
      assertThat(clean.event().getLong("offset")).isEqualTo(54);
      assertThat(clean.event().getLong("offset")).isEqualTo(55);
    }
  }

  /** Verifies that no form of a filter reaches another application, whichever library sends it. */
  @ParameterizedTest
  @EnumSource(Library.class)
  void reachesNobodyElse(Library library) throws Exception {
    try (var client = connect(library, "c1", false)) {
      for (var filter : List.of(
          "#",
          "+",
          "+/#",
          "/#",
          "m2m/#",
          "m2m/v1/#",
          "m2m/+/EC01/evt/#",
          "m2m/v1/+/evt/#",
          "m2m/v1/+/status",
          "m2m/v1/EC01/#",
          "m2m/v1/EC01/+",
          "m2m/v1/EC01/+/" + ONE + "/data",
          "m2m/v1/EC01/req/#",
          "m2m/v1/EC01/res/#",
          "m2m/v1/EC01/res/+",
          "m2m/v1/EC01/res/other",
          "m2m/v1/EC02/evt/#",
          "m2m/v1/EC02/evt/" + ONE + "/data",
          "m2m/v1/EC02/req/" + ONE + "/read",
          "m2m/v1/EC02/res/c1",
          "m2m/v1/EC02/status",
          "m2m/v1/ec01/evt/#",
          "m2m/v1/EC01/../EC02/evt/#",
          "$SYS/#",
          "$SYS/broker/clients",
          "$share/g/#",
          "$share/g/m2m/v1/+/evt/#",
          "$share/g/m2m/v1/EC02/evt/#",
          "$share/g/m2m/v1/EC02/status",
          "$share/g/$share/h/m2m/v1/EC01/evt/#")) {
        assertThat(client.subscribe(filter, 1)).as(filter).isGreaterThanOrEqualTo(0x80);
      }
    }
  }

  /** Verifies that mosquitto_sub receives what mosquitto_pub caused: the answer to a request, and events. */
  @Test
  void servesMosquitto() throws Exception {
    try (var watch = connect(Library.PAHO_3, "watch", false)) {
      // GIVEN
      watch.subscribe("m2m/v1/EC01/status", 0);
      watch.event();
      var subscriber = mosquitto(
          "mosquitto_sub",
          "-i",
          "desk",
          "-q",
          "1",
          "-C",
          "4",
          "-W",
          "20",
          "-t",
          ALL,
          "-t",
          "m2m/v1/EC01/status",
          "-t",
          "$share/g/" + ALL);
      var lines = subscriber.inputReader();
      assertThat(new JsonObject(lines.readLine()).getString("gateway")).isEqualTo("online");

      // WHEN
      bridge.append("EC01", ONE, DATA, 1);
      assertThat(new JsonObject(lines.readLine()).getLong("offset")).isEqualTo(1);
      assertThat(new JsonObject(lines.readLine()).getLong("offset")).isEqualTo(1);
      var publisher = mosquitto(
          "mosquitto_pub",
          "-V",
          "mqttv5",
          "-i",
          "pub",
          "-q",
          "1",
          "-t",
          "m2m/v1/EC01/req/" + ONE + "/reading",
          "-m",
          "{}");

      // THEN
      assertThat(publisher.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(new String(publisher.getInputStream().readAllBytes())).contains("Not authorized");
      subscriber.destroy();
    }
  }

  private Process mosquitto(String tool, String... arguments) throws Exception {
    var command = new ArrayList<>(
        List.of(tool, "-h", "127.0.0.1", "-p", "" + bridge.mqttPort(), "-u", "EC01", "-P", key));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }
}
