package io.m2mgate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.m2mgate.dictionary.TlvDef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Targets for coverage-guided fuzzing of the codec. An ordinary run tries the seeds and random changes of them;
 * {@code scripts/fuzz} searches.
 */
class WireFuzzTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int CASES = 3_000;
  private static final List<byte[]> PACKETS =
      Vectors.all().stream().map(Vectors.Vector::bytes).toList();
  private static final List<byte[]> BODIES = PACKETS.stream()
      .map(packet -> Arrays.copyOfRange(packet, Math.min(28, packet.length), packet.length))
      .toList();

  static List<byte[]> packets() {
    return PACKETS;
  }

  /** The TLVs of the packets, without the frames around them. */
  static List<byte[]> bodies() {
    return BODIES;
  }

  /** Two bytes that choose a tag, and its value as bytes, text or JSON. */
  static List<byte[]> values() {
    return List.of(
        "\0\1".getBytes(StandardCharsets.ISO_8859_1),
        "\0\5192.0.2.1".getBytes(StandardCharsets.ISO_8859_1),
        "\0\7{\"unexpected\":\"x\",\"hex\":\"0102\"}".getBytes(StandardCharsets.ISO_8859_1),
        "\0\12[{\"a\":1},2]".getBytes(StandardCharsets.ISO_8859_1),
        "\0\17-1".getBytes(StandardCharsets.ISO_8859_1),
        "\0\20\177\0\0\0\1\2\3".getBytes(StandardCharsets.ISO_8859_1));
  }

  // Verifies that any bytes are a frame that can be read and explained in full, or malformed.
  @MethodSource("packets")
  @FuzzTest(maxDuration = "15m")
  void readsAnyFrame(byte[] bytes) {
    HostileBytesTest.readEverything(bytes, 0, bytes.length);
    if (bytes.length >= 28) {
      byte[] fitting = bytes.clone();
      Bytes.u16(fitting, 0, Math.min(bytes.length, 0xFFFF));
      HostileBytesTest.readEverything(fitting, 0, fitting.length);
    }
  }

  // Verifies that a walk over any bytes stays within
  // them, goes on, and ends, decrypted or not.
  @MethodSource("bodies")
  @FuzzTest(maxDuration = "15m")
  void walksAnyTlvs(byte[] bytes) {
    walk(bytes, 0, bytes.length, false);
    walk(bytes, 0, bytes.length, true);
    walk(bytes, bytes.length / 3, bytes.length / 2, false);
  }

  private static void walk(byte[] bytes, int from, int length, boolean decrypted) {
    TlvReader reader = new TlvReader(bytes, from, length, decrypted);
    int end = from;
    try {
      while (reader.next()) {
        assertThat(reader.tlvOffset()).isGreaterThanOrEqualTo(end);
        end = reader.position();
        assertThat(end).isEqualTo(reader.valueOffset() + reader.valueLength());
        assertThat(end).isLessThanOrEqualTo(from + length);
        assertThat(reader.bytes()).hasSize(reader.valueLength());
        assertThat(reader.ascii().length()).isLessThanOrEqualTo(reader.valueLength());
      }
    } catch (MalformedFrame malformed) {
      assertThat(malformed.offset()).isBetween(from, from + length);
    }
  }

  // Verifies that any value is decoded, encoded and decoded again to the same, that it can stand in
  // JSON, and that any JSON is encoded or refused with a reason.
  @MethodSource("values")
  @FuzzTest(maxDuration = "15m")
  void turnsAnyValueRound(byte[] bytes) throws IOException {
    if (bytes.length < 2) {
      return;
    }
    List<TlvDef> tags = Vectors.DICTIONARY.dialect().tlvs();
    TlvDef tag = tags.get(Bytes.u16(bytes, 0) % tags.size());
    Object value = ValueCodec.decode(tag, bytes, 2, bytes.length - 2);
    byte[] encoded = ValueCodec.encode(tag, value);
    assertThat(ValueCodec.decode(tag, encoded)).isEqualTo(value);
    assertThat(ValueCodec.encode(tag, JSON.readValue(JSON.writeValueAsBytes(value), Object.class)))
        .isEqualTo(encoded);
    String text = new String(bytes, 2, bytes.length - 2, StandardCharsets.UTF_8);
    encode(tag, text);
    parsed(text).ifPresent(json -> encode(tag, json));
  }

  private static Optional<Object> parsed(String text) {
    try {
      return Optional.ofNullable(JSON.readValue(text, Object.class));
    } catch (JsonProcessingException noJson) {
      return Optional.empty();
    }
  }

  private static void encode(TlvDef tag, Object value) {
    try {
      byte[] encoded = ValueCodec.encode(tag, value);
      Object decoded = ValueCodec.decode(tag, encoded);
      assertThat(ValueCodec.encode(tag, decoded)).isEqualTo(encoded);
    } catch (InvalidValue refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }

  // Verifies the same of random changes of the seeds, without a fuzzer.
  @Test
  void standsRandomChanges() {
    Seeds.forAll(CASES, random -> {
      readsAnyFrame(Mutations.of(packets(), random));
      walksAnyTlvs(Mutations.of(bodies(), random));
      byte[] value = Mutations.of(values(), random);
      turnsAnyValueRound(value);
    });
  }
}
