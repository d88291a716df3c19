package io.m2mgate.store.sql;

import io.m2mgate.api.Event;
import io.m2mgate.store.EventLog;
import io.vertx.core.Future;
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
    return access.read(tx ->
        log(tx, query.app()).compose(log -> new PageRead(tx, query, log.id(), log.extent()).run()));
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
}
