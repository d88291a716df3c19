package io.m2mgate.store.sql;

import io.m2mgate.store.Page;
import io.m2mgate.store.StoredUpgrade;
import io.m2mgate.store.StoredUpgrade.Progress;
import io.m2mgate.store.TerminalState;
import io.m2mgate.store.UpgradeItem;
import io.m2mgate.store.UpgradeStore;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The campaigns in the database. Stateless; used on any thread. */
final class SqlUpgrades implements UpgradeStore {
  private static final int MAX_TRANSACTION = 0xFFFF;
  private static final int ROWS = 200;

  private static final String INSERT =
      "INSERT INTO upgrade (id, app_id, package_id, name, spec, state, reason, group_now, groups_json, filled_to, forgiven,"
          + " created, created_by, started, updated, finished)"
          + " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
  private static final String MOVE =
      "UPDATE upgrade SET state = $3, reason = $4, group_now = $5, groups_json = $6, filled_to = $7, forgiven = $8,"
          + " started = $9, updated = $10, finished = $11 WHERE id = $1 AND state = $2";
  private static final String INSERT_ITEMS =
      "INSERT INTO upgrade_item (upgrade_id, serial, group_no, state, reason, attempts, not_before, command_id,"
          + " version_before, updated, finished) VALUES ";
  private static final String STEP =
      "UPDATE upgrade_item SET state = $5, reason = $6, attempts = $7, not_before = $8, command_id = $9,"
          + " version_before = $10, updated = $11, finished = $12"
          + " WHERE upgrade_id = $1 AND serial = $2 AND state = $3 AND command_id = $4";
  private static final String BEGIN =
      STEP + " AND EXISTS (SELECT 1 FROM upgrade u WHERE u.id = $1 AND u.state = 'running')";
  private static final String PHASE = "CASE WHEN c.state = 'acked' THEN c.reason ELSE 'queued' END";
  private static final String TRANSACTION =
      "INSERT INTO upgrade_transaction (serial, last) VALUES ($1, 1) ON CONFLICT (serial) DO UPDATE SET"
          + " last = CASE WHEN upgrade_transaction.last >= " + MAX_TRANSACTION
          + " THEN 1 ELSE upgrade_transaction.last + 1 END RETURNING last";
  private static final String OPEN_COMMAND =
      " AND EXISTS (SELECT 1 FROM command o WHERE o.id = i.command_id AND o.finished = 0)";

  private final SqlAccess access;

  SqlUpgrades(SqlAccess access) {
    this.access = access;
  }

  @Override
  public Future<StoredUpgrade> create(StoredUpgrade fresh, List<UpgradeItem> items) {
    Progress progress = fresh.progress();
    return access.exclusive(tx -> SqlApplications.id(tx, fresh.app())
        .compose(appId -> tx.query(
                "SELECT 1 FROM package WHERE id = $1 AND app_id = $2", fresh.packageId(), appId)
            .compose(there -> there.isEmpty()
                ? SqlAccess.<Integer>notFound("package", fresh.packageId())
                : tx.update(
                    INSERT,
                    fresh.id(),
                    appId,
                    fresh.packageId(),
                    fresh.name(),
                    fresh.specJson(),
                    progress.state().text(),
                    progress.reason(),
                    (long) progress.group(),
                    UpgradeRows.sizes(progress.groupSizes()),
                    progress.filledTo(),
                    progress.forgiven(),
                    fresh.createdMillis(),
                    fresh.createdBy(),
                    progress.startedMillis(),
                    progress.updatedMillis(),
                    progress.finishedMillis())))
        .compose(done -> insert(tx, items))
        .map(fresh));
  }

  private static Future<Void> insert(SqlTx tx, List<UpgradeItem> items) {
    Future<Void> chain = Future.succeededFuture();
    for (int from = 0; from < items.size(); from += ROWS) {
      List<UpgradeItem> some = items.subList(from, Math.min(items.size(), from + ROWS));
      SqlText there = new SqlText("SELECT serial FROM terminal WHERE serial IN ")
          .list(some.stream().map(UpgradeItem::serial).toList());
      chain = chain
          .compose(done -> tx.query(there.sql(), there.values()))
          .compose(rows ->
              insert(tx, some, rows.stream().map(row -> row.text(0)).collect(Collectors.toSet())));
    }
    return chain;
  }

