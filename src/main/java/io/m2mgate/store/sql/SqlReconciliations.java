package io.m2mgate.store.sql;

import io.m2mgate.store.Page;
import io.m2mgate.store.Reconciliation;
import io.m2mgate.store.Reconciliation.Item;
import io.m2mgate.store.Reconciliation.Progress;
import io.m2mgate.store.Reconciliation.Stage;
import io.m2mgate.store.Reconciliation.State;
import io.m2mgate.store.ReconciliationStore;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** The reconciliations in the database. Stateless; used on any thread. */
final class SqlReconciliations implements ReconciliationStore {

  private static final String PROGRESS =
      "UPDATE reconciliation SET position = $2, scanned = $3, capped = $4, examined = $5, waiting = $6, asked = $7,"
          + " confirmed = $8, drift = $9, skipped = $10, updated = $11 WHERE id = $1";

  private static final int[] PUT_SIZES = {64, 16, 4, 1};

  private final SqlAccess access;

  SqlReconciliations(SqlAccess access) {
    this.access = access;
  }

  @Override
  public Future<Boolean> create(Reconciliation.Ask ask, int maxOpen) {
    return access.exclusive(tx -> tx.query("SELECT COUNT(*) FROM reconciliation WHERE finished = 0")
        .compose(rows -> rows.get(0).number(0) >= maxOpen
            ? Future.succeededFuture(false)
            : tx.update(
                    ReconciliationRows.INSERT, ReconciliationRows.values(Reconciliation.asked(ask)))
                .map(true)));
  }

  @Override
  public Future<Optional<Reconciliation>> read(String id) {
    return all(new SqlText(ReconciliationRows.SELECT).add(" WHERE id = ").value(id))
        .map(found -> found.stream().findFirst());
  }

  @Override
  public Future<Page<Reconciliation>> list(Optional<String> cursor, int limit) {
    return access.read(tx -> {
      SqlText sql = new SqlText(ReconciliationRows.SELECT).add(" WHERE 1 = 1");
      Keyset.decode(cursor).ifPresent(id -> sql.add(" AND id < ").value(id));
      sql.add(" ORDER BY id DESC LIMIT ").value(limit + 1L);
      return tx.query(sql.sql(), sql.values())
          .map(rows -> Keyset.page(ReconciliationRows.all(rows), limit, Reconciliation::id));
    });
  }

  @Override
  public Future<List<Reconciliation>> open() {
    return all(new SqlText(ReconciliationRows.SELECT).add(" WHERE finished = 0 ORDER BY id"));
  }

  private Future<List<Reconciliation>> all(SqlText sql) {
    return access.read(tx -> tx.query(sql.sql(), sql.values()).map(ReconciliationRows::all));
  }

  @Override
  public Future<Page<Item>> items(
      String id, Optional<Stage> stage, Optional<String> cursor, int limit) {
    return access.read(tx -> {
      SqlText sql = items(id, Keyset.decode(cursor).orElse(""));
      stage.ifPresent(one -> sql.add(" AND state = ").value(one.text()));
      sql.add(" ORDER BY serial LIMIT ").value(limit + 1L);
      return tx.query(sql.sql(), sql.values())
          .map(rows -> Keyset.page(ReconciliationRows.items(rows), limit, Item::serial));
    });
  }

  private static SqlText items(String id, String afterSerial) {
    return new SqlText(ReconciliationRows.SELECT_ITEM)
        .add(" WHERE reconciliation = ")
        .value(id)
        .add(" AND serial > ")
        .value(afterSerial);
  }

  @Override
  public Future<List<Item>> unsettled(String id, String afterSerial, int limit) {
    SqlText sql = items(id, afterSerial)
        .add(" AND state IN ('waiting', 'asked') ORDER BY serial LIMIT ")
        .value((long) limit);
    return access.read(tx -> tx.query(sql.sql(), sql.values()).map(ReconciliationRows::items));
  }

  /** Beside the journal's groups, which know nothing of these tables and need not wait for them. */
  @Override
  public Future<Boolean> save(String id, Progress progress, List<Item> changed) {
    return access.write(tx -> tx.update(
            PROGRESS,
            id,
            progress.afterSerial(),
            progress.scanned() ? 1L : 0L,
            progress.capped() ? 1L : 0L,
            progress.examined(),
            progress.count(Stage.WAITING),
            progress.count(Stage.ASKED),
            progress.count(Stage.CONFIRMED),
            progress.count(Stage.DRIFT),
            progress.count(Stage.SKIPPED),
            progress.updatedMillis())
        .compose(done -> put(tx, id, changed))
        .compose(done -> tx.query("SELECT finished FROM reconciliation WHERE id = $1", id))
        .map(rows -> rows.stream().anyMatch(row -> row.number(0) == 0)));
  }

  /** Many rows a statement, in few different sizes so that there are few texts to prepare. */
  private static Future<Void> put(SqlTx tx, String id, List<Item> items) {
    Future<Void> chain = Future.succeededFuture();
    int at = 0;
    for (int size : PUT_SIZES) {
      for (; items.size() - at >= size; at += size) {
        SqlText sql = new SqlText(ReconciliationRows.PUT_ITEMS);
        items.subList(at, at + size).forEach(item -> sql.row(ReconciliationRows.values(id, item)));
        sql.add(ReconciliationRows.ON_CONFLICT);
        chain = chain.compose(done -> tx.update(sql.sql(), sql.values()).mapEmpty());
      }
    }
    return chain;
  }

  @Override
  public Future<Boolean> end(String id, State state, String reason, long nowMillis) {
    return access.write(tx -> tx.update(
            "UPDATE reconciliation SET state = $2, reason = $3, updated = $4, finished = $4"
                + " WHERE id = $1 AND finished = 0",
            id,
            state.text(),
            reason,
            nowMillis)
        .map(count -> count > 0));
  }
}
