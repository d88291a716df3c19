package io.m2mgate.wire;

import io.m2mgate.dictionary.CodeTable;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.FieldDef;
import io.m2mgate.dictionary.FieldType;
import io.m2mgate.dictionary.Grade;
import io.m2mgate.dictionary.Layout;
import io.m2mgate.dictionary.TlvDef;
import io.m2mgate.wire.Explanation.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The rows of one run of bytes while they are made: fields, TLVs and what lies between. One explanation, one thread. */
final class BodyRows {
  static final String HIDDEN = "****";

  private final Dialect dialect;
  private final byte[] bytes;
  private final int base;
  private final boolean showSecrets;
  private final List<Row> rows = new ArrayList<>();

  /** @param base where offsets of rows count from */
  BodyRows(Dialect dialect, byte[] bytes, int base, boolean showSecrets) {
    this.dialect = dialect;
    this.bytes = bytes;
    this.base = base;
    this.showSecrets = showSecrets;
  }

  List<Row> rows() {
    return List.copyOf(rows);
  }

  boolean showsSecrets() {
    return showSecrets;
  }

  /** Fields and TLVs of a command's body. */
  void body(CommandDef command, boolean ack, int off, int len, boolean decrypted)
      throws MalformedFrame {
    var body = Body.read(dialect, command, ack, bytes, off, len, decrypted);
    for (FieldDef f : body.layout().fields()) {
      if (body.has(f.name())) {
        field(body, f, ack);
      }
    }
    tlvs(body.tlvs(), body.layout().tail() == Layout.Tail.TAGS);
  }

  private void field(Body body, FieldDef f, boolean ack) throws MalformedFrame {
    int at = body.offsetOf(f.name());
    int size = body.sizeOf(f.name());
    Object value = "";
    var note = "";
    if (Body.numeric(f)) {
      long number = body.intOf(f.name()) & 0xFFFF_FFFFL;
      value = number;
      note = table(body, f, ack)
          .find((int) number)
          .map(c -> c.name() + ": " + c.meaning())
          .orElse("");
    } else if (f.type() == FieldType.ASCII) {
      value = printable(body.textOf(f.name()));
    }
    row(at, size, f.name(), f.meaning(), "", value, f.grade(), note);
  }

  private CodeTable table(Body body, FieldDef f, boolean ack) {
    if (ack) {
      return f.name().equals(body.command().resultField())
          ? body.command().results()
          : CodeTable.EMPTY;
    }
    return switch (body.command().command()) {
      case LOGOUT -> f.name().equals("reason") ? dialect.logoutReasons() : CodeTable.EMPTY;
      case REGISTER ->
        f.name().equals("operation") ? dialect.registerOperations() : CodeTable.EMPTY;
      case SECURITY_CONFIG ->
        f.name().equals("operation") ? dialect.securityOperations() : CodeTable.EMPTY;
      case FILE_REQ -> f.name().equals("status") ? dialect.fileStatuses() : CodeTable.EMPTY;
      default -> CodeTable.EMPTY;
    };
  }

  /** @param tags whether they are bare tags, without values */
  void tlvs(TlvReader reader, boolean tags) throws MalformedFrame {
    while (reader.next()) {
      tlv(reader, tags);
    }
  }

  private void tlv(TlvReader reader, boolean tags) {
    var def = dialect.tlv(reader.tag());
    int len = reader.valueLength();
    if (len == 0 && !def.fits(0) || len == 0 && tags) {
      row(
          reader.tlvOffset(),
          4,
          def.hexTag(),
          def.name(),
          def.zh(),
          "",
          def.grade(),
          "the tag alone");
      return;
    }
    if (def.secret() && !showSecrets) {
      rows.add(new Row(
          reader.tlvOffset() - base,
          4 + len,
          HIDDEN,
          def.hexTag(),
          def.name(),
          def.zh(),
          HIDDEN,
          def.grade(),
          "secret"));
      return;
    }
    var value = ValueCodec.decode(def, reader.array(), reader.valueOffset(), len);
    row(
        reader.tlvOffset(),
        4 + len,
        def.hexTag(),
        def.name(),
        def.zh(),
        value,
        def.grade(),
        note(def, value));
  }

  private static String note(TlvDef def, Object value) {
    if (!def.known()) {
      return "not in the dictionary";
    }
    if (value instanceof Map<?, ?> map && map.get(ValueCodec.UNEXPECTED) instanceof String why) {
      return why;
    }
    return value instanceof Number n && !def.values().isEmpty()
        ? def.values()
            .find(n.intValue())
            .map(c -> c.name() + ": " + c.meaning())
            .orElse("a value without a name")
        : "";
  }

  /** Every byte gets a row: fillers, padding and what lies behind a fault too. */
  void fillGaps(int from, int end) {
    var known = List.copyOf(rows);
    rows.clear();
    int at = from;
    for (Row row : known) {
      gap(at, base + row.offset());
      rows.add(row);
      at = base + row.offset() + row.length();
    }
    gap(at, end);
  }

  private void gap(int from, int to) {
    if (from < to && Bytes.zero(bytes, from, to)) {
      row(from, to - from, "filler", "zero bytes, ignored", "", "", Grade.OBSERVED, "");
    } else if (from < to) {
      raw(from, to - from, "rest", "bytes that could not be read");
    }
  }

  void raw(int at, int len, String field, String name) {
    boolean hide = !showSecrets;
    rows.add(new Row(
        at - base,
        len,
        hide ? HIDDEN : Bytes.hex(bytes, at, len),
        field,
        name,
        "",
        "",
        Grade.INFERRED,
        hide ? "not shown, may hold secrets" : ""));
  }

  void row(
      int at,
      int len,
      String field,
      String name,
      String zh,
      Object value,
      Grade grade,
      String note) {
    rows.add(
        new Row(at - base, len, Bytes.hex(bytes, at, len), field, name, zh, value, grade, note));
  }

  static String printable(String text) {
    return text.replaceAll("[^\\x20-\\x7E]", "?");
  }
}
