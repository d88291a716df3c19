package io.m2mgate.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.TlvDef;
import io.m2mgate.session.SyncList;
import io.m2mgate.store.ReportedValue;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;
import io.m2mgate.wire.ValueCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What a terminal was told when it asked what its parameters are to be: an execution result says that it has taken it, by order and
 * not by number (behaviour 5.2.3). Stateless; used on the terminal's lane.
 */
final class ToldParameters {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String APPLIED = "applied";
  private static final int TLV_HEADER = 4;

  private ToldParameters() {}

  /** The values that the report confirms; none while commands are open, whose result it may be. */
  static List<ReportedValue> confirmedBy(Uplink trap, Body body) throws MalformedFrame {
    Dialect dialect = body.dialect();
    SyncList synced = trap.terminal().syncList();
    int tag = dialect.tags().executionResult();
    TlvReader tlvs = new TlvReader();
    if (!synced.hasTold() || trap.resident().commandsOpen() || !body.first(tag, tlvs)) {
      return List.of();
    }
    boolean applied = ExecutionResult.of(dialect, Map.of(tag, tlvs.bytes()))
        .filter(result -> result.name().equals(APPLIED))
        .isPresent();
    List<ReportedValue> confirmed = new ArrayList<>();
    synced.takeTold().forEach((told, tlv) -> {
      if (applied) {
        TlvDef def = dialect.tlv(told);
        byte[] value = Arrays.copyOfRange(tlv, TLV_HEADER, tlv.length);
        confirmed.add(new ReportedValue(
            told,
            def.name(),
            JSON.valueToTree(ValueCodec.decode(def, value)).toString(),
            trap.inbound().receivedMillis()));
      }
    });
    return confirmed;
  }
}
