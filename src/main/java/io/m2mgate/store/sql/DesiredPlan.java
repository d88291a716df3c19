package io.m2mgate.store.sql;

import io.m2mgate.store.Change;
import io.m2mgate.store.CommitUnit;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The versions of the desired parameters that a group replaces: of two writers that began with the same one, the second is refused.
 * Made and used in one turn of the writer.
 */
final class DesiredPlan {

  private final Map<String, Long> versions = new HashMap<>();

  private DesiredPlan() {}

  /** Reads nothing where no unit replaces any. */
  static Future<DesiredPlan> load(SqlTx tx, List<CommitUnit> units) {
    DesiredPlan plan = new DesiredPlan();
    Set<String> serials = new TreeSet<>();
    for (CommitUnit unit : units) {
      for (Change change : unit.changes()) {
        if (change instanceof Change.PutDesired) {
          serials.add(change.serial());
        }
      }
    }
    Future<Void> chain = Future.succeededFuture();
    for (List<String> some : LogCounters.chunks(serials)) {
      SqlText sql = new SqlText("SELECT serial, version FROM desired WHERE serial IN ").list(some);
      chain = chain.compose(done -> tx.query(sql.sql(), sql.values())).map(rows -> {
        rows.forEach(row -> plan.versions.put(row.text(0), row.number(1)));
        return null;
      });
    }
    return chain.map(plan);
  }

  /** False for what was made of another version than the one there is. */
  boolean allows(Change change) {
    return !(change instanceof Change.PutDesired put)
        || versions.getOrDefault(put.serial(), 0L) == put.desired().version() - 1;
  }

  void add(Change.PutDesired put, GroupRows rows) {
    versions.put(put.serial(), put.desired().version());
    rows.desired.put(put.serial(), put.desired());
  }
}
