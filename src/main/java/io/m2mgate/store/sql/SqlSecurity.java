package io.m2mgate.store.sql;

import io.m2mgate.session.SecretSet.Expiries;
import io.m2mgate.store.Page;
import io.m2mgate.store.Rotation;
import io.m2mgate.store.SealedSecrets;
import io.m2mgate.store.SecurityStore;
import io.m2mgate.store.StoreFault;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The sets of secrets in the database. Stateless; used on any thread. */
final class SqlSecurity implements SecurityStore {
  private static final String SELECT = "SELECT " + RotationRows.COLUMNS + " FROM rotation r";

  private static final String INSERT =
      "INSERT INTO rotation (id, serial, generation, origin, kinds, state, reason, uplink_password, downlink_password,"
          + " base_key, uplink_expiry, downlink_expiry, base_key_expiry, created, updated, sent, acked, ended, deadline,"
          + " sends, old_sessions) VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, $9, $10, $11, $12, $13, $13, 0, 0, 0, $14,"
          + " 0, 0)";

  private static final String STEP =
      "UPDATE rotation SET state = $2, reason = $3, sends = sends + $4,"
          + " sent = CASE WHEN sent = 0 AND CAST($4 AS BIGINT) > 0 THEN CAST($5 AS BIGINT) ELSE sent END,"
          + " acked = CASE WHEN acked = 0 AND CAST($6 AS BIGINT) = 1 THEN CAST($5 AS BIGINT) ELSE acked END,"
          + " old_sessions = old_sessions + $7, updated = $5,"
          + " ended = CASE WHEN CAST($8 AS BIGINT) = 1 THEN CAST($5 AS BIGINT) ELSE 0 END"
          + " WHERE id = $1";

  private static final String ERASE =
      "UPDATE rotation SET uplink_password = NULL, downlink_password = NULL, base_key = NULL WHERE ended > 0 AND id = $1";

  private static final String PROMOTE =
      "UPDATE credential SET uplink_password = r.uplink_password, downlink_password = r.downlink_password,"
          + " base_key = r.base_key, previous_base_key_expiry = credential.base_key_expiry,"
          + " uplink_expiry = r.uplink_expiry, downlink_expiry = r.downlink_expiry,"
          + " base_key_expiry = r.base_key_expiry, generation = r.generation FROM rotation r"
          + " WHERE credential.serial = r.serial AND r.id = $1";

  private static final String PROMOTE_USED =
      "UPDATE credential SET uplink_password = $3, downlink_password = $4, base_key = $5,"
          + " previous_base_key_expiry = base_key_expiry, uplink_expiry = $6, downlink_expiry = $7, base_key_expiry = $8,"
          + " generation = $2 WHERE serial = $1 AND generation < $2";

  private static final String BIND =
      "UPDATE terminal SET imsi = $2, revision = revision + 1, updated = $3 WHERE serial = $1"
          + " AND EXISTS (SELECT 1 FROM credential c WHERE c.serial = $1 AND c.rebinding_to = $2)"
          + " AND NOT EXISTS (SELECT 1 FROM terminal o WHERE o.imsi = $2 AND o.serial <> $1)";

  private final SqlAccess access;

  SqlSecurity(SqlAccess access) {
    this.access = access;
  }

  @Override
  public Future<Rotation> open(NewRotation asked) {
    return access.exclusive(tx -> tx.query(
            "UPDATE credential SET last_generation = last_generation + 1 WHERE serial = $1 RETURNING last_generation",
            asked.serial())
        .compose(rows -> rows.isEmpty()
            ? SqlAccess.notFound("terminal", asked.serial())
            : insert(tx, asked, rows.get(0).number(0))));
  }

  private static Future<Rotation> insert(SqlTx tx, NewRotation asked, long generation) {
    SealedSecrets secrets = asked.secrets();
    Expiries expiries = asked.expiries();
    return tx.update(
            INSERT,
            asked.id(),
            asked.serial(),
            generation,
            asked.origin().text(),
            RotationRows.joined(asked.kinds()),
            Rotation.State.QUEUED.text(),
            secrets.uplinkPassword(),
            secrets.downlinkPassword(),
            secrets.baseKey(),
            expiries.uplink(),
            expiries.downlink(),
            expiries.baseKey(),
            asked.nowMillis(),
            asked.deadlineMillis())
        .recover(cause -> Future.failedFuture(
            SqlFault.isDuplicate(cause)
                ? new StoreFault(
                    StoreFault.Kind.CONFLICT,
                    "rotation",
                    "the terminal " + asked.serial() + " has an open rotation")
                : cause))
        .compose(done -> byId(tx, asked.id()))
        .map(Optional::orElseThrow);
  }

