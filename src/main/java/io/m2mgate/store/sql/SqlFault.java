package io.m2mgate.store.sql;

/** A database's refusal in the words of both engines, without a stack trace. */
final class SqlFault extends RuntimeException {

  /** Whose fault it is. */
  enum Kind {
    /** A unique key exists; {@link #detail} names the column. */
    DUPLICATE,
    /** A foreign key has no target, or is still referred to. */
    REFERENCE,
    /** The values themselves cannot be stored. */
    VALUE,
    /** The database is away, full, busy or failing. */
    AWAY
  }

  private final transient Kind kind;
  private final String detail;

  SqlFault(Kind kind, String detail, String message) {
    super(message, null, false, false);
    this.kind = kind;
    this.detail = detail;
  }

  static SqlFault away(String message) {
    return new SqlFault(Kind.AWAY, "", message);
  }

  static boolean isAway(Throwable failure) {
    return failure instanceof SqlFault fault && fault.kind == Kind.AWAY;
  }

  static boolean isReference(Throwable failure) {
    return failure instanceof SqlFault fault && fault.kind == Kind.REFERENCE;
  }

  static boolean isDuplicate(Throwable failure) {
    return failure instanceof SqlFault fault && fault.kind == Kind.DUPLICATE;
  }

  Kind kind() {
    return kind;
  }

  String detail() {
    return detail;
  }
}