  /** @param there serials of terminals that were not deleted since they were found */
  private static Future<Void> insert(SqlTx tx, List<UpgradeItem> items, Set<String> there) {
    if (there.isEmpty()) {
      return Future.succeededFuture();
    }
    SqlText sql = new SqlText(INSERT_ITEMS);
    for (UpgradeItem item : items) {
      if (there.contains(item.serial())) {
        sql.row(
            item.upgradeId(),
            item.serial(),
            (long) item.group(),
            item.state().text(),
            item.reason(),
            (long) item.attempts(),
            item.notBeforeMillis(),
            item.commandId(),
            item.versionBefore(),
            item.updatedMillis(),
            item.finishedMillis());
      }
    }
    sql.add(" ON CONFLICT (upgrade_id, serial) DO NOTHING");
    return tx.update(sql.sql(), sql.values()).mapEmpty();
  }

  @Override
  public Future<Optional<StoredUpgrade>> read(String id, Optional<String> app) {
    SqlText sql =
        new SqlText(UpgradeRows.UPGRADE).add(" WHERE a.removed = 0 AND u.id = ").value(id);
    app.ifPresent(code -> sql.add(" AND a.code = ").value(code));
    return upgrades(sql).map(found -> found.stream().findFirst());
  }

  private Future<List<StoredUpgrade>> upgrades(SqlText sql) {
    return access.read(tx -> tx.query(sql.sql(), sql.values())
        .map(rows -> rows.stream().map(UpgradeRows::upgrade).toList()));
  }

  @Override
  public Future<Page<StoredUpgrade>> list(
      Optional<String> app,
      Set<StoredUpgrade.State> states,
      Optional<String> packageId,
      Optional<String> cursor,
      int limit) {
    SqlText sql = new SqlText(UpgradeRows.UPGRADE).add(" WHERE a.removed = 0");
    app.ifPresent(code -> sql.add(" AND a.code = ").value(code));
    if (!states.isEmpty()) {
      sql.add(" AND u.state IN ")
          .list(states.stream().map(StoredUpgrade.State::text).sorted().toList());
    }
    packageId.ifPresent(id -> sql.add(" AND u.package_id = ").value(id));
    try {
      Keyset.decode(cursor).ifPresent(id -> sql.add(" AND u.id < ").value(id));
    } catch (RuntimeException notOurs) {
      return Future.failedFuture(notOurs);
    }
    sql.add(" ORDER BY u.id DESC LIMIT ").value(limit + 1L);
    return upgrades(sql).map(found -> Keyset.page(found, limit, StoredUpgrade::id));
  }

  @Override
  public Future<List<StoredUpgrade>> open(String afterId, int limit) {
    SqlText sql = new SqlText(UpgradeRows.UPGRADE)
        .add(" WHERE u.finished = 0 AND a.removed = 0 AND u.id > ")
        .value(afterId);
    return upgrades(sql.add(" ORDER BY u.id LIMIT ").value((long) limit));
  }

  @Override
  public Future<Boolean> move(StoredUpgrade to, StoredUpgrade.State from) {
    return access.exclusive(tx -> move(tx, to, from));
  }

  private static Future<Boolean> move(SqlTx tx, StoredUpgrade to, StoredUpgrade.State from) {
    Progress progress = to.progress();
    return tx.update(
            MOVE,
            to.id(),
            from.text(),
            progress.state().text(),
            progress.reason(),
            (long) progress.group(),
            UpgradeRows.sizes(progress.groupSizes()),
            progress.filledTo(),
            progress.forgiven(),
            progress.startedMillis(),
            progress.updatedMillis(),
            progress.finishedMillis())
        .map(count -> count > 0);
  }

