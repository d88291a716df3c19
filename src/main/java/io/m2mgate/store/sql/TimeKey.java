package io.m2mgate.store.sql;

/**
 * A place in a list by time: everything older, or of the same instant and a lower id, comes behind it. Immutable.
 *
 * @param id of the item, or its position as text
 */
record TimeKey(long timeMillis, String id) {

  String text() {
    return timeMillis + ":" + id;
  }

  /** Fails with NOT_FOUND (cursor) where the text cannot have come from {@link #text}. */
  static TimeKey parse(String key) {
    int colon = key.indexOf(':');
    if (colon < 1) {
      throw Keyset.unknown();
    }
    return new TimeKey(number(key.substring(0, colon)), key.substring(colon + 1));
  }

  long position() {
    return number(id);
  }

  static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw Keyset.unknown();
    }
  }
}
