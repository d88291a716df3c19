package io.m2mgate.bridge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.m2mgate.wire.Mutations;
import io.m2mgate.wire.Seeds;
import io.netty.handler.codec.mqtt.MqttQoS;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** A target for coverage-guided fuzzing of the filters that clients subscribe to. */
class TopicFilterFuzzTest {
  private static final String APP = "EC01";
  private static final String SERIAL = "A972030000000001";
  private static final String TOPIC = "m2m/v1/EC01/evt/" + SERIAL + "/data";
  private static final int CASES = 20_000;

  static List<byte[]> filters() {
    return Stream.of(
            TOPIC,
            "m2m/v1/EC01/evt/#",
            "m2m/v1/EC01/evt/+/data",
            "m2m/v1/EC01/evt/+/+/#",
            "m2m/v1/EC01/status",
            "m2m/v1/EC01/res/c1",
            "m2m/v1/EC02/evt/#",
            "m2m/v1/+/evt/#",
            "$share/group/m2m/v1/EC01/evt/#",
            "#")
        .map(text -> text.getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  // Verifies that any text is refused, or is a filter of the application's own topics that matches
  // as MQTT 3.1.1, 4.7 says and comes back from storage as it was.
  @MethodSource("filters")
  @FuzzTest(maxDuration = "15m")
  void takesAnyFilter(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    try {
      TopicFilter filter = TopicFilter.parse(text, APP, "c1");
      assertThat(filter.topics()).startsWith("m2m/v1/EC01/");
      assertThat(text).endsWith(filter.topics());
      assertThat(filter.matches(SERIAL, "data")).isEqualTo(matches(filter.topics()));
      Subscriptions subscriptions = new Subscriptions();
      subscriptions.put(Subscriptions.Granted.of(filter, MqttQoS.AT_LEAST_ONCE));
      var stored = Subscriptions.of(subscriptions.toJson(), APP, "c1");
      assertThat(stored.match(SERIAL, "data").map(Subscriptions.Match::qos))
          .isEqualTo(subscriptions.match(SERIAL, "data").map(Subscriptions.Match::qos));
      assertThat(stored.shared()).hasSize(filter.group().isPresent() ? 1 : 0);
    } catch (TopicFilter.Refused refused) {
      assertThat(refused.refusal()).isNotNull();
    }
  }

  /** The filter's meaning told another way: a regular expression over the topic. */
  private static boolean matches(String filter) {
    var expression = new StringBuilder();
    for (String level : filter.split("/", -1)) {
      switch (level) {
        case "+" -> expression.append("/[^/]*");
        case "#" -> expression.append("(/.*)?");
        default -> expression.append('/').append(Pattern.quote(level));
      }
    }
    return Pattern.matches(expression.toString(), "/" + TOPIC);
  }

  // Verifies the same of random changes of the seeds, without a fuzzer.
  @Test
  void standsRandomChanges() {
    Seeds.forAll(CASES, random -> takesAnyFilter(Mutations.of(filters(), random)));
  }
}
