package io.m2mgate.store.sql;

import java.util.Optional;

/** One row in the few types that both engines share; columns are numbered from 0. */
final class SqlRow {
  private static final byte[] NO_BYTES = {};

  private final Object[] values;

  SqlRow(Object[] values) {
    this.values = values;
  }

  long number(int column) {
    return ((Number) values[column]).longValue();
  }

  boolean flag(int column) {
    return number(column) != 0;
  }

  boolean isNull(int column) {
    return values[column] == null;
  }

  String text(int column) {
    return (String) values[column];
  }

  Optional<String> optionalText(int column) {
    return Optional.ofNullable((String) values[column]);
  }

  byte[] bytes(int column) {
    return values[column] == null ? NO_BYTES : (byte[]) values[column];
  }
}
