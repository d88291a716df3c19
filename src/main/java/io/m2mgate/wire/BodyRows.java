package io.m2mgate.wire;

import io.m2mgate.dictionary.CodeTable;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.FieldDef;
import io.m2mgate.dictionary.FieldType;
import io.m2mgate.dictionary.Layout;
import io.m2mgate.dictionary.TlvDef;
import java.util.List;
import java.util.Map;

/** Puts a body in clear into rows: fixed fields and TLVs. One explanation, one thread. */
final class BodyRows {
  private static final int TLV_HEADER = 4;

  private final Dialect dialect;
  private final RowSheet sheet;

  BodyRows(Dialect dialect, RowSheet sheet) {
    this.dialect = dialect;
    this.sheet = sheet;
  }

  /**
   * @param decrypted whether the bytes come out of a cipher and may end in padding
   * @throws MalformedFrame when the rest cannot be read; what was read before has its rows
   */
  void add(int command, boolean ack, int off, int len, boolean decrypted) throws MalformedFrame {
    if (!dialect.knows(command)) {
      if (len > 0) {
        sheet.raw(off, len, "body", "body of an unknown command");
      }
      return;
    }
    var body =
        Body.read(dialect, dialect.command(command), ack, sheet.bytes(), off, len, decrypted);
    for (FieldDef f : body.layout().fields()) {
      if (body.has(f.name())) {
        field(body, ack, f);
      }
    }
    add(body.tlvs(), body.layout().tail() == Layout.Tail.TAGS);
  }

  /** @param tags whether they are bare tags, without values */
  void add(TlvReader reader, boolean tags) throws MalformedFrame {
    while (reader.next()) {
      tlv(reader, tags);
    }
  }

  private void field(Body body, boolean ack, FieldDef f) throws MalformedFrame {
    int at = body.offsetOf(f.name());
    int size = body.sizeOf(f.name());
    Object value = "";
    var note = "";
    if (Body.numeric(f)) {
      long number = body.intOf(f.name()) & 0xFFFF_FFFFL;
      value = number;
      note = table(body.command(), ack, f)
          .find((int) number)
          .map(c -> c.name() + ": " + c.meaning())
          .orElse("");
    } else if (f.type() == FieldType.ASCII) {
      value = printable(body.textOf(f.name()));
    }
    sheet.row(at, size, f.name(), f.meaning(), "", value, f.grade(), note);
  }

  private CodeTable table(CommandDef command, boolean ack, FieldDef f) {
    if (ack) {
      return f.name().equals(command.resultField()) ? command.results() : CodeTable.EMPTY;
    }
    return switch (command.command()) {
      case LOGOUT -> f.name().equals("reason") ? dialect.logoutReasons() : CodeTable.EMPTY;
      case REGISTER ->
        f.name().equals("operation") ? dialect.registerOperations() : CodeTable.EMPTY;
      case SECURITY_CONFIG ->
        f.name().equals("operation") ? dialect.securityOperations() : CodeTable.EMPTY;
      case FILE_REQ -> f.name().equals("status") ? dialect.fileStatuses() : CodeTable.EMPTY;
      default -> CodeTable.EMPTY;
    };
  }

  private void tlv(TlvReader reader, boolean tags) {
    var def = dialect.tlv(reader.tag());
    int at = reader.tlvOffset();
    int len = reader.valueLength();
    boolean alone = len == 0 && !def.fits(0) || len == 0 && tags;
    if (alone) {
      sheet.row(
          at, TLV_HEADER, def.hexTag(), def.name(), def.zh(), "", def.grade(), "the tag alone");
    } else if (def.secret() && !sheet.showSecrets()) {
      sheet.hidden(at, TLV_HEADER + len, def.hexTag(), def.name(), def.zh(), def.grade(), "secret");
    } else if (reader.tag() == dialect.tags().transparentCommand()
        && len >= InnerCommand.COMMAND_BYTES) {
      innerCommand(def, at, len);
    } else {
      var value = ValueCodec.decode(def, reader.array(), reader.valueOffset(), len);
      sheet.row(
          at,
          TLV_HEADER + len,
          def.hexTag(),
          def.name(),
          def.zh(),
          value,
          def.grade(),
          note(def, value));
    }
  }

  /** The command in a TRANSPARENT_CMD and its fixed fields; its TLVs follow among the others (wire.md 7). */
  private void innerCommand(TlvDef def, int at, int len) {
    int value = at + TLV_HEADER;
    int end = value + len;
    var inner = InnerCommand.at(dialect, sheet.bytes(), value);
    sheet.row(at, TLV_HEADER, def.hexTag(), def.name(), def.zh(), "", def.grade(), "");
    sheet.row(
        value,
        InnerCommand.COMMAND_BYTES,
        "inner",
        inner.name(),
        "",
        inner.hex(),
        def.grade(),
        inner.command().isPresent() ? "" : "not in the dictionary");
    int fields = value + InnerCommand.COMMAND_BYTES;
    int known = fields;
    for (FieldDef f : inner.layout().map(Layout::fields).orElseGet(List::of)) {
      int from = fields + f.offset();
      if (f.size() < 0 || from + f.size() > end) {
        break;
      }
      innerField(inner, f, from);
      known = from + f.size();
    }
    if (known < end) {
      sheet.raw(known, end - known, "rest", "bytes that are no fixed field of the inner command");
    }
  }

  private void innerField(InnerCommand inner, FieldDef f, int from) {
    Object value = "";
    var note = "";
    if (Body.numeric(f)) {
      long number = ValueCodec.number(sheet.bytes(), from, f.size()).longValue();
      value = number;
      note = table(inner.command().orElseThrow(), inner.ack(), f)
          .find((int) number)
          .map(c -> c.name() + ": " + c.meaning())
          .orElse("");
    } else if (f.type() == FieldType.ASCII) {
      value = printable(Body.text(f, sheet.bytes(), from, f.size()));
    }
    sheet.row(from, f.size(), "inner." + f.name(), f.meaning(), "", value, f.grade(), note);
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

  private static String printable(String text) {
    return text.replaceAll("[^\\x20-\\x7E]", "?");
  }
}
