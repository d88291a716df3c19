package io.m2mgate.store.sql;

import io.m2mgate.store.ApplicationStore;
import io.m2mgate.store.Page;
import io.m2mgate.store.StoreFault;
import io.vertx.core.Future;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The applications in the database. Stateless; used on any thread. A deleted application gives up its code at once; its log
 * is removed in small steps afterwards.
 */
final class SqlApplications implements ApplicationStore {
  private static final String SELECT =
      "SELECT code, name, scopes, enabled, created, relay_from, relay_queues FROM application WHERE removed = 0";

  private final SqlAccess access;
  private final LogCounters counters; // touched in the writer's turns only
  private final Runnable onRemoved;

  SqlApplications(SqlAccess access, LogCounters counters, Runnable onRemoved) {
    this.access = access;
    this.counters = counters;
    this.onRemoved = onRemoved;
  }

  /** The id of an application; fails with NOT_FOUND. */
  static Future<Long> id(SqlTx tx, String app) {
    return tx.query("SELECT id FROM application WHERE code = $1 AND removed = 0", app)
        .compose(rows -> rows.isEmpty()
            ? SqlAccess.notFound("application", app)
            : Future.succeededFuture(rows.get(0).number(0)));
  }

  @Override
  public Future<Application> create(Application application, ApiKeyHash firstKey) {
    return access.exclusive(tx -> tx.query(
            "INSERT INTO application (code, name, scopes, enabled, created, relay_from, relay_queues)"
                + " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
            application.appCode(),
            application.name(),
            joined(application.scopes()),
            application.enabled() ? 1L : 0L,
            application.createdMillis(),
            joined(application.relay().from()),
            application.relay().queues() ? 1L : 0L)
        .recover(cause -> Future.failedFuture(conflict(cause)))
        .compose(rows -> insert(tx, rows.get(0).number(0), firstKey))
        .map(application));
  }

  private static Throwable conflict(Throwable cause) {
    return SqlFault.isDuplicate(cause)
        ? new StoreFault(
            StoreFault.Kind.CONFLICT, "appCode", "an application with this appCode exists")
        : cause;
  }

  private static Future<Integer> insert(SqlTx tx, long appId, ApiKeyHash key) {
    return tx.update(
            "INSERT INTO app_key (key_id, app_id, hash, created) VALUES ($1, $2, $3, $4)",
            key.keyId(),
            appId,
            key.hash(),
            key.createdMillis())
        .recover(cause -> Future.failedFuture(
            SqlFault.isDuplicate(cause)
                ? new StoreFault(StoreFault.Kind.CONFLICT, "keyId", "a key with this id exists")
                : cause));
  }

  @Override
  public Future<Optional<Application>> read(String appCode) {
    return access.read(tx -> read(tx, appCode));
  }

  private static Future<Optional<Application>> read(SqlTx tx, String appCode) {
    return tx.query(SELECT + " AND code = $1", appCode)
        .map(rows -> rows.stream().findFirst().map(SqlApplications::application));
  }

  @Override
  public Future<Page<Application>> list(Optional<String> cursor, int limit) {
    return access.read(tx -> tx.query(
            SELECT + " AND code > $1 ORDER BY code LIMIT $2",
            Keyset.decode(cursor).orElse(""),
            limit + 1L)
        .map(rows -> Keyset.page(
            rows.stream().map(SqlApplications::application).toList(),
            limit,
            Application::appCode)));
  }

  @Override
  public Future<List<Application>> all() {
    return access.read(tx -> tx.query(SELECT + " ORDER BY code")
        .map(rows -> rows.stream().map(SqlApplications::application).toList()));
  }

