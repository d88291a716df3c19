package io.m2mgate.store.sql;

import io.m2mgate.api.Event;
import io.m2mgate.store.EventLog;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** Reads the event logs. Stateless; used on any thread. */
final class SqlEventLog implements EventLog {
  static final String COLUMNS = "id, log_offset, type, serial, tseq, time_ms, data";

  private final SqlAccess access;
  private final Followers followers;

  SqlEventLog(SqlAccess access, Followers followers) {
    this.access = access;
    this.followers = followers;
  }

  private record Log(long id, Extent extent) {}

  @Override
  public Future<EventPage> read(EventQuery query) {
    return access.read(
        tx -> log(tx, query.app()).compose(log -> new PageRead(tx, query, log).run()));
  }

  @Override
  public Future<Extent> extent(String app) {
    return access.read(tx -> log(tx, app).map(Log::extent));
  }

  @Override
  public Subscription follow(String app, LongConsumer onAppended) {
    return followers.follow(app, onAppended);
  }

  private static Future<Log> log(SqlTx tx, String app) {
    return tx.query(
            "SELECT id, oldest_offset, last_offset FROM application WHERE code = $1 AND removed = 0",
            app)
        .compose(rows -> {
          if (rows.isEmpty()) {
            return SqlAccess.notFound("application", app);
          }
          SqlRow row = rows.get(0);
          return Future.succeededFuture(
              new Log(row.number(0), new Extent(row.number(1), row.number(2))));
        });
  }

  /** Of a row of {@link #COLUMNS}. */
  static Event event(String app, SqlRow row) {
    return new Event(
        row.text(0),
        row.text(2),
        row.text(3),
        row.number(5),
        app,
        row.number(1),
        row.number(4),
        row.text(6));
  }

  /** One page in the making, on one snapshot: a few short queries, each over a bounded stretch of the log. */
  private static final class PageRead {
    private static final int ROWS = 250;
    private static final int STRETCH = 5_000;
    private static final int MAX_SCANNED = 20_000;

    private final SqlTx tx;
    private final EventQuery query;
    private final Log log;
    private final List<Event> events = new ArrayList<>();
    private long next;
    private long bytes;
    private long scanned;

    PageRead(SqlTx tx, EventQuery query, Log log) {
      this.tx = tx;
      this.query = query;
      this.log = log;
      this.next = query.after();
    }

    Future<EventPage> run() {
      next = Math.max(next, Math.min(log.extent.oldest() - 1, log.extent.last()));
      return step()
          .map(done -> new EventPage(events, next, log.extent.oldest(), log.extent.last()));
    }

    private boolean isFull() {
      return events.size() >= query.limit()
          || (!events.isEmpty() && bytes >= query.maxBytes())
          || scanned >= MAX_SCANNED
          || next >= log.extent.last();
    }

    private Future<Void> step() {
      if (isFull()) {
        return Future.succeededFuture();
      }
      // one terminal's events are found by its index, so their stretch need not be short
      long end = oneTerminal() ? log.extent.last() : Math.min(next + STRETCH, log.extent.last());
      int rows = Math.min(ROWS, query.limit() - events.size());
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
      Event event = event(query.app(), row);
      events.add(event);
      next = event.offset();
      bytes += event.dataJson().length();
    }

    private SqlText text(long end, int rows) {
      SqlText sql = new SqlText("SELECT " + COLUMNS + " FROM event WHERE app_id = ")
          .value(log.id)
          .add(" AND log_offset > ")
          .value(next)
          .add(" AND log_offset <= ")
          .value(end);
      if (!query.serials().isEmpty()) {
        sql.add(" AND serial IN ").list(query.serials());
      }
      if (oneTerminal()) {
        sql.add(" AND pos > COALESCE((SELECT MAX(p.pos) FROM event p WHERE p.app_id = ")
            .value(log.id)
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
  }
}
