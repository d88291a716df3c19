package io.m2mgate.wire;

import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.TlvDef;
import io.m2mgate.wire.BodyOpener.Opening;
import io.m2mgate.wire.Explanation.Inside;
import io.m2mgate.wire.Explanation.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rows of one explanation while it is made: one frame, one thread. */
final class ExplanationRows {
  private static final int FIXED = 12;
  private static final int TLV_HEADER = 4;

  private final Frame frame;
  private final Dialect dialect;
  private final int digest;
  private final BodyOpener opener;
  private final Wrapping wrapping;
  private final RowSheet sheet;
  private final List<Inside> inside = new ArrayList<>();
  private Optional<MalformedFrame> fault = Optional.empty();

  ExplanationRows(
      Frame frame, Dialect dialect, int digest, BodyOpener opener, boolean showSecrets) {
    this.frame = frame;
    this.dialect = dialect;
    this.digest = digest;
    this.wrapping = Wrapping.of(frame, dialect, digest);
    this.opener = opener;
    this.sheet = new RowSheet(frame.bytes(), frame.offset(), showSecrets);
  }

  List<Row> rows() {
    return sheet.rows();
  }

  List<Inside> inside() {
    return List.copyOf(inside);
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

  /** Explains bytes that stood in a cipher. */
  private interface Part {
    void explain(int length, BodyRows into) throws MalformedFrame;
  }

  /** True when it was opened and holds something that is not shown. */
  private boolean inside(int tag, Opening opening, Part part) {
    String name = dialect.tlv(tag).name();
    if (!(opening instanceof Opening.Clear open)) {
      String why = ((Opening.Closed) opening).why();
      inside.add(new Inside(name, false, why, List.of(), Optional.empty()));
      return false;
    }
    int length = open.bytes().length;
    var shown = new RowSheet(open.bytes(), 0, sheet.showSecrets());
    Optional<MalformedFrame> broken = Optional.empty();
    try {
      part.explain(length, new BodyRows(dialect, shown));
    } catch (MalformedFrame e) {
      broken = Optional.of(e);
    }
    shown.fillGaps(length);
    inside.add(new Inside(name, true, open.how(), shown.rows(), broken));
    return shown.hides();
  }

  /** What LOGIN_ACK gives to who holds the base key. */
  private void sessionKey(CommandDef command, int off, int len) throws MalformedFrame {
    var body = Body.read(dialect, command, frame.isAck(), frame.bytes(), off, len, false);
    int tag = dialect.tags().encryptedSessionKey();
    var tlvs = new TlvReader();
    if (command.command() == Command.LOGIN && frame.isAck() && body.first(tag, tlvs)) {
      Opening opening =
          opener.sessionKey(dialect, tlvs.array(), tlvs.valueOffset(), tlvs.valueLength());
      inside(
          tag,
          opening,
          (length, into) ->
              into.add(new TlvReader(((Opening.Clear) opening).bytes(), 0, length, true), false));
    }
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
    int id = frame.requestCommand();
    if (wrapping != Wrapping.NONE) {
      wrapped(off, len);
      return;
    }
    new BodyRows(dialect, sheet).add(id, frame.isAck(), off, len, false);
    if (dialect.knows(id)) {
      sessionKey(dialect.command(id), off, len);
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
    Opening opening = opener.body(dialect, frame, off + TLV_HEADER, len - TLV_HEADER);
    boolean hides = inside(
        def.tag(),
        opening,
        (length, into) -> into.add(frame.requestCommand(), frame.isAck(), 0, length, true));
    var note =
        opening instanceof Opening.Clear ? "encrypted: see inside" : "encrypted: not decoded";
    if (hides) {
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