  @Override
  public Future<Void> fill(StoredUpgrade to, List<UpgradeItem> items) {
    return access.exclusive(tx -> move(tx, to, StoredUpgrade.State.PREPARING)
        .compose(moved -> moved ? insert(tx, items) : Future.succeededFuture()));
  }

  @Override
  public Future<Boolean> delete(String id, Optional<String> app) {
    return read(id, app)
        .compose(found -> found.filter(it -> it.progress().state().isEnd()).isEmpty()
            ? Future.succeededFuture(false)
            : access
                .hand(SqlSweep.repeat(() -> access
                    .exclusive(tx -> tx.update(
                        "DELETE FROM upgrade_item WHERE upgrade_id = $1 AND serial IN"
                            + " (SELECT serial FROM upgrade_item WHERE upgrade_id = $1 LIMIT "
                            + ROWS + ")",
                        id))
                    .map(count -> count == ROWS)))
                .compose(done ->
                    access.exclusive(tx -> tx.update("DELETE FROM upgrade WHERE id = $1", id)))
                .map(count -> count > 0));
  }

  @Override
  public Future<Page<Standing>> items(
      String id,
      Set<UpgradeItem.State> states,
      Optional<Set<String>> phases,
      Optional<String> cursor,
      int limit) {
    return access.read(tx -> {
      SqlText sql =
          new SqlText(UpgradeRows.STANDING).add(" WHERE i.upgrade_id = ").value(id);
      if (!states.isEmpty()) {
        sql.add(" AND i.state IN ")
            .list(states.stream().map(UpgradeItem.State::text).sorted().toList());
      }
      phases.ifPresent(
          some -> sql.add(" AND " + PHASE + " IN ").list(some.stream().sorted().toList()));
      Keyset.decode(cursor).ifPresent(serial -> sql.add(" AND i.serial > ").value(serial));
      sql.add(" ORDER BY i.serial LIMIT ").value(limit + 1L);
      return tx.query(sql.sql(), sql.values())
          .map(rows -> Keyset.page(
              UpgradeRows.standings(rows), limit, standing -> standing.item().serial()));
    });
  }

  private Future<List<Standing>> standings(SqlText sql) {
    return access.read(tx -> tx.query(sql.sql(), sql.values()).map(UpgradeRows::standings));
  }

  @Override
  public Future<Optional<Standing>> item(String id, String serial) {
    SqlText sql =
        new SqlText(UpgradeRows.STANDING).add(" WHERE i.upgrade_id = ").value(id);
    return standings(sql.add(" AND i.serial = ").value(serial))
        .map(found -> found.stream().findFirst());
  }

  @Override
  public Future<List<Count>> counts(String id) {
    return access.read(tx -> tx.query(
            "SELECT group_no, state, COUNT(*) FROM upgrade_item WHERE upgrade_id = $1 GROUP BY group_no, state",
            id)
        .map(rows -> rows.stream()
            .map(row -> new Count(
                (int) row.number(0), UpgradeItem.State.parse(row.text(1)).orElseThrow(), (int)
                    row.number(2)))
            .toList()));
  }

  @Override
  public Future<Map<String, Integer>> phases(String id) {
    return access.read(tx -> tx.query(
            "SELECT " + PHASE + ", COUNT(*) FROM upgrade_item i"
                + " LEFT JOIN command c ON c.id = i.command_id WHERE i.upgrade_id = $1 AND i.state = 'active'"
                + " GROUP BY 1",
            id)
        .map(rows -> {
          Map<String, Integer> phases = new HashMap<>();
          rows.forEach(row -> phases.put(row.text(0), (int) row.number(1)));
          return phases;
        }));
  }

  private Future<List<UpgradeItem>> some(SqlText sql) {
    return access.read(tx -> tx.query(sql.sql(), sql.values())
        .map(rows -> rows.stream().map(row -> UpgradeRows.item(row, 0)).toList()));
  }

