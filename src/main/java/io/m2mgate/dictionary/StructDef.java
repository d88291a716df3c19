package io.m2mgate.dictionary;

import java.util.List;

/**
 * The layout of a structured value.
 *
 * @param repeat the value is a series of this layout
 * @param hexText some terminals write the hex digits as text instead of the bytes
 */
public record StructDef(
    String name,
    List<FieldDef> fields,
    boolean repeat,
    boolean hexText,
    String notes,
    Grade grade) {

  /** The bytes of one element, fields up to the end of the value not counted. */
  public int size() {
    var last = fields.get(fields.size() - 1);
    return last.offset() + Math.max(0, last.size());
  }

  /** Whether the last field takes all that is left. */
  public boolean open() {
    return fields.get(fields.size() - 1).size() < 0;
  }
}
