package io.m2mgate.bridge.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Problem;
import io.m2mgate.session.ProfileReader;
import io.m2mgate.wire.Mutations;
import io.m2mgate.wire.Seeds;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** A target for coverage-guided fuzzing of request bodies. */
class FieldsFuzzTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final ObjectNode BASE = base();
  private static final int CASES = 3_000;

  private static ObjectNode base() {
    try (var in = ProfileReader.class.getResourceAsStream("/profiles/wmmp-3.json")) {
      return (ObjectNode) JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<byte[]> requests() {
    return Stream.of(
            "",
            "{}",
            """
            {"serial":"A972030000000001","imei":"350000000000001","imsi":null,"app":"EC01",
             "baseKey":"00ff","enabled":true}""",
            "{\"appCode\":\"EC01\",\"name\":\"\\u00e4\\ud83d\\ude00\",\"scopes\":[\"data:read\",7]}",
            "{\"from\":12345678901234567890,\"offset\":-1,\"rows\":1e400}",
            "{\"digest\":\"off\",\"exchange\":{\"sends\":3,\"gapMillis\":1.5},\"bearers\":[\"tcp\"]}",
            "[[[{\"a\":{\"b\":[null]}}]]]",
            "{\"a\":1,\"a\":2} x")
        .map(text -> text.getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  // Verifies that any body is read, or refused as the client's fault with a reason.
  @MethodSource("requests")
  @FuzzTest(maxDuration = "15m")
  void readsAnyBody(byte[] bytes) {
    readFields(bytes);
    readRaw(bytes);
    readProfile(bytes);
  }

  private static void readFields(byte[] bytes) {
    try {
      Fields fields =
          Fields.parse(Buffer.buffer(bytes), "serial", "name", "enabled", "offset", "scopes", "a");
      fields.required("serial", Forms.SERIAL, Forms.SERIAL_VALID);
      fields.text("name", Forms.TITLE, Forms.TITLE_VALID);
      fields.text("a", Forms.BASE_KEY, Forms.BASE_KEY_VALID);
      fields.flag("enabled");
      fields.number("offset", 0).ifPresent(value -> assertThat(value).isNotNegative());
      fields.texts("scopes", List.of("data:read", "data:write"));
      fields.check();
    } catch (InvalidRequest refused) {
      assertThat(refused.faults()).isNotEmpty();
    } catch (Problem malformed) {
      assertThat(malformed.getMessage()).isNotBlank();
    }
  }

  private static void readRaw(byte[] bytes) {
    try {
      Fields.raw(Buffer.buffer(bytes));
    } catch (InvalidRequest | Problem refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }

  private static void readProfile(byte[] bytes) {
    try {
      if (JSON.readTree(bytes) instanceof ObjectNode body) {
        ProfileReader.read("fuzzed", BASE, body, "wmmp-3"::equals);
      }
    } catch (IOException | ProfileReader.InvalidProfile refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }

  // Verifies the same of random changes of the seeds, without a fuzzer.
  @Test
  void standsRandomChanges() {
    Seeds.forAll(CASES, random -> readsAnyBody(Mutations.of(requests(), random)));
  }
}
