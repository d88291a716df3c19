package io.m2mgate.store.sql;

import io.m2mgate.api.Event;
import io.m2mgate.store.EventLog.EventPage;
import io.m2mgate.store.EventLog.EventQuery;
import io.m2mgate.store.EventLog.Extent;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * One page of an event log in the making, on one snapshot: a few short queries, each over a bounded stretch of the log. One terminal's
 * events, and those of several in a long log, are found by their index. Owned by the transaction that reads it.
 */
final class PageRead {
  private static final int ROWS = 250;
  private static final int STRETCH = 5_000;
  private static final int MAX_SCANNED = 20_000;

  /** So near its end, the log itself is looked through: that is what a live reader asks for. */
  private static final int NEAR = 1_000;

  private static final String MARK =
      "SELECT COALESCE(MAX(pos), 0) FROM event WHERE app_id = $1" + " AND log_offset = $2";

  private final SqlTx tx;
  private final EventQuery query;
  private final long appId;
  private final Extent extent;
  private final List<Event> events = new ArrayList<>();
  private long next;
  private long bytes;
  private long scanned;

  PageRead(SqlTx tx, EventQuery query, long appId, Extent extent) {
    this.tx = tx;
    this.query = query;
    this.appId = appId;
    this.extent = extent;
    this.next = Math.max(query.after(), Math.min(extent.oldest() - 1, extent.last()));
  }

  Future<EventPage> run() {
    return (bySerials() ? terminals() : step())
        .map(done -> new EventPage(events, next, extent.oldest(), extent.last()));
  }

  private boolean isFull() {
    return events.size() >= query.limit()
        || (!events.isEmpty() && bytes >= query.maxBytes())
        || scanned >= MAX_SCANNED
        || next >= extent.last();
  }

  private Future<Void> step() {
    if (isFull()) {
      return Future.succeededFuture();
    }
    // one terminal's events are found by its index, so their stretch need not be short
    long end = oneTerminal() ? extent.last() : Math.min(next + STRETCH, extent.last());
    int rows = room();
    SqlText sql = text(end, rows);
    return tx.query(sql.sql(), sql.values()).compose(found -> {
      scanned += oneTerminal() ? found.size() : end - next;
      found.forEach(this::take);
      if (found.size() < rows && !isCut(found)) {
        next = end;
      }
      return step();
    });
  }

  private int room() {
    return Math.min(ROWS, query.limit() - events.size());
  }

  private boolean oneTerminal() {
    return query.serials().size() == 1;
  }

  private boolean isCut(List<SqlRow> found) {
    return !found.isEmpty() && next < found.get(found.size() - 1).number(1);
  }

  private void take(SqlRow row) {
    if (!events.isEmpty() && bytes >= query.maxBytes()) {
      return;
    }
    Event event = SqlEventLog.event(query.app(), row);
    events.add(event);
    next = event.offset();
    bytes += event.dataJson().length();
  }

  private SqlText text(long end, int rows) {
    SqlText sql = new SqlText("SELECT " + SqlEventLog.COLUMNS + " FROM event WHERE app_id = ")
        .value(appId)
        .add(" AND log_offset > ")
        .value(next)
        .add(" AND log_offset <= ")
        .value(end);
    if (!query.serials().isEmpty()) {
      sql.add(" AND serial IN ").list(query.serials());
    }
    if (oneTerminal()) {
      sql.add(" AND pos > COALESCE((SELECT MAX(p.pos) FROM event p WHERE p.app_id = ")
          .value(appId)
          .add(" AND p.log_offset = ")
          .value(next)
          .add("), 0)");
    }
    if (!query.types().isEmpty()) {
      sql.add(" AND type IN ").list(query.types());
    }
    sql.add(oneTerminal() ? " ORDER BY pos LIMIT " : " ORDER BY log_offset LIMIT ")
        .value((long) rows);
    return sql;
  }

  // several terminals, by their index

  private boolean bySerials() {
    int several = query.serials().size();
    return several > 1 && several <= SerialsRead.MOST && extent.last() - next > NEAR;
  }

  private Future<Void> terminals() {
    SerialsRead serials = new SerialsRead(tx, appId, List.copyOf(query.serials()));
    return tx.query(MARK, appId, next)
        .compose(mark -> terminals(serials, mark.get(0).number(0)));
  }

  private Future<Void> terminals(SerialsRead serials, long position) {
    if (isFull()) {
      return Future.succeededFuture();
    }
    return serials.behind(position, room()).compose(stretch -> {
      if (stretch.events() == 0) {
        next = extent.last();
        return Future.succeededFuture();
      }
      SqlText sql = text(position, stretch);
      return tx.query(sql.sql(), sql.values()).compose(found -> {
        scanned += stretch.events();
        found.stream().filter(this::isAsked).forEach(this::take);
        pass(stretch, found);
        return terminals(serials, stretch.last());
      });
    });
  }

  /** The page may have been full before the end of the stretch: then it ends behind what it took. */
  private void pass(SerialsRead.Stretch stretch, List<SqlRow> found) {
    boolean all = found.stream().filter(this::isAsked).allMatch(row -> row.number(1) <= next);
    if (all) {
      long last = found.isEmpty() ? next : found.get(found.size() - 1).number(1);
      next = stretch.end() ? extent.last() : Math.max(next, last);
    }
  }

  private boolean isAsked(SqlRow row) {
    return query.types().isEmpty() || query.types().contains(row.text(2));
  }

  /** Nothing but the terminals' events of the stretch: as many as it says. The plus keeps off the log's own index. */
  private SqlText text(long position, SerialsRead.Stretch stretch) {
    return new SqlText("SELECT " + SqlEventLog.COLUMNS + " FROM event WHERE serial IN ")
        .list(query.serials())
        .add(" AND +app_id = ")
        .value(appId)
        .add(" AND pos > ")
        .value(position)
        .add(" AND pos <= ")
        .value(stretch.last())
        .add(" ORDER BY pos");
  }
}
