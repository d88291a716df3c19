package io.m2mgate.wire;

import io.m2mgate.dictionary.CodeTable;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.FieldDef;
import io.m2mgate.dictionary.FieldType;
import io.m2mgate.dictionary.Grade;
import io.m2mgate.dictionary.Layout;
import io.m2mgate.dictionary.TlvDef;
import io.m2mgate.wire.Explanation.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rows of one explanation while it is made: one frame, one thread. */
final class ExplanationRows {
  private static final String HIDDEN = "****";
  private static final int FIXED = 12;

  private final Frame frame;
  private final Dialect dialect;
  private final int digest;
  private final boolean showSecrets;
  private final Wrapping wrapping;
  private final List<Row> rows = new ArrayList<>();
  private Optional<MalformedFrame> fault = Optional.empty();

  ExplanationRows(Frame frame, Dialect dialect, int digest, boolean showSecrets) {
    this.frame = frame;
    this.dialect = dialect;
    this.digest = digest;
    this.showSecrets = showSecrets;
    this.wrapping = Wrapping.of(frame, dialect, digest);
  }

  List<Row> rows() {
    return List.copyOf(rows);
  }

  Optional<MalformedFrame> fault() {
    return fault;
  }

  Wrapping wrapping() {
    return wrapping;
  }

  String commandName() {
    int id = frame.requestCommand();
    return dialect.knows(id)
        ? dialect.command(id).name(frame.isAck())
        : String.format("unknown command %04X", frame.command());
  }

  void explain() {
    header();
    try {
      body();
    } catch (MalformedFrame e) {
      fault = Optional.of(new MalformedFrame(e.reason(), e.offset() - frame.offset(), e.tag()));
    }
    if (digest >= 0) {
      var def = dialect.tlv(dialect.tags().digest());
      row(
          digest,
          DigestLocator.TLV_SIZE,
          def.hexTag(),
          def.name(),
          def.zh(),
          Bytes.hex(frame.bytes(), digest + 4, DigestLocator.VALUE_SIZE),
          def.grade(),
          "");
    }
    fillGaps();
  }

  /** Every byte gets a row: fillers, padding and what lies behind a fault too. */
  private void fillGaps() {
    var known = List.copyOf(rows);
    rows.clear();
    int at = frame.offset();
    for (Row row : known) {
      gap(at, frame.offset() + row.offset());
      rows.add(row);
      at = frame.offset() + row.offset() + row.length();
    }
    gap(at, frame.end());
  }

  private void gap(int from, int to) {
    if (from < to && Bytes.zero(frame.bytes(), from, to)) {
      row(from, to - from, "filler", "zero bytes, ignored", "", "", Grade.OBSERVED, "");
    } else if (from < to) {
      raw(from, to - from, "rest", "bytes that could not be read");
    }
  }

  private void header() {
    var h = frame.header();
    int at = frame.offset();
    row(at, 2, "length", "total length", "", frame.length(), h.grade(), "");
    row(
        at + 2,
        2,
        "command",
        commandName(),
        "",
        String.format("%04X", frame.command()),
        h.grade(),
        dialect.knows(frame.requestCommand()) ? "" : "not in the dictionary: it gets no answer");
    row(at + 4, 4, "sequence", "sequence", "", frame.sequence() & 0xFFFF_FFFFL, h.grade(), "");
    row(
        at + 8,
        2,
        "version",
        "version",
        "",
        String.format("%04X", frame.version()),
        h.grade(),
        frame.versionKnown() ? "" : "no dialect takes this version");
    if (h.hasFlags()) {
      row(at + h.flagsOffset(), 1, "flags", "flags", "", flags(), h.grade(), "");
      int reserved = h.serialOffset() - h.flagsOffset() - 1;
      if (reserved > 0) {
        row(at + h.flagsOffset() + 1, reserved, "reserved", "reserved", "", "", h.grade(), "");
      }
    }
    row(
        frame.serialOffset(),
        h.serialSize(),
        "serial",
        "terminal serial",
        "",
        frame.serialValid() ? frame.serial() : "",
        h.grade(),
        frame.serialValid() ? "" : "characters other than A-Z a-z 0-9 . _ -");
  }

  private String flags() {
    var names = new ArrayList<String>();
    if (frame.hasPasswordsFlag()) {
      names.add("passwords");
    }
    if (frame.hasEncryptionFlag()) {
      names.add("encryption");
    }
    if (frame.hasDigestFlag()) {
      names.add("digest");
    }
    if (frame.hasWrappedFlag()) {
      names.add("wrapped");
    }
    return String.join(" ", names);
  }