  @Override
  public Future<Application> update(String appCode, ApplicationPatch patch) {
    return access.exclusive(tx -> read(tx, appCode).compose(found -> {
      if (found.isEmpty()) {
        return SqlAccess.notFound("application", appCode);
      }
      Application present = found.get();
      Application next = new Application(
          appCode,
          patch.name().orElse(present.name()),
          patch.scopes().orElse(present.scopes()),
          patch.enabled().orElse(present.enabled()),
          new Relay(
              patch.relay().from().orElse(present.relay().from()),
              patch.relay().queues().orElse(present.relay().queues())),
          present.createdMillis());
      return tx.update(
              "UPDATE application SET name = $2, scopes = $3, enabled = $4, relay_from = $5, relay_queues = $6"
                  + " WHERE code = $1",
              appCode,
              next.name(),
              joined(next.scopes()),
              next.enabled() ? 1L : 0L,
              joined(next.relay().from()),
              next.relay().queues() ? 1L : 0L)
          .map(next);
    }));
  }

  @Override
  public Future<Boolean> delete(String appCode) {
    return access
        .<Boolean>exclusive(tx -> {
          counters.forgetLog(appCode);
          return tx.query("SELECT id FROM application WHERE code = $1 AND removed = 0", appCode)
              .compose(rows -> rows.isEmpty()
                  ? Future.succeededFuture(false)
                  : delete(tx, appCode, rows.get(0).number(0)));
        })
        .onSuccess(removed -> {
          if (removed) {
            onRemoved.run();
          }
        });
  }

  private static Future<Boolean> delete(SqlTx tx, String appCode, long id) {
    return tx.query("SELECT serial FROM terminal WHERE app_id = $1 LIMIT 1", id).compose(bound -> {
      if (!bound.isEmpty()) {
        return Future.failedFuture(new StoreFault(
            StoreFault.Kind.IN_USE,
            "application",
            "terminals are bound to the application " + appCode));
      }
      return tx.update("DELETE FROM app_key WHERE app_id = $1", id)
          .compose(done -> tx.update("DELETE FROM consumer WHERE app_id = $1", id))
          .compose(done -> tx.update("DELETE FROM webhook WHERE app_id = $1", id))
          .compose(done -> tx.update(
              "UPDATE application SET removed = 1, enabled = 0, code = $2 WHERE id = $1",
              id,
              "!" + id))
          .map(true);
    });
  }

  @Override
  public Future<Void> addKey(String appCode, ApiKeyHash key) {
    return access.exclusive(
        tx -> id(tx, appCode).compose(appId -> insert(tx, appId, key)).mapEmpty());
  }

  @Override
  public Future<Boolean> removeKey(String appCode, String keyId) {
    return access.exclusive(tx -> tx.update(
            "DELETE FROM app_key WHERE key_id = $1 AND app_id = (SELECT id FROM application WHERE code = $2)",
            keyId,
            appCode)
        .map(count -> count > 0));
  }

  @Override
  public Future<List<ApiKeyHash>> keys(String appCode) {
    return access.read(tx -> tx.query(
            "SELECT k.key_id, k.hash, k.created FROM app_key k JOIN application a ON a.id = k.app_id"
                + " WHERE a.code = $1 ORDER BY k.created, k.key_id",
            appCode)
        .map(rows -> rows.stream().map(row -> key(row, 0)).toList()));
  }

  @Override
  public Future<Optional<KeyOwner>> key(String keyId) {
    return access.read(tx -> tx.query(
            "SELECT a.code, k.key_id, k.hash, k.created FROM app_key k JOIN application a ON a.id = k.app_id"
                + " WHERE k.key_id = $1",
            keyId)
        .map(rows -> rows.stream().findFirst().map(row -> new KeyOwner(row.text(0), key(row, 1)))));
  }

  private static ApiKeyHash key(SqlRow row, int at) {
    return new ApiKeyHash(row.text(at), row.text(at + 1), row.number(at + 2));
  }

  private static Application application(SqlRow row) {
    return new Application(
        row.text(0),
        row.text(1),
        split(row.text(2)),
        row.flag(3),
        new Relay(split(row.text(5)), row.flag(6)),
        row.number(4));
  }

  private static Set<String> split(String words) {
    return words.isEmpty() ? Set.of() : Arrays.stream(words.split(" ")).collect(Collectors.toSet());
  }

  private static String joined(Set<String> words) {
    return String.join(" ", new TreeSet<>(words));
  }
}
