package io.m2mgate.wire;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.dictionary.Grade;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One frame explained byte by byte, as a table for people and as JSON for programs. Immutable.
 *
 * @param digestNote the verdict in words; may be empty
 * @param inside what stood in ciphers, in the order of the frame
 * @param fault why the rest could not be read, if it could not
 */
public record Explanation(
    String dialect,
    String command,
    String serial,
    int length,
    Wrapping wrapping,
    DigestVerdict digest,
    String digestNote,
    List<Row> rows,
    List<Inside> inside,
    Optional<MalformedFrame> fault) {

  private static final JsonMapper JSON = new JsonMapper();

  /**
   * One run of bytes and what it is.
   *
   * @param offset from the start of the frame
   * @param hex the bytes, or stars in place of a secret
   * @param field the place: a header or body field, or the tag
   * @param value what {@link ValueCodec} made of it, or empty text
   */
  public record Row(
      int offset,
      int length,
      String hex,
      String field,
      String name,
      String zh,
      Object value,
      Grade grade,
      String note) {

    /** Its bytes are not shown. */
    public boolean hidden() {
      return hex.equals(RowSheet.HIDDEN);
    }
  }

  /**
   * A part of the frame that is encrypted.
   *
   * @param tlv the name of the TLV that holds it
   * @param note how it was opened, or why it was not
   * @param rows with offsets from the start of the clear text; empty where it was not opened
   */
  public record Inside(
      String tlv, boolean opened, String note, List<Row> rows, Optional<MalformedFrame> fault) {}

  /** All bytes in order, two hex digits each, or two stars where a row hides them. */
  public String shownBytes() {
    var out = new StringBuilder("*".repeat(2 * length));
    for (Row row : rows) {
      if (!row.hidden()) {
        out.replace(2 * row.offset(), 2 * (row.offset() + row.length()), row.hex());
      }
    }
    return out.toString();
  }

  /** A table; long values are cut, JSON has them whole. */
  public String toText() {
    var out = new StringBuilder();
    out.append(command)
        .append(" of ")
        .append(serial)
        .append(", ")
        .append(length)
        .append(" bytes, dialect ");
    out.append(dialect).append(", digest ").append(digest.id()).append('\n');
    if (!digestNote.isEmpty()) {
      out.append("digest: ").append(digestNote).append('\n');
    }
    table(out, rows, fault);
    for (Inside part : inside) {
      out.append(part.opened() ? "inside " : "encrypted: not decoded: ").append(part.tlv());
      out.append(", ").append(part.note()).append('\n');
      if (part.opened()) {
        table(out, part.rows(), part.fault());
      }
    }
    return out.toString();
  }

  private static void table(StringBuilder out, List<Row> rows, Optional<MalformedFrame> fault) {
    out.append(String.format(
        "%6s %6s  %-34s %-18s %-30s %s%n", "offset", "length", "bytes", "field", "name", "value"));
    for (Row row : rows) {
      out.append(line(row));
    }
    fault.ifPresent(f -> out.append("malformed: ").append(f.getMessage()).append('\n'));
  }

  private static String line(Row row) {
    var value = cut(String.valueOf(row.value()), 60);
    var zh = row.zh().isEmpty() ? "" : " " + row.zh();
    var note = row.note().isEmpty() ? "" : " (" + row.note() + ")";
    return String.format(
        "%6d %6d  %-34s %-18s %-30s %s%s [%s]%s%n",
        row.offset(),
        row.length(),
        cut(row.hex(), 34),
        cut(row.field(), 18),
        cut(row.name(), 30),
        value,
        zh,
        row.grade().id(),
        note);
  }

  private static String cut(String text, int max) {
    return text.length() <= max ? text : text.substring(0, max - 2) + "..";
  }

  public ObjectNode toJson() {
    var out = JSON.createObjectNode();
    out.put("command", command).put("serial", serial).put("length", length).put("dialect", dialect);
    out.put("digest", digest.id()).put("wrapping", wrapping.name().toLowerCase(Locale.ROOT));
    if (!digestNote.isEmpty()) {
      out.put("digestNote", digestNote);
    }
    rows(out, rows, fault);
    if (!inside.isEmpty()) {
      var parts = out.putArray("inside");
      for (Inside part : inside) {
        var node = parts.addObject();
        node.put("tlv", part.tlv()).put("opened", part.opened()).put("note", part.note());
        rows(node, part.rows(), part.fault());
      }
    }
    return out;
  }

  private static void rows(ObjectNode out, List<Row> rows, Optional<MalformedFrame> fault) {
    var array = out.putArray("rows");
    for (Row row : rows) {
      var node = array.addObject();
      node.put("offset", row.offset()).put("length", row.length()).put("bytes", row.hex());
      node.put("field", row.field()).put("name", row.name());
      if (!row.zh().isEmpty()) {
        node.put("zh", row.zh());
      }
      node.set("value", JSON.valueToTree(row.value()));
      node.put("grade", row.grade().id());
      if (!row.note().isEmpty()) {
        node.put("note", row.note());
      }
    }
    fault.ifPresent(f -> {
      var node = out.putObject("malformed");
      node.put("reason", f.reason().id())
          .put("offset", f.offset())
          .put("right", f.reason().right());
      if (f.tag() >= 0) {
        node.put("tag", String.format("%04X", f.tag()));
      }
    });
  }
}
