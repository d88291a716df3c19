package io.m2mgate.store.sql;

import io.m2mgate.store.SecretKinds;
import java.util.List;
import java.util.Optional;

/**
 * Where sealed values stand in the database: the one list that re-sealing goes by. A column that seals something and is not named
 * here is lost when the master key changes. Stateless.
 */
final class SealedPlaces {

  private static final List<Column> SECRETS = List.of(
      new Column("uplink_password", SecretKinds.UPLINK_PASSWORD, SealedPlaces::whole),
      new Column("downlink_password", SecretKinds.DOWNLINK_PASSWORD, SealedPlaces::whole),
      new Column("base_key", SecretKinds.BASE_KEY, SealedPlaces::whole));

  static final List<Place> ALL = List.of(
      new Place("credential", "serial", SECRETS),
      new Place("rotation", "id", SECRETS),
      new Place(
          "sync_list",
          "serial",
          List.of(new Column("sealed", SecretKinds.SYNC_LIST, SealedPlaces::whole))),
      new Place(
          "command", "id", List.of(new Column("sealed", SecretKinds.COMMAND, SealedPlaces::whole))),
      new Place(
          "session",
          "serial",
          List.of(new Column("tokens", SecretKinds.SESSION_KEY, SealedPlaces::tokens))),
      new Place(
          "webhook",
          "id",
          "id",
          List.of(
              new Column("secret", SecretKinds.WEBHOOK, SealedPlaces::whole),
              new Column("old_secret", SecretKinds.WEBHOOK, SealedPlaces::whole),
              new Column("headers", SecretKinds.WEBHOOK_HEADERS, SealedPlaces::whole))));

  private SealedPlaces() {}

  /**
   * One table.
   *
   * @param key its primary key, a text
   * @param subject the column that its values are bound to
   */
  record Place(String table, String key, String subject, List<Column> columns) {
    Place(String table, String key, List<Column> columns) {
      this(table, key, "serial", columns);
    }
  }

  /** @param kind what its values are, or how that begins: part of what they are bound to */
  record Column(String name, String kind, Form form) {}

  /** Gives what is to stand in the place of a sealed value of this kind: the very same array where nothing else is. */
  @FunctionalInterface
  interface Each {
    byte[] reseal(String kind, byte[] value);
  }

  /** How sealed values stand in a column. */
  @FunctionalInterface
  interface Form {
    /** What is to stand in the column after each sealed value went through; empty when that is what stands there. */
    Optional<Object> reseal(SqlRow row, int column, String kind, Each each);
  }

  private static Optional<Object> whole(SqlRow row, int column, String kind, Each each) {
    byte[] stored = row.bytes(column);
    byte[] other = stored.length == 0 ? stored : each.reseal(kind, stored);
    return other == stored ? Optional.empty() : Optional.of(other);
  }

  private static Optional<Object> tokens(SqlRow row, int column, String kind, Each each) {
    String stored = row.text(column);
    String other = SessionJson.resealed(
        stored, (timestamp, value) -> each.reseal(kind + '/' + timestamp, value));
    return other.equals(stored) ? Optional.empty() : Optional.of(other);
  }
}
