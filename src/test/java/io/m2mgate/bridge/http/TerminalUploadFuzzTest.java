package io.m2mgate.bridge.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.m2mgate.bridge.ApplicationRegistry;
import io.m2mgate.bridge.BridgeFixture;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.store.ApplicationStore.Application;
import io.m2mgate.wire.Mutations;
import io.m2mgate.wire.Seeds;
import io.m2mgate.wire.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** A target for coverage-guided fuzzing of uploads of terminals: NDJSON and CSV. */
class TerminalUploadFuzzTest {
  private static final int CASES = 3_000;
  private static final int MAX_LINE = 512;
  private static final int CHOICE = 2;
  private static final Set<String> PROFILES = Set.of("wmmp-3");
  private static final BridgeParts PARTS = parts();

  private static BridgeParts parts() {
    var applications = new ApplicationRegistry(null);
    applications.put(new Application("EC01", "", Set.of(), true, 0));
    return new BridgeParts(
        null,
        applications,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        BridgeFixture.plainSealer(),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        Optional.empty(),
        null,
        "fuzz");
  }

  /** A byte that chooses the format, one that says where to cut, and an upload. */
  static List<byte[]> uploads() {
    var csv = new StringBuilder("serial,imei,imsi,app,uplinkPassword,downlinkPassword\r\n");
    var json = new StringBuilder("\uFEFF");
    Vectors.all().stream().filter(v -> v.inputs().has("serial")).distinct().forEach(v -> {
      var in = v.inputs();
      csv.append(in.get("serial").asText())
          .append(',')
          .append(in.get("imei").asText())
          .append(",\"")
          .append(in.get("imsi").asText())
          .append("\",EC01,")
          .append(in.get("uplink").asText())
          .append(',')
          .append(in.get("downlink").asText())
          .append("\r\n");
      json.append("{\"serial\":")
          .append(in.get("serial"))
          .append(",\"imei\":")
          .append(in.get("imei"))
          .append(",\"imsi\":null,\"app\":\"EC01\",\"uplinkPassword\":")
          .append(in.get("uplink"))
          .append(",\"enabled\":true,\"profile\":\"wmmp-3\"}\n");
    });
    return Stream.of(
            "\0\0" + json,
            "\1\7" + csv,
            "\0\1{\"serial\":\"\\u0041\",\"imei\":7}\n\n[1]\n{\"baseKey\":\"00ff\",\"x\":{}}",
            "\1\2app, imei,serial,enabled\nEC01,1,\"a\"\"b\",TRUE\n\"\n,,,\n'a;b'\n",
            "\1\3serial,serial,nosuch\n")
        .map(text -> text.getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  // Verifies that each line of any upload is a terminal or refused with a reason, the same however
  // the bytes are cut.
  @MethodSource("uploads")
  @FuzzTest(maxDuration = "15m")
  void readsAnyUpload(byte[] bytes) {
    if (bytes.length < CHOICE) {
      return;
    }
    var csv = bytes[0] % 2 != 0;
    var body = Arrays.copyOfRange(bytes, CHOICE, bytes.length);
    var whole = read(csv, List.of(body));
    assertThat(read(csv, pieces(body, new Random(bytes[1])))).isEqualTo(whole);
  }

  private static List<byte[]> pieces(byte[] body, Random cuts) {
    var pieces = new ArrayList<byte[]>();
    for (int at = 0; at < body.length; ) {
      int to = Math.min(body.length, at + 1 + cuts.nextInt(cuts.nextBoolean() ? 3 : 200));
      pieces.add(Arrays.copyOfRange(body, at, to));
      at = to;
    }
    return pieces;
  }

  private static List<String> read(boolean csv, List<byte[]> pieces) {
    TerminalLines lines = csv ? new TerminalLines.Csv() : new TerminalLines.Json();
    var splitter = new LineSplitter(MAX_LINE);
    var found = new ArrayList<String>();
    for (var piece : pieces) {
      splitter.feed(piece);
      for (var line = splitter.next(); line.isPresent(); line = splitter.next()) {
        take(line.get(), lines, found);
      }
    }
    splitter.last().ifPresent(line -> take(line, lines, found));
    return found;
  }

  private static void take(LineSplitter.Line line, TerminalLines lines, List<String> found) {
    assertThat(line.bytes().length).isLessThanOrEqualTo(MAX_LINE);
    if (line.tooLong() || line.blank()) {
      found.add(line.number() + (line.tooLong() ? " too long" : " blank"));
    } else if (lines.wantsHeader()) {
      header(line, lines, found);
    } else {
      var row = ImportRow.of(
          line,
          lines,
          fields -> new TerminalBody(fields, PARTS, PROFILES)
              .provision(0, new ImportMode(line.number() % 2 == 0, false)));
      assertThat(row.asked().isPresent()).isNotEqualTo(row.problem().isPresent());
      row.asked().ifPresent(asked -> {
        assertThat(asked.terminal().serial()).matches(Forms.SERIAL);
        assertThat(asked.terminal().app()).isEqualTo("EC01");
      });
      var shown = row.problem().isPresent() ? row.toJson().encode() : "";
      found.add(line.number() + " " + row.serial() + " " + shown);
    }
  }

  private static void header(LineSplitter.Line line, TerminalLines lines, List<String> found) {
    try {
      lines.header(line.bytes());
      assertThat(lines.wantsHeader()).isFalse();
      found.add("header");
    } catch (InvalidRequest refused) {
      assertThat(refused.faults()).isNotEmpty();
      found.add(Optional.ofNullable(refused.getMessage()).orElseThrow());
    }
  }

  // Verifies the same of random changes of the seeds, without a fuzzer.
  @Test
  void standsRandomChanges() {
    Seeds.forAll(CASES, random -> readsAnyUpload(Mutations.of(uploads(), random)));
  }
}
