package io.m2mgate.store.sql;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A statement under construction with its numbered values. Owned by the method that builds it. */
final class SqlText {
  private static final int[] LIST_SIZES = {1, 4, 16, 64, 256};
  static final int MAX_LIST = 256;

  private final StringBuilder text;
  private final List<Object> values = new ArrayList<>();

  SqlText(String start) {
    text = new StringBuilder(start);
  }

  SqlText add(String piece) {
    text.append(piece);
    return this;
  }

  /** Appends the number of a value. */
  SqlText value(Object value) {
    values.add(value);
    text.append('$').append(values.size());
    return this;
  }

  /** Appends one more row of VALUES. */
  SqlText row(Object... items) {
    text.append(values.isEmpty() ? "(" : ", (");
    for (int i = 0; i < items.length; i++) {
      text.append(i == 0 ? "" : ", ");
      value(items[i]);
    }
    text.append(')');
    return this;
  }

  /** Appends {@code ($1, $2, …)}, filled up by repetition so that there are few different texts to prepare. */
  SqlText list(Collection<String> items) {
    List<String> all = List.copyOf(items);
    int size = all.size();
    for (int fit : LIST_SIZES) {
      if (fit >= size) {
        size = fit;
        break;
      }
    }
    text.append('(');
    for (int i = 0; i < size; i++) {
      text.append(i == 0 ? "" : ",");
      value(all.get(Math.min(i, all.size() - 1)));
    }
    text.append(')');
    return this;
  }

  String sql() {
    return text.toString();
  }

  Object[] values() {
    return values.toArray();
  }
}
