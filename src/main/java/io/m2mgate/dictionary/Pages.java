package io.m2mgate.dictionary;

/** A table from 16-bit numbers to definitions, in pages of 256: two array reads a lookup, no boxing. */
final class Pages<T> {
  private final Object[][] pages = new Object[256][];

  /** Returns false when the number is taken. */
  boolean put(int number, T value) {
    var page = pages[number >>> 8 & 0xFF];
    if (page == null) {
      page = new Object[256];
      pages[number >>> 8 & 0xFF] = page;
    }
    if (page[number & 0xFF] != null) {
      return false;
    }
    page[number & 0xFF] = value;
    return true;
  }

  boolean has(int number) {
    var page = pages[number >>> 8 & 0xFF];
    return page != null && page[number & 0xFF] != null;
  }

  /** Only for a number that {@link #has} is true of. */
  @SuppressWarnings("unchecked")
  T get(int number) {
    return (T) pages[number >>> 8 & 0xFF][number & 0xFF];
  }
}
