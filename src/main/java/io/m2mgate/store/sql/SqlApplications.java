package io.m2mgate.store.sql;

import io.m2mgate.config.Cidr;
import io.m2mgate.store.ApplicationStore;
import io.m2mgate.store.Page;
import io.m2mgate.store.StoreFault;
import io.vertx.core.Future;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
      "SELECT code, name, scopes, enabled, created, relay_from, relay_queues, rate_second, rate_burst, allow_from"
          + " FROM application WHERE removed = 0";

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
            "INSERT INTO application (code, name, scopes, enabled, created, relay_from, relay_queues,"
                + " rate_second, rate_burst, allow_from)"
                + " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
            application.appCode(),
            application.name(),
            joined(application.scopes()),
            application.enabled() ? 1L : 0L,
            application.createdMillis(),
            joined(application.relay().from()),
            application.relay().queues() ? 1L : 0L,
            perSecond(application.limits()),
            burst(application.limits()),
            ranges(application.limits()))
        .recover(cause -> Future.failedFuture(conflict(cause)))
        .compose(rows -> AppKeyRows.insert(tx, rows.get(0).number(0), firstKey))
        .map(application));
  }

  private static Throwable conflict(Throwable cause) {
    return SqlFault.isDuplicate(cause)
        ? new StoreFault(
            StoreFault.Kind.CONFLICT, "appCode", "an application with this appCode exists")
        : cause;
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
          new Limits(
              patch.limits().rate().orElse(present.limits().rate()),
              patch.limits().allowFrom().orElse(present.limits().allowFrom())),
          present.createdMillis());
      return tx.update(
              "UPDATE application SET name = $2, scopes = $3, enabled = $4, relay_from = $5, relay_queues = $6,"
                  + " rate_second = $7, rate_burst = $8, allow_from = $9 WHERE code = $1",
              appCode,
              next.name(),
              joined(next.scopes()),
              next.enabled() ? 1L : 0L,
              joined(next.relay().from()),
              next.relay().queues() ? 1L : 0L,
              perSecond(next.limits()),
              burst(next.limits()),
              ranges(next.limits()))
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
          .compose(done -> tx.update("DELETE FROM app_grant WHERE app_id = $1", id))
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
  public Future<Boolean> addKey(String appCode, ApiKeyHash key, int most) {
    return access.exclusive(tx -> id(tx, appCode)
        .compose(appId -> AppKeyRows.room(tx, appId, key.createdMillis(), most)
            .compose(room -> room
                ? AppKeyRows.insert(tx, appId, key).map(true)
                : Future.succeededFuture(false))));
  }

  @Override
  public Future<Optional<ApiKeyHash>> rotateKey(
      String appCode, String keyId, ApiKeyHash next, long endsMillis, int most) {
    return access.exclusive(tx -> id(tx, appCode)
        .compose(appId -> AppKeyRows.of(tx, appId, keyId).compose(found -> {
          if (found.isEmpty()) {
            return SqlAccess.notFound("key", keyId);
          }
          ApiKeyHash old = found.get();
          long ends = old.terms().expiresMillis();
          if (ends > 0 && ends <= endsMillis) {
            return Future.failedFuture(
                new StoreFault(StoreFault.Kind.STALE, "key", "the key ends by then already"));
          }
          ApiKeyHash key = successor(old, next);
          return AppKeyRows.room(tx, appId, next.createdMillis(), most)
              .compose(room ->
                  room ? rotate(tx, appId, keyId, key, endsMillis) : Future.succeededFuture())
              .map(done -> Optional.ofNullable(done));
        })));
  }

  /** With the same name, scopes and life. */
  private static ApiKeyHash successor(ApiKeyHash old, ApiKeyHash next) {
    long ends = old.terms().expiresMillis();
    long expires = ends == 0 ? 0 : next.createdMillis() + ends - old.createdMillis();
    return new ApiKeyHash(
        next.keyId(),
        next.hash(),
        next.createdMillis(),
        new KeyTerms(old.terms().name(), expires, old.terms().scopes(), 0));
  }

  private static Future<ApiKeyHash> rotate(
      SqlTx tx, long appId, String keyId, ApiKeyHash next, long endsMillis) {
    return AppKeyRows.insert(tx, appId, next)
        .compose(done ->
            tx.update("UPDATE app_key SET expires = $2 WHERE key_id = $1", keyId, endsMillis))
        .map(next);
  }

  @Override
  public Future<Boolean> removeKey(String appCode, String keyId) {
    return access.exclusive(tx -> tx.update(
            "DELETE FROM app_key WHERE key_id = $1 AND app_id = (SELECT id FROM application WHERE code = $2)",
            keyId,
            appCode)
        .compose(count -> count == 0
            ? Future.succeededFuture(false)
            : SqlGrants.endOfKey(tx, keyId, System.currentTimeMillis()).map(true)));
  }

  @Override
  public Future<List<ApiKeyHash>> keys(String appCode) {
    return access.read(tx -> AppKeyRows.all(tx, appCode));
  }

  @Override
  public Future<Optional<KeyOwner>> key(String keyId) {
    return access.read(tx -> AppKeyRows.owner(tx, keyId));
  }

  @Override
  public Future<List<KeyOwner>> endingKeys() {
    return access.read(AppKeyRows::ending);
  }

  @Override
  public Future<Void> keysUsed(Map<String, Long> millis) {
    return access.write(tx -> AppKeyRows.used(tx, millis));
  }

  private static Application application(SqlRow row) {
    return new Application(
        row.text(0),
        row.text(1),
        split(row.text(2)),
        row.flag(3),
        new Relay(split(row.text(5)), row.flag(6)),
        limits(row),
        row.number(4));
  }

  private static Limits limits(SqlRow row) {
    Optional<Rate> rate = row.number(7) < 0
        ? Optional.empty()
        : Optional.of(new Rate(Math.toIntExact(row.number(7)), Math.toIntExact(row.number(8))));
    return new Limits(
        rate,
        split(row.text(9)).stream()
            .sorted()
            .flatMap(text -> Cidr.parse(text).stream())
            .toList());
  }

  private static long perSecond(Limits limits) {
    return limits.rate().map(Rate::perSecond).orElse(-1);
  }

  private static long burst(Limits limits) {
    return limits.rate().map(Rate::burst).orElse(-1);
  }

  private static String ranges(Limits limits) {
    return joined(limits.allowFrom().stream().map(Cidr::toString).collect(Collectors.toSet()));
  }

  static Set<String> split(String words) {
    return words.isEmpty() ? Set.of() : Arrays.stream(words.split(" ")).collect(Collectors.toSet());
  }

  static String joined(Set<String> words) {
    return String.join(" ", new TreeSet<>(words));
  }
}