  private void body() throws MalformedFrame {
    int off = frame.bodyOffset();
    int len = frame.bodyLength(digest);
    int id = frame.requestCommand();
    if (wrapping != Wrapping.NONE) {
      wrapped(off, len);
    } else if (!dialect.knows(id)) {
      if (len > 0) {
        raw(off, len, "body", "body of an unknown command");
      }
    } else {
      var body =
          Body.read(dialect, dialect.command(id), frame.isAck(), frame.bytes(), off, len, false);
      for (FieldDef f : body.layout().fields()) {
        if (body.has(f.name())) {
          field(body, f);
        }
      }
      tlvs(body);
    }
  }

  private void field(Body body, FieldDef f) throws MalformedFrame {
    int at = body.offsetOf(f.name());
    int size = body.sizeOf(f.name());
    Object value = "";
    var note = "";
    if (Body.numeric(f)) {
      long number = body.intOf(f.name()) & 0xFFFF_FFFFL;
      value = number;
      note = table(body, f)
          .find((int) number)
          .map(c -> c.name() + ": " + c.meaning())
          .orElse("");
    } else if (f.type() == FieldType.ASCII) {
      value = printable(body.textOf(f.name()));
    }
    row(at, size, f.name(), f.meaning(), "", value, f.grade(), note);
  }

  private CodeTable table(Body body, FieldDef f) {
    if (frame.isAck()) {
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

  private void tlvs(Body body) throws MalformedFrame {
    var reader = body.tlvs();
    while (reader.next()) {
      tlv(reader, body);
    }
  }

  private void tlv(TlvReader reader, Body body) {
    var def = dialect.tlv(reader.tag());
    int len = reader.valueLength();
    if (len == 0 && !def.fits(0) || len == 0 && body.layout().tail() == Layout.Tail.TAGS) {
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
          reader.tlvOffset() - frame.offset(),
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

  private void wrapped(int off, int len) {
    var def = dialect.tlv(Bytes.u16(frame.bytes(), off));
    int size = Bytes.u16(frame.bytes(), off + 2);
    if (wrapping == Wrapping.ENCRYPTED) {
      row(
          off,
          4 + size,
          def.hexTag(),
          def.name(),
          def.zh(),
          "",
          def.grade(),
          "encrypted: not decoded");
      return;
    }
    var value = ValueCodec.decode(def, frame.bytes(), off + 4, size);
    if (showSecrets || !(value instanceof Map<?, ?> map) || ValueCodec.unexpected(value)) {
      row(
          off,
          4 + size,
          def.hexTag(),
          def.name(),
          def.zh(),
          value,
          def.grade(),
          segmentNote(value));
      return;
    }
    // A part cannot be decoded alone, so nobody can tell whether it holds a secret.
    var shown = new LinkedHashMap<String, Object>();
    map.forEach((k, v) -> shown.put(String.valueOf(k), v));
    shown.put("data", HIDDEN);
    int head = Math.min(FIXED - 1, 4 + size);
    row(off, head, def.hexTag(), def.name(), def.zh(), shown, def.grade(), segmentNote(value));
    if (4 + size > head) {
      raw(off + head, 4 + size - head, "part", "a part of the body");
    }
  }

  private String segmentNote(Object value) {
    return value instanceof Map<?, ?> map && map.get("op") instanceof Number op
        ? dialect.segmentOperations().nameOf(op.intValue())
        : "";
  }

  private void raw(int at, int len, String field, String name) {
    boolean hide = !showSecrets;
    rows.add(new Row(
        at - frame.offset(),
        len,
        hide ? HIDDEN : Bytes.hex(frame.bytes(), at, len),
        field,
        name,
        "",
        "",
        Grade.INFERRED,
        hide ? "not shown, may hold secrets" : ""));
  }

  private void row(
      int at,
      int len,
      String field,
      String name,
      String zh,
      Object value,
      Grade grade,
      String note) {
    rows.add(new Row(
        at - frame.offset(),
        len,
        Bytes.hex(frame.bytes(), at, len),
        field,
        name,
        zh,
        value,
        grade,
        note));
  }

  private static String printable(String text) {
    return text.replaceAll("[^\\x20-\\x7E]", "?");
  }
}
