package io.m2mgate.store.sql;

import io.m2mgate.session.SecretSet.Expiries;
import io.m2mgate.store.Rotation;
import io.m2mgate.store.SealedSecrets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** How rows of rotations become records. Stateless. */
final class RotationRows {
  static final String COLUMNS =
      "r.id, r.serial, r.generation, r.origin, r.kinds, r.state, r.reason, r.uplink_password,"
          + " r.downlink_password, r.base_key, r.uplink_expiry, r.downlink_expiry, r.base_key_expiry, r.created,"
          + " r.updated, r.sent, r.acked, r.ended, r.deadline, r.sends, r.old_sessions";

  private static final String SEPARATOR = " ";

  private RotationRows() {}

  /** The rotation whose columns begin at {@code at}. */
  static Rotation rotation(SqlRow row, int at) {
    return new Rotation(
        row.text(at),
        row.text(at + 1),
        row.number(at + 2),
        Rotation.Origin.valueOf(row.text(at + 3).toUpperCase(Locale.ROOT)),
        words(row.text(at + 4)),
        Rotation.State.of(row.text(at + 5)),
        row.text(at + 6),
        new SealedSecrets(row.bytes(at + 7), row.bytes(at + 8), row.bytes(at + 9)),
        new Expiries(
            row.number(at + 10), row.number(at + 11), row.number(at + 12), row.number(at + 12)),
        row.number(at + 13),
        row.number(at + 14),
        row.number(at + 15),
        row.number(at + 16),
        row.number(at + 17),
        row.number(at + 18),
        (int) row.number(at + 19),
        (int) row.number(at + 20));
  }

  static String joined(Set<String> words) {
    return String.join(SEPARATOR, new TreeSet<>(words));
  }

  static Set<String> words(String joined) {
    return Arrays.stream(joined.split(SEPARATOR))
        .filter(word -> !word.isEmpty())
        .collect(Collectors.toSet());
  }
}