  @Override
  public Future<List<UpgradeItem>> due(String id, int group, long nowMillis, int limit) {
    SqlText sql = new SqlText("SELECT " + UpgradeRows.ITEM_COLUMNS)
        .add(" FROM upgrade_item i JOIN terminal t ON t.serial = i.serial WHERE i.upgrade_id = ")
        .value(id)
        .add(" AND i.state = 'waiting' AND i.group_no <= ")
        .value((long) group)
        .add(" AND i.not_before <= ")
        .value(nowMillis)
        .add(" AND (t.app_id <> " + UpgradeRows.OWNER + " OR t.state IN (")
        .value((long) TerminalState.ONLINE.ordinal())
        .add(", ")
        .value((long) TerminalState.SILENT.ordinal());
    return some(sql.add(")) ORDER BY i.group_no, i.serial LIMIT ").value((long) limit));
  }

  @Override
  public Future<List<Standing>> ended(String id, int limit) {
    SqlText sql = new SqlText(UpgradeRows.STANDING)
        .add(" WHERE i.upgrade_id = ")
        .value(id)
        .add(
            " AND i.state = 'active' AND (c.id IS NULL OR c.finished > 0) ORDER BY i.group_no, i.serial LIMIT ");
    return standings(sql.value((long) limit));
  }

  @Override
  public Future<List<UpgradeItem>> waiting(String id, int limit) {
    SqlText sql = new SqlText("SELECT " + UpgradeRows.ITEM_COLUMNS)
        .add(" FROM upgrade_item i WHERE i.upgrade_id = ")
        .value(id);
    return some(sql.add(" AND i.state = 'waiting' ORDER BY i.group_no, i.serial LIMIT ")
        .value((long) limit));
  }

  @Override
  public Future<List<Standing>> active(String id, String afterSerial, int limit) {
    SqlText sql = new SqlText(UpgradeRows.STANDING)
        .add(" WHERE i.upgrade_id = ")
        .value(id)
        .add(" AND i.state = 'active' AND c.finished = 0 AND i.serial > ")
        .value(afterSerial);
    return standings(sql.add(" ORDER BY i.serial LIMIT ").value((long) limit));
  }

  @Override
  public Future<Optional<String>> busy(String serial, String exceptId) {
    return access.read(tx -> tx.query(
            "SELECT i.upgrade_id FROM upgrade_item i WHERE i.serial = $1 AND i.upgrade_id <> $2 AND i.state = 'active'"
                + OPEN_COMMAND + " LIMIT 1",
            serial,
            exceptId)
        .map(rows -> rows.stream().findFirst().map(row -> row.text(0))));
  }

  @Override
  public Future<Map<String, Integer>> write(List<Step> steps) {
    return access.exclusive(tx -> {
      Map<String, Integer> written = new HashMap<>();
      Future<Void> chain = Future.succeededFuture();
      for (Step step : new ArrayList<>(steps)) {
        chain = chain.compose(done -> write(tx, step, written));
      }
      return chain.map(done -> written);
    });
  }

  private static Future<Void> write(SqlTx tx, Step step, Map<String, Integer> written) {
    UpgradeItem before = step.before();
    UpgradeItem after = step.after();
    boolean announced =
        after.state() == UpgradeItem.State.ACTIVE && !after.commandId().equals(before.commandId());
    return tx.update(
            announced ? BEGIN : STEP,
            before.upgradeId(),
            before.serial(),
            before.state().text(),
            before.commandId(),
            after.state().text(),
            after.reason(),
            (long) after.attempts(),
            after.notBeforeMillis(),
            after.commandId(),
            after.versionBefore(),
            after.updatedMillis(),
            after.finishedMillis())
        .compose(count -> {
          if (count == 0 || !announced) {
            if (count > 0) {
              written.put(before.serial(), 0);
            }
            return Future.succeededFuture();
          }
          return tx.query(TRANSACTION, before.serial())
              .onSuccess(rows -> written.put(before.serial(), (int) rows.get(0).number(0)))
              .mapEmpty();
        });
  }
}
