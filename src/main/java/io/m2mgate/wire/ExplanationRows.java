package io.m2mgate.wire;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.TlvDef;
import io.m2mgate.wire.Explanation.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rows of one explanation while it is made: one frame, one thread. */
final class ExplanationRows {
  private static final int FIXED = 12;

  private final Frame frame;
  private final Dialect dialect;
  private final int digest;
  private final Optional<byte[]> clear;
  private final Wrapping wrapping;
  private final RowSheet sheet;
  private final Optional<RowSheet> inside;
  private Optional<MalformedFrame> fault = Optional.empty();

  /** @param clear what an encrypted body says, where that is known */
  ExplanationRows(
      Frame frame, Dialect dialect, int digest, Optional<byte[]> clear, boolean showSecrets) {
    this.frame = frame;
    this.dialect = dialect;
    this.digest = digest;
    this.wrapping = Wrapping.of(frame, dialect, digest);
    this.clear = wrapping == Wrapping.ENCRYPTED ? clear : Optional.empty();
    this.sheet = new RowSheet(frame.bytes(), frame.offset(), showSecrets);
    this.inside = this.clear.map(bytes -> new RowSheet(bytes, 0, showSecrets));
  }

  List<Row> rows() {
    return sheet.rows();
  }

  List<Row> inside() {
    return inside.map(RowSheet::rows).orElseGet(List::of);
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
    inside.ifPresent(this::decrypted);
    header();
    try {
      body();
    } catch (MalformedFrame e) {
      fault = Optional.of(new MalformedFrame(e.reason(), e.offset() - frame.offset(), e.tag()));
    }
    if (digest >= 0) {
      var def = dialect.tlv(dialect.tags().digest());
      sheet.row(
          digest,
          DigestLocator.TLV_SIZE,
          def.hexTag(),
          def.name(),
          def.zh(),
          Bytes.hex(frame.bytes(), digest + 4, DigestLocator.VALUE_SIZE),
          def.grade(),
          "");
    }
    sheet.fillGaps(frame.end());
  }

  private void decrypted(RowSheet rows) {
    int length = rows.bytes().length;
    try {
      new BodyRows(dialect, rows).add(frame.requestCommand(), frame.isAck(), 0, length, true);
    } catch (MalformedFrame e) {
      fault = Optional.of(e);
    }
    rows.fillGaps(length);
  }

  private void header() {
    var h = frame.header();
    int at = frame.offset();
    sheet.row(at, 2, "length", "total length", "", frame.length(), h.grade(), "");
    sheet.row(
        at + 2,
        2,
        "command",
        commandName(),
        "",
        String.format("%04X", frame.command()),
        h.grade(),
        dialect.knows(frame.requestCommand()) ? "" : "not in the dictionary: it gets no answer");
    sheet.row(
        at + 4, 4, "sequence", "sequence", "", frame.sequence() & 0xFFFF_FFFFL, h.grade(), "");
    sheet.row(
        at + 8,
        2,
        "version",
        "version",
        "",
        String.format("%04X", frame.version()),
        h.grade(),
        frame.versionKnown() ? "" : "no dialect takes this version");
    if (h.hasFlags()) {
      sheet.row(at + h.flagsOffset(), 1, "flags", "flags", "", flags(), h.grade(), "");
      int reserved = h.serialOffset() - h.flagsOffset() - 1;
      if (reserved > 0) {
        sheet.row(
            at + h.flagsOffset() + 1, reserved, "reserved", "reserved", "", "", h.grade(), "");
      }
    }
    sheet.row(
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
    if (wrapping != Wrapping.NONE) {
      wrapped(off, len);
    } else {
      new BodyRows(dialect, sheet).add(frame.requestCommand(), frame.isAck(), off, len, false);
    }
  }

  private void wrapped(int off, int len) {
    var def = dialect.tlv(Bytes.u16(frame.bytes(), off));
    int size = Bytes.u16(frame.bytes(), off + 2);
    if (wrapping == Wrapping.ENCRYPTED) {
      encrypted(off, 4 + size, def);
      return;
    }
    var value = ValueCodec.decode(def, frame.bytes(), off + 4, size);
    if (sheet.showSecrets() || !(value instanceof Map<?, ?> map) || ValueCodec.unexpected(value)) {
      sheet.row(
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
    shown.put("data", RowSheet.HIDDEN);
    int head = Math.min(FIXED - 1, 4 + size);
    sheet.row(
        off, head, def.hexTag(), def.name(), def.zh(), shown, def.grade(), segmentNote(value));
    if (4 + size > head) {
      sheet.raw(off + head, 4 + size - head, "part", "a part of the body");
    }
  }

  /** Ciphertext of a secret is not shown either: the key may be a weak one. */
  private void encrypted(int off, int len, TlvDef def) {
    var note = inside.isPresent() ? "encrypted: decrypted apart" : "encrypted: not decoded";
    if (inside.filter(RowSheet::hides).isPresent()) {
      sheet.hidden(off, len, def.hexTag(), def.name(), def.zh(), def.grade(), note);
    } else {
      sheet.row(off, len, def.hexTag(), def.name(), def.zh(), "", def.grade(), note);
    }
  }

  private String segmentNote(Object value) {
    return value instanceof Map<?, ?> map && map.get("op") instanceof Number op
        ? dialect.segmentOperations().nameOf(op.intValue())
        : "";
  }
}