  private static Future<Optional<Rotation>> byId(SqlTx tx, String id) {
    return first(tx, SELECT + " WHERE r.id = $1", id);
  }

  private static Future<Optional<Rotation>> first(SqlTx tx, String sql, Object... values) {
    return tx.query(sql, values)
        .map(rows -> rows.stream().findFirst().map(row -> RotationRows.rotation(row, 0)));
  }

  @Override
  public Future<Optional<Rotation>> read(String serial, String id, Optional<String> app) {
    SqlText sql = new SqlText(SELECT).add(" WHERE r.id = ").value(id);
    sql.add(" AND r.serial = ").value(serial);
    app.ifPresent(code -> sql.add(
            " AND EXISTS (SELECT 1 FROM terminal t JOIN application a ON a.id = t.app_id"
                + " WHERE t.serial = r.serial AND a.code = ")
        .value(code)
        .add(")"));
    return access.read(tx -> first(tx, sql.sql(), sql.values()));
  }

  @Override
  public Future<Optional<Rotation>> openOf(String serial) {
    return access.read(tx -> openOf(tx, serial));
  }

  private static Future<Optional<Rotation>> openOf(SqlTx tx, String serial) {
    return first(tx, SELECT + " WHERE r.serial = $1 AND r.ended = 0", serial);
  }

  @Override
  public Future<Page<Rotation>> list(String serial, Optional<String> cursor, int limit) {
    return access.read(tx -> {
      SqlText sql = new SqlText(SELECT).add(" WHERE r.serial = ").value(serial);
      Keyset.decode(cursor).ifPresent(id -> sql.add(" AND r.id < ").value(id));
      sql.add(" ORDER BY r.id DESC LIMIT ").value(limit + 1L);
      return tx.query(sql.sql(), sql.values())
          .map(rows -> Keyset.page(rotations(rows), limit, Rotation::id));
    });
  }

  private static List<Rotation> rotations(List<SqlRow> rows) {
    return rows.stream().map(row -> RotationRows.rotation(row, 0)).toList();
  }

  @Override
  public Future<Optional<Rotation>> step(String id, Step step) {
    return access.exclusive(tx -> byId(tx, id).compose(found -> {
      if (found.isEmpty() || !found.get().isOpen()) {
        return Future.succeededFuture(Optional.empty());
      }
      Rotation present = found.get();
      return holds(tx, present, step)
          .compose(holds -> step(
              tx,
              id,
              step,
              holds ? present.state() : step.state(),
              holds ? present.reason() : step.reason()));
    }));
  }

  /** Whether the rotation stays in its state whatever the step says. */
  private static Future<Boolean> holds(SqlTx tx, Rotation present, Step step) {
    if (!step.state().isEnd()) {
      return Future.succeededFuture(step.state().compareTo(present.state()) < 0);
    }
    return tx.query(
            "SELECT " + TerminalRows.SESSION + " FROM session s WHERE s.serial = $1",
            present.serial())
        .map(rows -> rows.stream()
            .map(row -> TerminalRows.sessions(row, 0))
            .anyMatch(sessions -> sessions.uses(present.generation(), step.nowMillis())));
  }

  private static Future<Optional<Rotation>> step(
      SqlTx tx, String id, Step step, Rotation.State state, String reason) {
    return tx.update(
            STEP,
            id,
            state.text(),
            reason,
            (long) step.sent(),
            step.nowMillis(),
            step.state() == Rotation.State.ACKED ? 1L : 0L,
            step.oldSession() ? 1L : 0L,
            state.isEnd() ? 1L : 0L)
        .compose(done -> state.isEnd() ? tx.update(ERASE, id) : Future.succeededFuture())
        .compose(done -> byId(tx, id));
  }

  @Override
  public Future<Settled> settle(
      String serial, Used used, Optional<String> boundImsi, long nowMillis) {
    return access.exclusive(tx -> first(
            tx,
            SELECT + " WHERE r.serial = $1 AND r.generation = $2 AND r.state <> $3",
            serial,
            used.generation(),
            Rotation.State.SUCCEEDED.text())
        .compose(found -> found.isEmpty()
            ? Future.succeededFuture(found)
            : promoted(tx, found.get(), used, nowMillis))
        .compose(rotation ->
            bind(tx, serial, boundImsi, nowMillis).map(binding -> new Settled(rotation, binding))));
  }

