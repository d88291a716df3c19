package io.m2mgate.dictionary;

/** The types a fixed field or a struct field can have. */
public enum FieldType {
  U8(1),
  U16(2),
  U32(4),
  /** A tag number; two bytes, written as four hex digits. */
  TAG(2),
  /** Text of a fixed size, padded with zero bytes. */
  ASCII(0),
  /** Text up to the end of the value; only the last field of a struct. */
  TEXT(0),
  BYTES(0);

  private final int size;

  FieldType(int size) {
    this.size = size;
  }

  /** The size that goes with the type, 0 where the field says it. */
  public int size() {
    return size;
  }

  /** Whether the value is a number. */
  public boolean number() {
    return size > 0;
  }
}
