package io.m2mgate.store.sql;

import io.m2mgate.session.TerminalRecord;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.Page;
import io.m2mgate.store.Provision;
import io.m2mgate.store.ReportedValue;
import io.m2mgate.store.SealedSecrets;
import io.m2mgate.store.StoreFault;
import io.m2mgate.store.StoredTerminal;
import io.m2mgate.store.TerminalState;
import io.m2mgate.store.TerminalStore;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The terminals in the database. Stateless; used on any thread. */
final class SqlTerminals implements TerminalStore {
  private static final int MARKS = 8;
  private static final String FROM = " FROM terminal t JOIN application a ON a.id = t.app_id";
  private static final String WITH_SESSION = FROM + " LEFT JOIN session s ON s.serial = t.serial";

  private final SqlAccess access;
  private final TerminalWrites writes;

  SqlTerminals(SqlAccess access, TerminalWrites writes) {
    this.access = access;
    this.writes = writes;
  }

  @Override
  public Future<List<StoredTerminal>> load(Collection<String> serials) {
    List<StoredTerminal> found = new ArrayList<>(serials.size());
    if (serials.isEmpty()) {
      return Future.succeededFuture(found);
    }
    return access.read(tx -> {
      Future<Void> chain = Future.succeededFuture();
      for (List<String> some : LogCounters.chunks(new HashSet<>(serials))) {
        chain = chain.compose(done -> load(tx, some, found));
      }
      return chain.map(done -> found);
    });
  }

  private Future<Void> load(SqlTx tx, List<String> serials, List<StoredTerminal> found) {
    SqlText sql = new SqlText("SELECT " + TerminalRows.TERMINAL + ", " + TerminalRows.SESSION + ", "
            + TerminalRows.SECRETS + ", y.sealed, " + TerminalRows.SECURITY
            + TerminalRows.COMMANDS + TerminalRows.DESIRED + WITH_SESSION
            + " LEFT JOIN credential c ON c.serial = t.serial LEFT JOIN sync_list y ON y.serial = t.serial"
            + " LEFT JOIN desired d ON d.serial = t.serial"
            + " LEFT JOIN rotation r ON r.serial = t.serial AND r.ended = 0"
            + " WHERE t.serial IN ")
        .list(serials);
    return marks(tx, serials)
        .compose(marks -> tx.query(sql.sql(), sql.values()).map(rows -> {
          for (SqlRow row : rows) {
            found.add(new StoredTerminal(
                TerminalRows.terminal(row),
                TerminalRows.security(row),
                TerminalRows.sessions(row),
                row.bytes(TerminalRows.SYNC_LIST_AT),
                List.copyOf(marks.getOrDefault(row.text(0), List.of())),
                row.flag(TerminalRows.COMMANDS_AT),
                TerminalRows.desired(row)));
          }
          return null;
        }));
  }

  /** The last marks of each, newest first: those from the position of its eighth newest on. */
  private static Future<Map<String, List<UplinkMark>>> marks(SqlTx tx, List<String> serials) {
    SqlText sql = new SqlText(
            "WITH recent AS MATERIALIZED (SELECT t.serial AS serial, COALESCE((SELECT x.pos FROM event x"
                + " WHERE x.serial = t.serial AND x.result >= 0 ORDER BY x.pos DESC LIMIT 1 OFFSET "
                + (MARKS - 1)
                + "), 0) AS pos FROM terminal t WHERE t.serial IN ")
        .list(serials)
        .add(
            ") SELECT e.serial, e.session, e.seq, e.hash, e.result, e.accepted FROM recent r JOIN event e"
                + " ON e.serial = r.serial AND e.pos >= r.pos WHERE e.result >= 0 ORDER BY e.pos DESC");
    return tx.query(sql.sql(), sql.values()).map(rows -> {
      Map<String, List<UplinkMark>> marks = new HashMap<>();
      rows.forEach(row -> marks
          .computeIfAbsent(row.text(0), serial -> new ArrayList<>(MARKS))
          .add(TerminalRows.mark(row)));
      return marks;
    });
  }

  @Override
  public Future<TerminalRecord> create(
      TerminalRecord terminal, SealedSecrets secrets, SecretExpiries expiries) {
    return access.exclusive(tx -> writes
        .create(tx, terminal, secrets)
        .compose(
            created -> TerminalWrites.expire(tx, terminal.serial(), expiries).map(created)));
  }

