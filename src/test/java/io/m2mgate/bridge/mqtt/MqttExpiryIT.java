package io.m2mgate.bridge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import io.m2mgate.bridge.BridgeFixture;
import io.m2mgate.bridge.http.HttpOptions;
import io.m2mgate.peer.Await;
import io.m2mgate.store.ConsumerStore.Cursor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How long a session is kept without its client (MQTT 5, 3.1.2.11.2), and how many are. */
@Timeout(60)
class MqttExpiryIT {
  private static final long MOST_SECONDS = 1_000;

  @TempDir
  Path directory;

  private BridgeFixture bridge;
  private String key;

  @BeforeEach
  void open() {
    bridge = new BridgeFixture(
        directory,
        HttpOptions.at("127.0.0.1", 0),
        MqttOptions.at("127.0.0.1", 0).withSessions(new MqttOptions.Sessions(MOST_SECONDS, 2, 2)));
    key = bridge.application("EC01");
  }

  @AfterEach
  void close() {
    bridge.close();
  }

  private HiveClient client(String id, long expiry, boolean clean) {
    return new HiveClient(
        bridge.mqttPort(), id, key, it -> it.cleanStart(clean).sessionExpiryInterval(expiry));
  }

  private Optional<Cursor> stored(String id) {
    return BridgeFixture.await(bridge.store.consumers().read("EC01", "mqtt:" + id));
  }

  /** The session once its client has gone. */
  private Cursor left(String id) {
    return Await.value(
        "the session's end of keeping",
        Duration.ofSeconds(20),
        () -> stored(id).filter(cursor -> cursor.expiresMillis() > 0));
  }

  /** Verifies that the time begins when the client has gone, and is the server's where the client asked for more. */
  @Test
  void keepsForSoLong() throws Exception {
    // WHEN
    long before = System.currentTimeMillis();
    var longest = client("long", 0xFFFFFFFFL, false);
    var shorter = client("short", 500, false);

    // THEN
    assertThat(longest.connack.getSessionExpiryInterval()).hasValue(MOST_SECONDS);
    assertThat(shorter.connack.getSessionExpiryInterval()).isEmpty();
    assertThat(stored("long").orElseThrow().expiresMillis()).isZero();

    // WHEN
    longest.close();
    shorter.close();

    // THEN
    assertThat(left("long").expiresMillis()).isGreaterThanOrEqualTo(before + MOST_SECONDS * 1_000);
    assertThat(left("short").expiresMillis())
        .isBetween(before + 500_000, System.currentTimeMillis() + 500_000);
    try (var again = client("short", 500, false)) {
      assertThat(again.connack.isSessionPresent()).isTrue();
      assertThat(stored("short").orElseThrow().expiresMillis()).isZero();
    }
  }

  /** Verifies that a session of 3.1.1 is kept as long as the server keeps any. */
  @Test
  void keepsSessionsOfVersion3() throws Exception {
    // WHEN
    new PahoClient(bridge.mqttPort(), "c3", "EC01", key, false).close();

    // THEN
    assertThat(left("c3").keepMillis()).isEqualTo(MOST_SECONDS * 1_000);
  }

  /** Verifies that an expired session is none, swept or not. */
  @Test
  void expires() throws Exception {
    // GIVEN
    client("c1", 500, false).close();
    var gone = left("c1");

    // WHEN
    BridgeFixture.await(bridge.store.consumers().put("EC01", past(gone)));

    // THEN
    try (var again = client("c1", 500, false)) {
      assertThat(again.connack.isSessionPresent()).isFalse();
    }
  }

  private static Cursor past(Cursor gone) {
    return new Cursor(
        gone.name(),
        gone.kind(),
        gone.offset(),
        gone.stateJson(),
        gone.updatedMillis(),
        gone.keepMillis(),
        System.currentTimeMillis());
  }

  /** Verifies that DISCONNECT shortens the time, also to nothing, and makes no session of what was none. */
  @Test
  void changesAtDisconnect() throws Exception {
    // GIVEN
    var kept = client("kept", 500, false);
    var ended = client("ended", 500, false);
    var none = client("none", 0, false);

    // WHEN
    kept.client.disconnectWith().sessionExpiryInterval(100).send();
    ended.client.disconnectWith().sessionExpiryInterval(0).send();
    none.close();

    // THEN
    assertThat(left("kept").keepMillis()).isEqualTo(100_000);
    Await.until("the session's end", Await.PATIENCE, () -> stored("ended").isEmpty());
    assertThat(stored("none")).isEmpty();
  }

  /** Verifies that those whose clients were connected when the gateway died begin to expire at its next start. */
  @Test
  void countsFromTheNextStart() throws Exception {
    // GIVEN
    try (var client = client("c1", 500, false)) {
      assertThat(stored("c1").orElseThrow().expiresMillis()).isZero();

      // WHEN
      long start = System.currentTimeMillis();
      var next =
          new MqttBridgeVerticle(bridge.parts, MqttOptions.at("127.0.0.1", 0), new ClientIds());
      BridgeFixture.await(bridge.vertx.deployVerticle(next));

      // THEN
      assertThat(stored("c1").orElseThrow().expiresMillis())
          .isGreaterThanOrEqualTo(start + 500_000);
      assertThat(client.client.getState().isConnected()).isTrue();
    }
  }

  /** Verifies that a session too many is refused with the code of each version, and that one that is there is not. */
  @Test
  void boundsSessions() throws Exception {
    // GIVEN
    client("c1", 500, false).close();
    client("c2", 500, false).close();

    // WHEN, THEN
    var refused = catchThrowableOfType(Mqtt5ConnAckException.class, () -> client("c3", 500, false));
    assertThat(refused.getMqttMessage().getReasonCode())
        .isEqualTo(Mqtt5ConnAckReasonCode.QUOTA_EXCEEDED);
    assertThatThrownBy(() -> new PahoClient(bridge.mqttPort(), "c4", "EC01", key, false))
        .satisfies(
            failure -> assertThat(((MqttException) failure).getReasonCode()).isEqualTo(3));
    client("c5", 0, true).close();
    client("c1", 500, true).close();
    client("c2", 500, false).close();
    var counted = bridge.meters.get("m2mgate_mqtt_refused").tag("reason", "quota_exceeded");
    assertThat(counted.counter().count()).isEqualTo(2);
  }
}
