package io.m2mgate.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.Tags;
import io.m2mgate.dictionary.TlvDef;
import io.m2mgate.store.Change;
import io.m2mgate.store.StoredAlarm;
import io.m2mgate.store.StoredAlarm.Kind;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What the alarm TLVs of one CONFIG_TRAP say together (5.3.5). Used by one thread. */
final class AlarmReport {

  private static final int CODE_DIGITS = 4;

  private final Uplink trap;
  private final Tags tags;
  private Optional<Integer> status = Optional.empty();
  private final List<Integer> types = new ArrayList<>();
  private final List<Integer> codes = new ArrayList<>();
  private final Set<Integer> restored = new LinkedHashSet<>();
  private final List<String> restoredTexts = new ArrayList<>();

  AlarmReport(Uplink trap) {
    this.trap = trap;
    this.tags = trap.dialect().tags();
  }

  /** @param value as decoded; one of an unexpected form says nothing */
  void take(TlvReader tlv, Object value) throws MalformedFrame {
    if (tlv.tag() == tags.restoredAlarm()) {
      restored(tlv).ifPresent(restored::add);
      restoredTexts.add(String.valueOf(value));
    } else if (value instanceof Integer number) {
      if (tlv.tag() == tags.alarmStatus()) {
        status = Optional.of(number);
      } else if (tlv.tag() == tags.alarmType()) {
        types.add(number);
      } else if (tlv.tag() == tags.alarmCode() && !codes.contains(number)) {
        codes.add(number);
      }
    }
  }

  /** The code as hex digits in ASCII, as terminals in the field send it, or as the number it is in 300D. */
  private static OptionalInt restored(TlvReader tlv) throws MalformedFrame {
    String text = new String(
            tlv.array(), tlv.valueOffset(), tlv.valueLength(), StandardCharsets.ISO_8859_1)
        .replaceAll("\\x00+$", "");
    if (text.matches("[0-9A-Fa-f]{1," + CODE_DIGITS + "}")) {
      return OptionalInt.of(Integer.parseInt(text, 16));
    }
    return tlv.valueLength() == Short.BYTES ? OptionalInt.of(tlv.u16()) : OptionalInt.empty();
  }

  /**
   * The changes that it comes to; none without a status.
   *
   * @param detail what the events tell besides the alarm
   */
  List<Change> changes(ObjectNode detail, int maxOpen) {
    if (status.isEmpty()) {
      return List.of();
    }
    detail.put("status", status.get());
    return status.get() == 0 ? cleared(detail) : raised(detail, maxOpen);
  }

  private List<Change> cleared(ObjectNode detail) {
    if (!restoredTexts.isEmpty()) {
      detail.put("restored", restoredTexts.get(restoredTexts.size() - 1));
    }
    return List.of(new Change.ClearAlarms(
        trap.terminal().terminalRecord().app(),
        trap.terminal().serial(),
        restored,
        true,
        StoredAlarm.Cause.TERMINAL,
        trap.inbound().receivedMillis(),
        detail.toString()));
  }

  private List<Change> raised(ObjectNode detail, int maxOpen) {
    List<Integer> told = codes.isEmpty() ? List.of(StoredAlarm.UNTOLD) : codes;
    List<Change> changes = new ArrayList<>(told.size());
    for (int i = 0; i < told.size(); i++) {
      int type = types.isEmpty() ? StoredAlarm.UNTOLD : types.get(Math.min(i, types.size() - 1));
      changes.add(new Change.RaiseAlarm(
          trap.terminal().terminalRecord().app(),
          trap.terminal().serial(),
          new Kind(
              told.get(i), name(tags.alarmCode(), told.get(i)), type, name(tags.alarmType(), type)),
          trap.inbound().receivedMillis(),
          detail.toString(),
          maxOpen));
    }
    return changes;
  }

  private String name(int tag, int value) {
    TlvDef def = trap.dialect().tlv(tag);
    return value == StoredAlarm.UNTOLD ? "untold" : def.values().nameOf(value);
  }
}
