package io.m2mgate.wire;

import io.m2mgate.dictionary.CodeTable;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.DictionaryFault;
import io.m2mgate.dictionary.FieldDef;
import io.m2mgate.dictionary.StructDef;
import io.m2mgate.dictionary.TlvDef;
import io.m2mgate.wire.Part.Operation;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The TLV of a part by the layout and the codes of one dialect (wire.md 6). Immutable. */
public final class PartCodec {

  private static final int TLV_HEADER = 4;

  private final int tag;
  private final FieldDef transaction;
  private final FieldDef total;
  private final FieldDef index;
  private final FieldDef operation;
  private final int dataOffset;
  private final Map<Operation, Integer> codes = new EnumMap<>(Operation.class);

  /** @throws DictionaryFault when the dialect's part has not the fields or codes that the program needs */
  public PartCodec(Dialect dialect) {
    TlvDef def = dialect.tlv(dialect.tags().segment());
    StructDef layout =
        def.struct().orElseThrow(() -> new DictionaryFault(def.name() + ": has no struct"));
    tag = def.tag();
    transaction = field(layout, "transaction");
    total = field(layout, "total");
    index = field(layout, "index");
    operation = field(layout, "op");
    dataOffset = field(layout, "data").offset();
    CodeTable table = dialect.segmentOperations();
    codes.put(Operation.PART, table.code("part"));
    codes.put(Operation.SEND, table.code("send"));
    codes.put(Operation.ABORT_BY_SENDER, table.code("abortBySender"));
    codes.put(Operation.ABORT_BY_RECEIVER, table.code("abortByReceiver"));
  }

  private static FieldDef field(StructDef layout, String name) {
    return layout.fields().stream()
        .filter(field -> field.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new DictionaryFault(layout.name() + ": no field " + name));
  }

  /** Bytes of a TLV around so much data. */
  public int size(int dataLength) {
    return TLV_HEADER + dataOffset + dataLength;
  }

  /**
   * Reads a TLV that {@link Wrapping} found to fill a body; empty when its value is shorter than the fixed fields.
   *
   * @param at where its tag stands
   */
  public Optional<Part> read(byte[] bytes, int at) {
    int length = Bytes.u16(bytes, at + 2);
    if (length < dataOffset) {
      return Optional.empty();
    }
    int value = at + TLV_HEADER;
    return Optional.of(new Part(
        number(bytes, value, transaction),
        number(bytes, value, total),
        number(bytes, value, index),
        operation(number(bytes, value, operation)),
        bytes,
        value + dataOffset,
        length - dataOffset));
  }

  private Operation operation(int code) {
    for (var known : codes.entrySet()) {
      if (known.getValue() == code) {
        return known.getKey();
      }
    }
    return Operation.UNKNOWN;
  }

  /** The TLV. */
  public byte[] write(Part part) {
    byte[] out = new byte[size(part.length())];
    Bytes.u16(out, 0, tag);
    Bytes.u16(out, 2, out.length - TLV_HEADER);
    put(out, transaction, part.transaction());
    put(out, total, part.total());
    put(out, index, part.index());
    put(out, operation, codes.get(part.operation()));
    System.arraycopy(part.bytes(), part.offset(), out, TLV_HEADER + dataOffset, part.length());
    return out;
  }

  private static int number(byte[] bytes, int value, FieldDef field) {
    int at = value + field.offset();
    return field.size() == 1 ? Bytes.u8(bytes, at) : Bytes.u16(bytes, at);
  }

  private static void put(byte[] out, FieldDef field, int number) {
    int at = TLV_HEADER + field.offset();
    if (field.size() == 1) {
      out[at] = (byte) number;
    } else {
      Bytes.u16(out, at, number);
    }
  }
}
