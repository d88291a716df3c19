package io.m2mgate.wire;

import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
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

  private final Frame frame;
  private final Dialect dialect;
  private final int digest;
  private final Wrapping wrapping;
  private final BodyOpener opener;
  private final BodyRows rows;
  private final List<Inside> inside = new ArrayList<>();
  private Optional<MalformedFrame> fault = Optional.empty();

  ExplanationRows(
      Frame frame, Dialect dialect, int digest, boolean showSecrets, BodyOpener opener) {
    this.frame = frame;
    this.dialect = dialect;
    this.digest = digest;
    this.opener = opener;
    this.rows = new BodyRows(dialect, frame.bytes(), frame.offset(), showSecrets);
    this.wrapping = Wrapping.of(frame, dialect, digest);
  }

  List<Row> rows() {
    return rows.rows();
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
      rows.row(
          digest,
          DigestLocator.TLV_SIZE,
          def.hexTag(),
          def.name(),
          def.zh(),
          Bytes.hex(frame.bytes(), digest + 4, DigestLocator.VALUE_SIZE),
          def.grade(),
          "");
    }
    rows.fillGaps(frame.offset(), frame.end());
  }

  private void header() {
    var h = frame.header();
    int at = frame.offset();
    rows.row(at, 2, "length", "total length", "", frame.length(), h.grade(), "");
    rows.row(
        at + 2,
        2,
        "command",
        commandName(),
        "",
        String.format("%04X", frame.command()),
        h.grade(),
        dialect.knows(frame.requestCommand()) ? "" : "not in the dictionary: it gets no answer");
    rows.row(at + 4, 4, "sequence", "sequence", "", frame.sequence() & 0xFFFF_FFFFL, h.grade(), "");
    rows.row(
        at + 8,
        2,
        "version",
        "version",
        "",
        String.format("%04X", frame.version()),
        h.grade(),
        frame.versionKnown() ? "" : "no dialect takes this version");
    if (h.hasFlags()) {
      rows.row(at + h.flagsOffset(), 1, "flags", "flags", "", flags(), h.grade(), "");
      int reserved = h.serialOffset() - h.flagsOffset() - 1;
      if (reserved > 0) {
        rows.row(at + h.flagsOffset() + 1, reserved, "reserved", "reserved", "", "", h.grade(), "");
      }
    }
    rows.row(
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
        rows.raw(off, len, "body", "body of an unknown command");
      }
    } else {
      var command = dialect.command(id);
      rows.body(command, frame.isAck(), off, len, false);
      sessionKey(command, off, len);
    }
  }

  /** What LOGIN_ACK gives to who holds the base key. */
  private void sessionKey(CommandDef command, int off, int len) throws MalformedFrame {
    var body = Body.read(dialect, command, frame.isAck(), frame.bytes(), off, len, false);
    int tag = dialect.tags().encryptedSessionKey();
    var tlvs = new TlvReader();
    if (command.command() == Command.LOGIN && frame.isAck() && body.first(tag, tlvs)) {
      inside(
          tag,
          opener.sessionKey(dialect, tlvs.array(), tlvs.valueOffset(), tlvs.valueLength()),
          (clear, into) -> into.tlvs(new TlvReader(clear, 0, clear.length, true), false));
    }
  }

  /** Explains bytes that stood in a cipher. */
  private interface Part {
    void explain(byte[] clear, BodyRows into) throws MalformedFrame;
  }

  private void inside(int tag, Opening opening, Part part) {
    String name = dialect.tlv(tag).name();
    if (opening instanceof Opening.Closed closed) {
      inside.add(new Inside(name, false, closed.why(), List.of(), Optional.empty()));
    } else if (opening instanceof Opening.Clear open) {
      var shown = new BodyRows(dialect, open.bytes(), 0, rows.showsSecrets());
      Optional<MalformedFrame> broken = Optional.empty();
      try {
        part.explain(open.bytes(), shown);
      } catch (MalformedFrame e) {
        broken = Optional.of(e);
      }
      shown.fillGaps(0, open.bytes().length);
      inside.add(new Inside(name, true, open.how(), shown.rows(), broken));
    }
  }

  private void wrapped(int off, int len) {
    var def = dialect.tlv(Bytes.u16(frame.bytes(), off));
    int size = Bytes.u16(frame.bytes(), off + 2);
    if (wrapping == Wrapping.ENCRYPTED) {
      Opening opening = opener.body(dialect, frame, off + 4, size);
      rows.row(
          off,
          4 + size,
          def.hexTag(),
          def.name(),
          def.zh(),
          "",
          def.grade(),
          opening instanceof Opening.Clear ? "encrypted: see inside" : "encrypted: not decoded");
      inside(def.tag(), opening, (clear, into) -> {
        if (dialect.knows(frame.requestCommand())) {
          into.body(dialect.command(frame.requestCommand()), frame.isAck(), 0, clear.length, true);
        }
      });
      return;
    }
    var value = ValueCodec.decode(def, frame.bytes(), off + 4, size);
    if (rows.showsSecrets() || !(value instanceof Map<?, ?> map) || ValueCodec.unexpected(value)) {
      rows.row(
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
    shown.put("data", BodyRows.HIDDEN);
    int head = Math.min(FIXED - 1, 4 + size);
    rows.row(off, head, def.hexTag(), def.name(), def.zh(), shown, def.grade(), segmentNote(value));
    if (4 + size > head) {
      rows.raw(off + head, 4 + size - head, "part", "a part of the body");
    }
  }

  private String segmentNote(Object value) {
    return value instanceof Map<?, ?> map && map.get("op") instanceof Number op
        ? dialect.segmentOperations().nameOf(op.intValue())
        : "";
  }
}
