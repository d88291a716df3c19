package io.m2mgate.store.sql;

import io.m2mgate.store.Page;
import io.m2mgate.store.StoreFault;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The opaque cursors of paged lists: the last key of a page, so that a page's cost does not grow with its number. Stateless. */
final class Keyset {
  private Keyset() {}

  static Optional<String> decode(Optional<String> cursor) {
    try {
      return cursor.map(
          text -> new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new StoreFault(StoreFault.Kind.NOT_FOUND, "cursor", "not a cursor of this list");
    }
  }

  /** Cuts a list that was read one item past its limit. */
  static <T> Page<T> page(List<T> oneMore, int limit, Function<T, String> key) {
    if (oneMore.size() <= limit) {
      return new Page<>(List.copyOf(oneMore), Optional.empty());
    }
    List<T> items = List.copyOf(oneMore.subList(0, limit));
    byte[] last = key.apply(items.get(limit - 1)).getBytes(StandardCharsets.UTF_8);
    return new Page<>(
        items, Optional.of(Base64.getUrlEncoder().withoutPadding().encodeToString(last)));
  }
}
