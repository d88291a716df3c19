package io.m2mgate.dictionary;

import java.util.List;

/** The body of one direction of a command: fixed fields, then what follows them. Immutable. */
public final class Layout {
  /** What follows the fixed fields. */
  public enum Tail {
    /** Nothing. */
    NONE,
    /** TLVs. */
    TLVS,
    /** Tags, each with a length of zero. */
    TAGS
  }

  private final List<FieldDef> fields;
  private final Tail tail;
  private final List<String> carries;
  private final String meaning;
  private final int fixedSize;
  private final boolean variable;

  Layout(List<FieldDef> fields, Tail tail, List<String> carries, String meaning) {
    this.fields = List.copyOf(fields);
    this.tail = tail;
    this.carries = List.copyOf(carries);
    this.meaning = meaning;
    var last = fields.isEmpty() ? null : fields.get(fields.size() - 1);
    this.variable = last != null && last.size() < 0;
    this.fixedSize = last == null ? 0 : last.offset() + Math.max(0, last.size());
  }

  public List<FieldDef> fields() {
    return fields;
  }

  public Tail tail() {
    return tail;
  }

  /** The names of the TLVs usually seen here; others are no fault. */
  public List<String> carries() {
    return carries;
  }

  /** What the tail means, in words. */
  public String meaning() {
    return meaning;
  }

  /** The bytes of the fixed fields, a variable one not counted. */
  public int fixedSize() {
    return fixedSize;
  }

  /** Whether the last field takes its size from another one. */
  public boolean variable() {
    return variable;
  }

  /** Whether a field of that name exists. */
  public boolean has(String name) {
    return indexOf(name) >= 0;
  }

  /** The field of that name; asking for one that does not exist is a fault of the program. */
  public FieldDef field(String name) {
    int i = indexOf(name);
    if (i < 0) {
      throw new IllegalArgumentException("no field " + name + " among " + names());
    }
    return fields.get(i);
  }

  /** The names of the fixed fields in order. */
  public List<String> names() {
    return fields.stream().map(FieldDef::name).toList();
  }

  private int indexOf(String name) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
