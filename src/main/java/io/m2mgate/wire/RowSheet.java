package io.m2mgate.wire;

import io.m2mgate.dictionary.Grade;
import io.m2mgate.wire.Explanation.Row;
import java.util.ArrayList;
import java.util.List;

/** The rows of one run of bytes while they are made; offsets count from its start. One explanation, one thread. */
final class RowSheet {
  static final String HIDDEN = "****";

  private final byte[] bytes;
  private final int base;
  private final boolean showSecrets;
  private final List<Row> rows = new ArrayList<>();

  RowSheet(byte[] bytes, int base, boolean showSecrets) {
    this.bytes = bytes;
    this.base = base;
    this.showSecrets = showSecrets;
  }

  byte[] bytes() {
    return bytes;
  }

  boolean showSecrets() {
    return showSecrets;
  }

  List<Row> rows() {
    return List.copyOf(rows);
  }

  boolean hides() {
    return rows.stream().anyMatch(Row::hidden);
  }

  /** Every byte gets a row: fillers, padding and what lies behind a fault too. */
  void fillGaps(int end) {
    var known = List.copyOf(rows);
    rows.clear();
    int at = base;
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

  /** Bytes that nobody can read, and so may be anything. */
  void raw(int at, int len, String field, String name) {
    rows.add(new Row(
        at - base,
        len,
        showSecrets ? Bytes.hex(bytes, at, len) : HIDDEN,
        field,
        name,
        "",
        "",
        Grade.INFERRED,
        showSecrets ? "" : "not shown, may hold secrets"));
  }

  void hidden(int at, int len, String field, String name, String zh, Grade grade, String note) {
    rows.add(new Row(at - base, len, HIDDEN, field, name, zh, HIDDEN, grade, note));
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
}
