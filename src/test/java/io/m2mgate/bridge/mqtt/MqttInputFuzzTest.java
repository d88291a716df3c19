package io.m2mgate.bridge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.m2mgate.wire.Mutations;
import io.m2mgate.wire.Seeds;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** A target for coverage-guided fuzzing of what an MQTT client sends, from its bytes to subscriptions. */
class MqttInputFuzzTest {
  private static final String APP = "EC01";
  private static final MqttOptions OPTIONS = MqttOptions.at("127.0.0.1", 0);
  private static final int CASES = 2_000;
  private static final List<byte[]> STREAMS = streamsOfBoth();

  private static List<byte[]> streamsOfBoth() {
    var streams = new ArrayList<byte[]>();
    for (var version : List.of(MqttVersion.MQTT_3_1_1, MqttVersion.MQTT_5)) {
      var properties = new MqttProperties();
      properties.add(new IntegerProperty(MqttProperties.SESSION_EXPIRY_INTERVAL, 60));
      properties.add(new IntegerProperty(MqttProperties.MAXIMUM_PACKET_SIZE, 900));
      properties.add(new IntegerProperty(MqttProperties.RECEIVE_MAXIMUM, 3));
      properties.add(new MqttProperties.UserProperty("a", "b"));
      var connect = MqttMessageBuilders.connect()
          .clientId(version == MqttVersion.MQTT_5 ? "" : "c1")
          .protocolVersion(version)
          .cleanSession(false)
          .keepAlive(30)
          .username(APP)
          .password("key".getBytes())
          .properties(version == MqttVersion.MQTT_5 ? properties : MqttProperties.NO_PROPERTIES)
          .build();
      var subscribe = MqttMessageBuilders.subscribe()
          .messageId(1)
          .addSubscription(MqttQoS.AT_LEAST_ONCE, "m2m/v1/EC01/evt/#")
          .addSubscription(MqttQoS.EXACTLY_ONCE, "$share/g/m2m/v1/EC01/evt/+/data")
          .addSubscription(MqttQoS.AT_MOST_ONCE, "m2m/v1/EC01/evt/+/alarm")
          .build();
      var unsubscribe = MqttMessageBuilders.unsubscribe()
          .messageId(2)
          .addTopicFilter("m2m/v1/EC01/evt/#")
          .build();
      var publish = MqttMessageBuilders.publish()
          .topicName("m2m/v1/EC01/req/A972030000000001/data")
          .qos(MqttQoS.AT_LEAST_ONCE)
          .messageId(3)
          .payload(Unpooled.wrappedBuffer(new byte[] {1, 2, 3}))
          .build();
      streams.add(bytes(connect, subscribe, unsubscribe, publish));
      streams.add(bytes(connect, MqttMessage.PINGREQ, subscribe, MqttMessage.DISCONNECT));
    }
    return streams;
  }

  private static byte[] bytes(MqttMessage... messages) {
    var channel = new EmbeddedChannel(MqttEncoder.INSTANCE);
    var all = Unpooled.buffer();
    for (var message : messages) {
      ReferenceCountUtil.retain(message);
      channel.writeOutbound(message);
    }
    for (io.netty.buffer.ByteBuf part = channel.readOutbound();
        part != null;
        part = channel.readOutbound()) {
      all.writeBytes(part);
      part.release();
    }
    byte[] bytes = new byte[all.readableBytes()];
    all.readBytes(bytes);
    return bytes;
  }

  static List<byte[]> streams() {
    return STREAMS;
  }

  // Verifies that any bytes are packets or refused, that a CONNECT gives terms that can be kept,
  // and
  // that subscriptions come back from storage as they were.
  @MethodSource("streams")
  @FuzzTest(maxDuration = "15m")
  void readsAnyStream(byte[] bytes) {
    var channel = new EmbeddedChannel(
        new MqttDecoder(OPTIONS.maxMessageBytes(), OPTIONS.maxClientIdLength()));
    var subscriptions = new Subscriptions();
    try {
      channel.writeInbound(Unpooled.wrappedBuffer(bytes));
      for (MqttMessage message = channel.readInbound();
          message != null;
          message = channel.readInbound()) {
        read(message, subscriptions);
        ReferenceCountUtil.release(message);
      }
    } catch (DecoderException refused) {
      assertThat(refused.getCause()).isNotInstanceOf(Error.class);
    } finally {
      channel.finishAndReleaseAll();
    }
    var stored = subscriptions.toJson();
    assertThat(Subscriptions.of(new JsonObject(stored.encode()), APP, "c1").toJson())
        .isEqualTo(stored);
  }

  private static void read(MqttMessage message, Subscriptions subscriptions) {
    if (message.decoderResult().isFailure()) {
      assertThat(message.decoderResult().cause()).isNotInstanceOf(Error.class);
    } else if (message instanceof MqttConnectMessage connect) {
      connect(connect);
    } else if (message instanceof MqttSubscribeMessage subscribe) {
      subscribe
          .payload()
          .topicSubscriptions()
          .forEach(asked -> subscribe(asked.topicName(), asked.qualityOfService(), subscriptions));
    } else if (message instanceof MqttUnsubscribeMessage unsubscribe) {
      unsubscribe.payload().topics().forEach(subscriptions::remove);
    } else if (message.variableHeader() instanceof MqttMessageIdVariableHeader id) {
      assertThat(id.messageId()).isBetween(1, 65_535);
    }
  }

  private static void connect(MqttConnectMessage connect) {
    var header = connect.variableHeader();
    var terms = ConnectTerms.of(
        connect.payload().clientIdentifier(),
        header.version(),
        header.isCleanSession(),
        header.properties());
    assertThat(terms.clientId()).isNotEmpty();
    if (terms.lawful()) {
      assertThat(terms.receiveMaximum()).isBetween(1, 65_535);
      assertThat(terms.packetBytes()).isPositive();
    }
    assertThat(terms.answer(OPTIONS)).isNotNull();
  }

  private static void subscribe(String text, MqttQoS qos, Subscriptions subscriptions) {
    try {
      var filter = TopicFilter.parse(text, APP, "c1");
      subscriptions.put(Subscriptions.Granted.of(
          filter, qos == MqttQoS.AT_MOST_ONCE ? qos : MqttQoS.AT_LEAST_ONCE));
    } catch (TopicFilter.Refused refused) {
      assertThat(refused.refusal()).isNotNull();
    }
  }

  // Verifies the same of random changes of the seeds, without a fuzzer.
  @Test
  void standsRandomChanges() {
    Seeds.forAll(CASES, random -> readsAnyStream(Mutations.of(streams(), random)));
  }
}
