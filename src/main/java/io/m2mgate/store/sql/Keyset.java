package io.m2mgate.store.sql;

import io.m2mgate.store.Page;
import io.m2mgate.store.StoreFault;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The opaque cursors of paged lists: the last key of a page, so that a page's cost does not grow with its number. Stateless. */
final class Keyset {
  private Keyset() {}

  /** Fails with NOT_FOUND (cursor) where the text cannot have come from {@link #page}. */
  static Optional<String> decode(Optional<String> cursor) {
    return cursor.filter(text -> !text.isEmpty()).map(Keyset::key);
  }

  private static String key(String cursor) {
    try {
      var bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor));
      // Strict, unlike a new String: what is no text is no key.
      var key = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      if (!key.isEmpty() && key.chars().noneMatch(Character::isISOControl)) {
        return key;
      }
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw unknown();
    }
    throw unknown();
  }

  /** What was given is no cursor of the list. */
  static StoreFault unknown() {
    return new StoreFault(StoreFault.Kind.NOT_FOUND, "cursor", "not a cursor of this list");
  }

  /** Cuts a list that was read one item past its limit. */
  static <T> Page<T> page(List<T> oneMore, int limit, Function<T, String> key) {
    if (oneMore.size() <= limit) {
      return new Page<>(List.copyOf(oneMore), Optional.empty());
    }
    List<T> items = List.copyOf(oneMore.subList(0, limit));
    return new Page<>(items, Optional.of(cursor(key.apply(items.get(limit - 1)))));
  }

  /** The cursor behind a key. */
  static String cursor(String key) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(key.getBytes(StandardCharsets.UTF_8));
  }
}
