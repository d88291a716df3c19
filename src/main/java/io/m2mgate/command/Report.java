package io.m2mgate.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.api.EventTypes;
import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.TlvDef;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.Change;
import io.m2mgate.store.ReportedValue;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;
import io.m2mgate.wire.ValueCodec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * What one CONFIG_TRAP reported, as events and as values to keep. Unknown tags, unexpected lengths and repeated tags are kept raw
 * and marked; a secret's value appears nowhere (5.3.5). Used by one thread.
 */
final class Report {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  /** What is kept of a secret: that it was reported. */
  private static final String SECRET_JSON = "{\"secret\":true}";

  private final Uplink trap;
  private final ArrayNode listed = JSON.createArrayNode();
  private final List<ReportedValue> values = new ArrayList<>();
  private final List<ReportedValue> secrets = new ArrayList<>();
  private final Set<Integer> seen = new HashSet<>();
  private final AlarmReport alarms;

  private Report(Uplink trap) {
    this.trap = trap;
    this.alarms = new AlarmReport(trap);
  }

  static Report of(Uplink trap, Body body) throws MalformedFrame {
    Report report = new Report(trap);
    TlvReader tlvs = body.tlvs();
    while (tlvs.next()) {
      report.add(tlvs);
    }
    return report;
  }

  private void add(TlvReader tlv) throws MalformedFrame {
    TlvDef def = trap.dialect().tlv(tlv.tag());
    ObjectNode entry = listed.addObject().put("tag", def.hexTag()).put("name", def.name());
    if (def.secret()) {
      entry.put("secret", true);
      secrets.add(
          new ReportedValue(tlv.tag(), def.name(), SECRET_JSON, trap.inbound().receivedMillis()));
      return;
    }
    Object value = ValueCodec.decode(def, tlv.array(), tlv.valueOffset(), tlv.valueLength());
    entry.set("value", JSON.valueToTree(value));
    if (value instanceof Integer code) {
      def.values().find(code).ifPresent(known -> entry.put("label", known.name()));
    }
    boolean repeated = !seen.add(tlv.tag());
    boolean unexpected = !def.known() || ValueCodec.unexpected(value);
    if (unexpected) {
      entry.put("unexpected", true);
    }
    if (repeated) {
      entry.put("repeated", true);
    }
    if (unexpected || repeated) {
      entry.put(
          "raw",
          HEX.formatHex(tlv.array(), tlv.valueOffset(), tlv.valueOffset() + tlv.valueLength()));
    }
    values.add(new ReportedValue(
        tlv.tag(), def.name(), entry.get("value").toString(), trap.inbound().receivedMillis()));
    alarms.take(tlv, value);
  }

  /** Values for the terminal's reported state. */
  List<ReportedValue> values() {
    return values;
  }

  /** The same, and that secrets were reported. */
  List<ReportedValue> kept() {
    List<ReportedValue> all = new ArrayList<>(values);
    all.addAll(secrets);
    return all;
  }

  /** The event that tells of the whole trap. */
  Change event(UplinkMark mark) {
    ObjectNode data = JSON.createObjectNode();
    data.set("values", listed);
    return new Change.AppendEvent(
        trap.terminal().terminalRecord().app(),
        trap.terminal().serial(),
        EventTypes.REPORT,
        trap.inbound().receivedMillis(),
        context(data).toString(),
        mark);
  }

  /** What becomes of the terminal's alarms by it. */
  List<Change> alarms(int maxOpen) {
    return alarms.changes(context(JSON.createObjectNode()), maxOpen);
  }

  private ObjectNode context(ObjectNode data) {
    data.put("bearer", trap.inbound().origin().bearer());
    data.put("seq", Integer.toUnsignedLong(trap.inbound().frame().sequence()));
    data.put("profile", trap.terminal().profile().name());
    data.put("dialect", trap.dialect().name());
    data.put("suspectedDuplicate", trap.suspectedDuplicate());
    return data;
  }
}
