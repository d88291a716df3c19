package io.m2mgate.store.sql;

import io.m2mgate.store.ProfileStore;
import io.m2mgate.store.StoreFault;
import io.vertx.core.Future;
import java.util.Map;
import java.util.TreeMap;

/** The operator's profiles in the database. Stateless; used on any thread. */
final class SqlProfiles implements ProfileStore {
  private final SqlAccess access;

  SqlProfiles(SqlAccess access) {
    this.access = access;
  }

  @Override
  public Future<Map<String, String>> all() {
    return access.read(tx -> tx.query("SELECT name, body FROM profile").map(rows -> {
      Map<String, String> profiles = new TreeMap<>();
      rows.forEach(row -> profiles.put(row.text(0), row.text(1)));
      return profiles;
    }));
  }

  @Override
  public Future<Void> put(String name, String json) {
    return access.exclusive(tx -> tx.update(
            "INSERT INTO profile (name, body) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET body = excluded.body",
            name,
            json)
        .mapEmpty());
  }

  @Override
  public Future<Boolean> delete(String name) {
    return access.exclusive(tx -> tx.query(
            "SELECT serial FROM terminal WHERE profile = $1 LIMIT 1", name)
        .compose(users -> {
          if (!users.isEmpty()) {
            return Future.failedFuture(new StoreFault(
                StoreFault.Kind.IN_USE, "profile", "terminals name the profile " + name));
          }
          return tx.update("DELETE FROM profile WHERE name = $1", name).map(count -> count > 0);
        }));
  }
}