  /** A refusal that the plan did not foresee (another program wrote, too) is found row by row. */
  @Override
  public Future<List<Provision.Result>> provision(List<Provision> rows) {
    if (rows.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    return access
        .exclusive(tx -> ProvisionPlan.load(tx, rows).compose(plan -> plan.carryOut(tx, rows)))
        .recover(cause -> {
          if (cause instanceof StoreFault && rows.size() > 1 && !unavailable(cause)) {
            return oneByOne(rows);
          }
          return cause instanceof StoreFault fault && fault.kind() == StoreFault.Kind.CONFLICT
              ? Future.succeededFuture(List.of(Provision.Result.taken(fault.subject())))
              : Future.failedFuture(cause);
        });
  }

  private Future<List<Provision.Result>> oneByOne(List<Provision> rows) {
    List<Provision.Result> results = new ArrayList<>(rows.size());
    Future<Void> chain = Future.succeededFuture();
    for (Provision row : rows) {
      chain = chain.compose(done -> provision(List.of(row))).map(result -> {
        results.addAll(result);
        return null;
      });
    }
    return chain.map(done -> results);
  }

  private static boolean unavailable(Throwable cause) {
    return cause instanceof StoreFault fault && fault.kind() == StoreFault.Kind.UNAVAILABLE;
  }

  @Override
  public Future<TerminalRecord> update(
      String serial, TerminalPatch patch, Optional<Long> ifRevision) {
    return access.exclusive(tx -> writes.update(tx, serial, patch, ifRevision));
  }

  @Override
  public Future<Boolean> delete(String serial) {
    return access.exclusive(tx -> writes.delete(tx, serial));
  }

  @Override
  public Future<Optional<TerminalRow>> read(String serial, Optional<String> app) {
    SqlText sql = new SqlText(rows()).add(" WHERE t.serial = ").value(serial);
    app.ifPresent(code -> sql.add(" AND a.code = ").value(code));
    return access.read(tx -> tx.query(sql.sql(), sql.values())
        .map(rows -> rows.stream().findFirst().map(SqlTerminals::row)));
  }

  @Override
  public Future<Optional<TerminalRecord>> byImei(String imei) {
    return by("imei", imei);
  }

  @Override
  public Future<Optional<TerminalRecord>> byImsi(String imsi) {
    return by("imsi", imsi);
  }

  @Override
  public Future<List<TerminalRecord>> byMsisdn(Collection<String> forms, int limit) {
    SqlText sql = new SqlText("SELECT " + TerminalRows.TERMINAL + FROM + " WHERE t.msisdn IN ")
        .list(forms)
        .add(" ORDER BY t.serial LIMIT " + limit);
    return access.read(tx -> tx.query(sql.sql(), sql.values())
        .map(rows -> rows.stream().map(TerminalRows::terminal).toList()));
  }

  private Future<Optional<TerminalRecord>> by(String column, String value) {
    String sql = "SELECT " + TerminalRows.TERMINAL + FROM + " WHERE t." + column + " = $1";
    return access.read(tx ->
        tx.query(sql, value).map(rows -> rows.stream().findFirst().map(TerminalRows::terminal)));
  }

  @Override
  public Future<Page<TerminalRow>> list(TerminalQuery query, Optional<String> cursor, int limit) {
    return access.read(tx -> TerminalSearch.plan(tx, query.filter())
        .compose(search ->
            new TerminalPage(tx, search, query, Keyset.decode(cursor).orElse("")).read(limit)));
  }

  @Override
  public Future<Map<TerminalState, Long>> states(Optional<String> app) {
    SqlText sql = new SqlText("SELECT t.state, COUNT(*) FROM terminal t");
    app.ifPresent(code -> sql.add(
            " WHERE t.app_id = (SELECT id FROM application WHERE removed = 0 AND code = ")
        .value(code)
        .add(")"));
    sql.add(" GROUP BY t.state");
    return access.read(tx -> tx.query(sql.sql(), sql.values())
        .map(rows -> rows.stream()
            .collect(Collectors.toMap(
                row -> TerminalState.values()[(int) row.number(0)], row -> row.number(1)))));
  }

  @Override
  public Future<Integer> count(TerminalFilter filter) {
    return access.read(tx -> TerminalSearch.plan(tx, filter).compose(search -> {
      SqlText sql = new SqlText("SELECT COUNT(*) FROM terminal t WHERE 1 = 1");
      search.restrict(sql);
      return tx.query(sql.sql(), sql.values()).map(rows -> (int) rows.get(0).number(0));
    }));
  }

  static String rows() {
    return "SELECT " + TerminalRows.TERMINAL + ", " + TerminalRows.SESSION + WITH_SESSION;
  }

  static TerminalRow row(SqlRow row) {
    return new TerminalRow(TerminalRows.terminal(row), TerminalRows.sessions(row));
  }

  @Override
  public Future<List<ReportedValue>> reported(String serial) {
    return access.read(tx -> reported(tx, serial));
  }

  static Future<List<ReportedValue>> reported(SqlTx tx, String serial) {
    return tx.query(
            "SELECT tag, name, value, at FROM reported WHERE serial = $1 ORDER BY tag", serial)
        .map(rows -> rows.stream()
            .map(row ->
                new ReportedValue((int) row.number(0), row.text(1), row.text(2), row.number(3)))
            .toList());
  }

  @Override
  public Future<List<String>> onlineAfter(String afterSerial, int limit) {
    return access.read(tx -> tx.query(
            "SELECT serial FROM session WHERE online > 0 AND serial > $1 ORDER BY serial LIMIT $2",
            afterSerial,
            (long) limit)
        .map(rows -> rows.stream().map(row -> row.text(0)).toList()));
  }

  static Throwable conflict(Throwable cause, String what) {
    if (cause instanceof SqlFault fault && fault.kind() == SqlFault.Kind.DUPLICATE) {
      return new StoreFault(
          StoreFault.Kind.CONFLICT,
          fault.detail(),
          "a " + what + " with this " + fault.detail() + " exists");
    }
    return cause;
  }
}
