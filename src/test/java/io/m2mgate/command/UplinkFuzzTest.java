package io.m2mgate.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.m2mgate.bus.Opening;
import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.Command;
import io.m2mgate.security.RequestFrames;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.session.SyncList;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.Change;
import io.m2mgate.store.ReportedValue;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.Mutations;
import io.m2mgate.wire.Seeds;
import io.m2mgate.wire.TlvReader;
import io.m2mgate.wire.Vectors;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/** A target for coverage-guided fuzzing of what handlers make of a request's body. */
class UplinkFuzzTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CASES = 3_000;
  private static final int HEADER = 28;
  private static final int MOST = 16_000;
  private static final byte[] TRAP = Vectors.named("empty-trap").bytes();
  private static final List<Command> COMMANDS =
      List.of(Command.CONFIG_TRAP, Command.TRANSPARENT_DATA, Command.LOGIN);

  /** A byte that chooses the command, and a body. */
  static List<byte[]> bodies() {
    return Vectors.all().stream()
        .filter(vector -> vector.bytes().length > HEADER)
        .map(vector -> {
          byte[] bytes = Arrays.copyOfRange(vector.bytes(), HEADER - 1, vector.bytes().length);
          bytes[0] = (byte)
              switch (Bytes.u16(vector.bytes(), 2)) {
                case 0x0004 -> 1;
                case 0x0001 -> 2;
                default -> 0;
              };
          return bytes;
        })
        .toList();
  }

  // Verifies that any body becomes valid JSON that says of a secret no more than its name, or is
  // malformed.
  @MethodSource("bodies")
  @FuzzTest(maxDuration = "15m")
  void readsAnyBody(byte[] bytes) throws IOException {
    if (bytes.length == 0 || bytes.length > MOST) {
      return;
    }
    Command command = COMMANDS.get((bytes[0] & 0xFF) % COMMANDS.size());
    Uplink uplink = ReportTest.uplink(frame(command, bytes), command);
    try {
      switch (command) {
        case CONFIG_TRAP -> report(uplink);
        case TRANSPARENT_DATA -> data(uplink);
        default -> login(uplink);
      }
    } catch (MalformedFrame malformed) {
      assertThat(malformed.offset()).isBetween(0, uplink.bytes().length);
    }
  }

  private static Frame frame(Command command, byte[] input) {
    byte[] frame = Arrays.copyOf(TRAP, HEADER + input.length - 1);
    System.arraycopy(input, 1, frame, HEADER, input.length - 1);
    Bytes.u16(frame, 0, frame.length);
    Bytes.u16(frame, 2, RequestFrames.DIALECT.command(command).id());
    return RequestFrames.frame(frame);
  }

  private static void report(Uplink trap) throws MalformedFrame, IOException {
    Body body = Body.read(
        trap.dialect(),
        trap.command(),
        false,
        trap.bytes(),
        trap.bodyOffset(),
        trap.bodyLength(),
        false);
    Report report = Report.of(trap, body);
    for (JsonNode value : event(report.event(UplinkMark.NONE)).get("values")) {
      assertThat(value.has("secret")).isNotEqualTo(value.has("value"));
    }
    for (ReportedValue value : report.values()) {
      JSON.readTree(value.valueJson());
    }
    for (Change change : report.alarms(4)) {
      JSON.readTree(
          change instanceof Change.RaiseAlarm raise
              ? raise.detailJson()
              : ((Change.ClearAlarms) change).detailJson());
    }
    ConfigTrapVerticle.synchronise(trap.terminal(), body);
    byte[] stored = trap.terminal().syncList().toBytes();
    SyncList again = new SyncList();
    again.restore(stored);
    assertThat(again.toBytes()).isEqualTo(stored);
    body.checkTlvs(new TlvReader());
  }

  private static void data(Uplink uplink) throws MalformedFrame, IOException {
    DataParts parts = DataParts.of(uplink);
    if (!parts.hasData()) {
      return;
    }
    int at = parts.dataAt();
    String json = new DataUpJson().toApplication(uplink, parts, SampleTerminal.APP, true);
    String payload = JSON.readTree(json).get("payload").textValue();
    assertThat(Base64.getDecoder().decode(payload))
        .isEqualTo(Arrays.copyOfRange(uplink.bytes(), at, at + parts.dataLength()));
  }

  private static void login(Uplink uplink) throws MalformedFrame {
    LoginRequest login = LoginRequest.read(new Opening(
        uplink.inbound(),
        Optional.empty(),
        uplink.dialect(),
        uplink.command(),
        uplink.bodyOffset(),
        uplink.bodyLength(),
        Opening.Proof.NONE));
    assertThat(login.facts().softwareVersion()).matches("[\\x21-\\x7E]*");
    assertThat(login.result(uplink.terminal(), uplink.dialect().tags())).isNotBlank();
  }

  private static JsonNode event(Change change) throws IOException {
    return JSON.readTree(((Change.AppendEvent) change).dataJson());
  }

  // Verifies the same of random changes of the seeds, without a fuzzer.
  @Test
  void standsRandomChanges() {
    Seeds.forAll(CASES, random -> readsAnyBody(Mutations.of(bodies(), random)));
  }
}
