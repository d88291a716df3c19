package io.m2mgate.store.sql;

import io.m2mgate.session.SecretSet.Expiries;
import java.util.Optional;

/** Where one kind of secret and its expiry stand, in the tables of credentials and of rotations alike. Immutable. */
record SecretColumns(String kind, String secret, String expiry) {

  /**
   * Sets what is said of it.
   *
   * @param credential an update of what is in force
   * @param copies an update of open rotations, which hold copies of what they do not change
   * @param expires a secret that comes without one never expires
   */
  void set(SqlText credential, SqlText copies, Optional<byte[]> changed, Optional<Long> expires) {
    changed.ifPresent(bytes -> {
      credential.add(", " + secret + " = ").value(bytes);
      copy(copies, secret, bytes);
    });
    if (changed.isPresent() || expires.isPresent()) {
      long second = expires.orElse(Expiries.NONE);
      credential.add(", " + expiry + " = ").value(second);
      copy(copies, expiry, second);
    }
  }

  /** Open rotations that do not change it take both over. */
  void copy(SqlText copies, byte[] bytes, long expires) {
    copy(copies, secret, bytes);
    copy(copies, expiry, expires);
  }

  private void copy(SqlText copies, String column, Object value) {
    copies
        .add(", " + column + " = CASE WHEN ' ' || kinds || ' ' LIKE '% " + kind + " %' THEN "
            + column + " ELSE ")
        .value(value)
        .add(" END");
  }
}
