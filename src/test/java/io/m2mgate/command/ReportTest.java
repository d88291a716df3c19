package io.m2mgate.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.Command;
import io.m2mgate.security.RequestFrames;
import io.m2mgate.session.FakeOrigin;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.RecentRequests;
import io.m2mgate.session.Resident;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.session.Terminal;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.Change;
import io.m2mgate.store.ReportedValue;
import io.m2mgate.store.StoredAlarm.Kind;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameBuilder;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Behaviour 5.3.5, and the data of the events in application.md. */
class ReportTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long NOW = 1_700_000_000_000L;

  static Uplink uplink(Frame frame, Command command) {
    return uplink(frame, command, new Resident(SampleTerminal.SERIAL), SampleTerminal.usual());
  }

  static Uplink uplink(Frame frame, Command command, Resident resident, Terminal terminal) {
    FakeOrigin origin = FakeOrigin.at("a");
    return new Uplink(
        new Inbound(frame, origin, NOW),
        resident,
        terminal,
        terminal.open(terminal.keyring().current(), false, 1, NOW),
        RequestFrames.DIALECT,
        RequestFrames.DIALECT.command(command),
        frame.bytes(),
        frame.bodyOffset(),
        frame.bodyLength(),
        false,
        true,
        new RecentRequests().add(1, frame.sequence(), 2, origin, NOW),
        false);
  }

  private static FrameBuilder trap() {
    return FrameBuilder.request(RequestFrames.DIALECT, Command.CONFIG_TRAP)
        .serial(SampleTerminal.SERIAL)
        .sequence(-2);
  }

  private static Report report(FrameBuilder trap) throws Exception {
    Uplink uplink = uplink(RequestFrames.unsigned(trap), Command.CONFIG_TRAP);
    Body body = Body.read(
        uplink.dialect(),
        uplink.command(),
        false,
        uplink.bytes(),
        uplink.bodyOffset(),
        uplink.bodyLength(),
        false);
    return Report.of(uplink, body);
  }

  private static JsonNode data(Change change) throws Exception {
    return JSON.readTree(((Change.AppendEvent) change).dataJson());
  }

  private static JsonNode event(FrameBuilder trap) throws Exception {
    return data(report(trap).event(UplinkMark.NONE));
  }

  // Verifies that known values are told by tag, name and value, and kept as reported.
  @Test
  void tellsValues() throws Exception {
    Report report = report(trap().tlv(0x0011, new byte[] {0, 0, 0, 0x5A}));

    JsonNode data = data(report.event(UplinkMark.NONE));
    assertThat(data.at("/values/0").toString())
        .isEqualTo("{\"tag\":\"0011\",\"name\":\"heartbeat-interval\",\"value\":90}");
    assertThat(data.at("/bearer").asText()).isEqualTo("tcp");
    assertThat(data.at("/seq").asLong()).isEqualTo(0xFFFFFFFEL);
    assertThat(report.values())
        .containsExactly(new ReportedValue(0x0011, "heartbeat-interval", "90", NOW));
    assertThat(report.alarms(9)).isEmpty();
  }

  // Verifies that unknown tags and unexpected lengths are kept raw and marked.
  @Test
  void keepsOddValuesRaw() throws Exception {
    JsonNode data =
        event(trap().tlv(0x7A7A, Bytes.unhex("00ff")).tlv(0x0011, new byte[] {1, 2, 3}));

    assertThat(data.at("/values/0/name").asText()).isEqualTo("tag-7A7A");
    assertThat(data.at("/values/0/raw").asText()).isEqualTo("00FF");
    assertThat(data.at("/values/0/unexpected").asBoolean()).isTrue();
    assertThat(data.at("/values/1/raw").asText()).isEqualTo("010203");
    assertThat(data.at("/values/1/unexpected").asBoolean()).isTrue();
  }

  // Verifies that a repeated tag is kept raw and marked, and the later value is the reported one.
  @Test
  void marksRepeatedTags() throws Exception {
    FrameBuilder twice =
        trap().tlv(0x0011, new byte[] {0, 0, 0, 0x5A}).tlv(0x0011, new byte[] {0, 0, 0, 0x1E});

    JsonNode data = event(twice);

    assertThat(data.at("/values/0").has("repeated")).isFalse();
    assertThat(data.at("/values/1/value").asInt()).isEqualTo(30);
    assertThat(data.at("/values/1/raw").asText()).isEqualTo("0000001E");
    assertThat(data.at("/values/1/repeated").asBoolean()).isTrue();
    assertThat(report(twice).values().get(1).valueJson()).isEqualTo("30");
  }

  // Verifies that a secret is told by name only and kept nowhere, of whatever length it is.
  @Test
  void hidesSecrets() throws Exception {
    Report report = report(trap()
        .tlv(0xE025, Bytes.unhex("5365637265743031"))
        .tlv(0x0004, new byte[40])
        .tlv(0xE002, new byte[16])
        .tlv(0xE00B, new byte[16])
        .tlv(0xE026, new byte[16])
        .tlv(0xE029, new byte[16]));

    String event = data(report.event(UplinkMark.NONE)).toString();
    assertThat(event)
        .contains("\"name\":\"uplink-password\",\"secret\":true")
        .contains("\"name\":\"gprs-password\",\"secret\":true")
        .contains("\"name\":\"pin1-digest\",\"secret\":true")
        .contains("\"name\":\"puk2-digest\",\"secret\":true")
        .contains("\"name\":\"uplink-password-digest\",\"secret\":true")
        .contains("\"name\":\"downlink-password-digest\",\"secret\":true")
        .doesNotContain("Secret01", "5365637265743031", "raw", "value\"");
    assertThat(report.values()).isEmpty();
  }

  // Verifies that each code of an alarm is raised under its type and names.
  @Test
  void raisesAlarms() throws Exception {
    FrameBuilder raised = trap()
        .tlv(0x300B, new byte[] {1})
        .tlv(0x300C, new byte[] {1})
        .tlv(0x300D, new byte[] {0, 4})
        .tlv(0x300D, new byte[] {0, 4})
        .tlv(0x300D, new byte[] {1, 0});

    List<Change> changes = report(raised).alarms(9);

    assertThat(changes)
        .extracting(change -> ((Change.RaiseAlarm) change).kind())
        .containsExactly(
            new Kind(4, "gprsNotOpened", 1, "communication"),
            new Kind(256, "code-256", 1, "communication"));
    Change.RaiseAlarm first = (Change.RaiseAlarm) changes.get(0);
    assertThat(first.maxOpen()).isEqualTo(9);
    assertThat(JSON.readTree(first.detailJson()).path("status").asInt()).isEqualTo(1);
  }

  // Verifies that an alarm without a code is one of its own.
  @Test
  void raisesAlarmsWithoutCode() throws Exception {
    List<Change> changes = report(trap().tlv(0x300B, new byte[] {1})).alarms(9);

    assertThat(((Change.RaiseAlarm) changes.get(0)).kind())
        .isEqualTo(new Kind(-1, "untold", -1, "untold"));
  }

  // Verifies that a restored code is read as hex digits in ASCII and as a number, and that another
  // text names none.
  @Test
  void clearsAlarms() throws Exception {
    assertThat(cleared("30303143")).containsExactly(0x1C);
    assertThat(cleared("30303163")).containsExactly(0x1C);
    assertThat(cleared("001C")).containsExactly(0x1C);
    assertThat(cleared("616C6C")).isEmpty();
    assertThat(cleared("")).isEmpty();
  }

  private static Set<Integer> cleared(String restoredHex) throws Exception {
    Report report =
        report(trap().tlv(0x300B, new byte[] {0}).tlv(0x300E, Bytes.unhex(restoredHex)));
    Change.ClearAlarms clear = (Change.ClearAlarms) report.alarms(9).get(0);
    assertThat(clear.elseAll()).isTrue();
    return clear.codes();
  }

  // Verifies that a status that cannot be read raises and clears nothing.
  @Test
  void takesNoAlarmFromOddStatus() throws Exception {
    assertThat(report(trap().tlv(0x300B, new byte[] {0, 1})).alarms(9)).isEmpty();
  }

  // Verifies that the data event is valid JSON with the members of the description.
  @Test
  void writesDataEvent() throws Exception {
    Frame frame = RequestFrames.unsigned(RequestFrames.of(Command.TRANSPARENT_DATA, -1));
    Uplink uplink = uplink(frame, Command.TRANSPARENT_DATA);

    String json = new DataUpJson().toApplication(uplink, parts(frame.end() - 5, 5), "EC01", true);

    assertThat(JSON.readTree(json))
        .isEqualTo(JSON.readTree(
            "{\"payload\":\"aGVsbG8=\",\"crcOk\":true,\"bearer\":\"tcp\",\"seq\":4294967295,"
                + "\"to\":{\"app\":\"EC01\"},\"profile\":\"sample\",\"dialect\":\"wmmp-3\","
                + "\"suspectedDuplicate\":false}"));
    assertThat(JSON.readTree(
                new DataUpJson().toApplication(uplink, parts(frame.end(), 0), "EC01", false))
            .at("/payload")
            .asText())
        .isEmpty();
  }

  private static DataParts parts(int at, int length) {
    return new DataParts(0, at, length, "", "", false, 0);
  }
}
