package io.m2mgate.bridge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.m2mgate.bridge.Topics;
import io.m2mgate.bridge.mqtt.Subscriptions.Granted;
import io.netty.handler.codec.mqtt.MqttQoS;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicFilterTest {

  private static final String SERIAL = "A972030000000001";

  /** Verifies which of the own filters match a data event of one terminal (MQTT 3.1.1, 4.7). */
  @ParameterizedTest
  @CsvSource({
    "#,true",
    "+/#,true",
    "+/+,true",
    "+/data,true",
    "+/alarm,false",
    "A972030000000001/#,true",
    "A972030000000001/data,true",
    "A972030000000001/data/#,true",
    "A972030000000001/notice,false",
    "A972030000000002/data,false",
    "A972030000000001,false",
    "+,false",
    "+/+/+,false",
    "+/+/+/#,false",
  })
  void matches(String levels, boolean expected) throws Exception {
    // WHEN
    var filter = TopicFilter.parse("m2m/v1/EC01/evt/" + levels, "EC01", "c1");

    // THEN
    assertThat(filter.matches(SERIAL, "data")).isEqualTo(expected);
  }

  /** Verifies why filters are refused. */
  @ParameterizedTest
  @CsvSource({
    "m2m/v1/EC01/evt/a+,MALFORMED",
    "m2m/v1/EC01/evt/#/data,MALFORMED",
    "'',MALFORMED",
    "#,FOREIGN",
    "m2m/v1/+/evt/#,FOREIGN",
    "m2m/v1/EC011/evt/#,FOREIGN",
    "m2m/v1/EC01/evt,FOREIGN",
    "m2m/v1/EC01/res/c2,FOREIGN",
    "$share/g/m2m/v1/EC02/evt/#,FOREIGN",
    "$share/g/#,FOREIGN",
    "$share/g/m2m/v1/EC01/status,NOT_SHARED",
    "$share/g/m2m/v1/EC01/res/c1,NOT_SHARED",
    "$share/g,MALFORMED",
    "$share//m2m/v1/EC01/evt/#,MALFORMED",
    "$share/+/m2m/v1/EC01/evt/#,MALFORMED",
  })
  void refuses(String text, TopicFilter.Refusal expected) {
    // WHEN
    var refused = catchThrowableOfType(
        TopicFilter.Refused.class, () -> TopicFilter.parse(text, "EC01", "c1"));

    // THEN
    assertThat(refused.refusal()).isEqualTo(expected);
  }

  /** Verifies that overlapping subscriptions deliver once, with the greatest QoS, and survive being stored. */
  @Test
  void choosesGreatestQos() throws Exception {
    // GIVEN
    var subscriptions = new Subscriptions();
    subscriptions.put(
        Granted.of(TopicFilter.parse("m2m/v1/EC01/evt/#", "EC01", "c1"), MqttQoS.AT_MOST_ONCE));
    subscriptions.put(new Granted(
        TopicFilter.parse("m2m/v1/EC01/evt/+/data", "EC01", "c1"), MqttQoS.AT_LEAST_ONCE, 7, true));

    // WHEN
    var again = Subscriptions.of(subscriptions.toJson(), "EC01", "c1");

    // THEN
    assertThat(again.match(SERIAL, "data").orElseThrow().qos()).isEqualTo(MqttQoS.AT_LEAST_ONCE);
    assertThat(again.match(SERIAL, "alarm").orElseThrow().qos()).isEqualTo(MqttQoS.AT_MOST_ONCE);
    assertThat(again.toJson()).isEqualTo(subscriptions.toJson());
    assertThat(Subscriptions.of(subscriptions.toJson(), "EC02", "c1").isEmpty()).isTrue();
  }

  /** Verifies that each event type has one kind, and an unknown one none. */
  @ParameterizedTest
  @CsvSource({
    "m2m.data.up,data",
    "m2m.alarm.raised,alarm",
    "m2m.terminal.login,notice",
    "m2m.report,report",
    "m2m.parameters.drift,report",
    "m2m.command.updated,command",
    "m2m.key.expired,key",
    "m2m.upgrade.progress,upgrade",
    "m2m.stream.gap,",
    "x.data,"
  })
  void namesKinds(String type, String kind) {
    assertThat(Topics.kind(type).orElse(null)).isEqualTo(kind);
  }

  /** Verifies that packet ids are never zero and come round without hitting a neighbour. */
  @Test
  void makesPacketIds() {
    assertThat(Delivery.packetId(32_766)).isEqualTo(32_767);
    assertThat(Delivery.packetId(32_767)).isEqualTo(1);
    assertThat(Delivery.packetId(1)).isEqualTo(2);
  }
}