  /** Empty when a later set is in force. */
  private static Future<Optional<Rotation>> promoted(
      SqlTx tx, Rotation rotation, Used used, long nowMillis) {
    Future<Integer> promoted = rotation.isOpen()
        ? tx.update(PROMOTE, rotation.id())
        : promoteEnded(tx, rotation.serial(), used);
    return promoted.compose(count -> count == 0
        ? Future.succeededFuture(Optional.empty())
        : step(
            tx,
            rotation.id(),
            Step.to(Rotation.State.SUCCEEDED, "", nowMillis),
            Rotation.State.SUCCEEDED,
            ""));
  }

  /** The end of the rotation erased its set, which the caller still has. */
  private static Future<Integer> promoteEnded(SqlTx tx, String serial, Used used) {
    SealedSecrets secrets = used.secrets();
    Expiries expiries = used.expiries();
    return tx.update(
            PROMOTE_USED,
            serial,
            used.generation(),
            secrets.uplinkPassword(),
            secrets.downlinkPassword(),
            secrets.baseKey(),
            expiries.uplink(),
            expiries.downlink(),
            expiries.baseKey())
        .compose(count -> count == 0
            ? Future.succeededFuture(0)
            : TerminalWrites.follow(tx, serial, secrets, expiries).map(count));
  }

  private static Future<Binding> bind(
      SqlTx tx, String serial, Optional<String> imsi, long nowMillis) {
    if (imsi.isEmpty()) {
      return Future.succeededFuture(Binding.NONE);
    }
    return tx.update(BIND, serial, imsi.get(), nowMillis)
        .compose(bound -> tx.update(
                "UPDATE credential SET rebinding_to = NULL WHERE serial = $1 AND rebinding_to = $2",
                serial,
                imsi.get())
            .map(waited -> binding(bound > 0, waited > 0)));
  }

  private static Binding binding(boolean bound, boolean waited) {
    if (bound) {
      return Binding.BOUND;
    }
    return waited ? Binding.TAKEN : Binding.NONE;
  }

  @Override
  public Future<Boolean> rebindTo(String serial, String imsi) {
    return set("UPDATE credential SET rebinding_to = $2 WHERE serial = $1", serial, imsi);
  }

  @Override
  public Future<Boolean> simBinding(String serial, int mode) {
    return set("UPDATE credential SET sim_binding = $2 WHERE serial = $1", serial, (long) mode);
  }

  @Override
  public Future<Boolean> told(String serial, Set<String> words) {
    return set(
        "UPDATE credential SET expiry_told = $2 WHERE serial = $1",
        serial,
        RotationRows.joined(words));
  }

  private Future<Boolean> set(String sql, String serial, Object value) {
    return access.exclusive(tx -> tx.update(sql, serial, value).map(count -> count > 0));
  }

  @Override
  public Future<List<Rotation>> overdue(long nowMillis, int limit) {
    return access.read(tx -> tx.query(
            SELECT + " WHERE r.ended = 0 AND r.deadline <= $1 AND r.state <> $2"
                + " ORDER BY r.deadline LIMIT $3",
            nowMillis,
            Rotation.State.UNCONFIRMED.text(),
            (long) limit)
        .map(SqlSecurity::rotations));
  }

  @Override
  public Future<List<Expiring>> expiringBefore(long second, String afterSerial, int limit) {
    return access.read(tx -> tx.query(
            "SELECT c.serial, a.code, c.uplink_expiry, c.downlink_expiry, c.base_key_expiry, c.previous_base_key_expiry,"
                + " c.expiry_told FROM credential c JOIN terminal t ON t.serial = c.serial JOIN application a ON a.id = t.app_id"
                + " WHERE c.serial > $2 AND (c.uplink_expiry < $1 OR c.downlink_expiry < $1 OR c.base_key_expiry < $1)"
                + " ORDER BY c.serial LIMIT $3",
            second,
            afterSerial,
            (long) limit)
        .map(rows -> rows.stream()
            .map(row -> new Expiring(
                row.text(0),
                row.text(1),
                new Expiries(row.number(2), row.number(3), row.number(4), row.number(5)),
                RotationRows.words(row.text(6))))
            .toList()));
  }
}
