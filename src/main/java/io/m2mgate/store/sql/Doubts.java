package io.m2mgate.store.sql;

import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.Change;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The requests of commits whose end is not known: the connection broke before the answer, and their units were UNAVAILABLE.
 * Of the writer's turns. Before the next group it is read from the logs which of them came through after all; a repeat of one
 * (same session, sequence and hash) is then durable already and is not appended again.
 */
final class Doubts {
  private static final int MAX_MARKS = 50_000;

  private record Request(long appId, String serial, long session, int sequence, long hash) {}

  private final Map<Long, Long> offsets =
      new HashMap<>(); // application id -> last offset that is sure
  private final Map<Request, Boolean> durable = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<Request, Boolean> eldest) {
      return size() > MAX_MARKS;
    }
  };

  /** These rows may be durable or not. */
  void add(GroupRows rows) {
    for (GroupRows.EventRow event : rows.events) {
      offsets.merge(event.appId(), event.offset() - 1, Math::min);
    }
  }

  /** Finds out what came through. Does nothing without a doubt. */
  Future<Void> resolve(SqlTx tx) {
    Future<Void> chain = Future.succeededFuture();
    for (Map.Entry<Long, Long> open : Map.copyOf(offsets).entrySet()) {
      chain = chain.compose(done -> resolve(tx, open.getKey(), open.getValue()));
    }
    return chain;
  }

  private Future<Void> resolve(SqlTx tx, long appId, long offset) {
    return tx.query(
            "SELECT serial, session, seq, hash FROM event WHERE app_id = $1 AND log_offset > $2 AND result >= 0"
                + " ORDER BY log_offset LIMIT $3",
            appId,
            offset,
            (long) MAX_MARKS)
        .map(rows -> {
          rows.forEach(row -> durable.put(
              new Request(appId, row.text(0), row.number(1), (int) row.number(2), row.number(3)),
              true));
          offsets.remove(appId);
          return null;
        });
  }

  /** Nothing is known to have come through that was given up. */
  boolean none() {
    return durable.isEmpty();
  }

  boolean isDurable(long appId, Change.AppendEvent event) {
    UplinkMark mark = event.mark();
    return !durable.isEmpty()
        && !mark.isNone()
        && durable.containsKey(
            new Request(appId, event.serial(), mark.session(), mark.sequence(), mark.hash()));
  }
}
