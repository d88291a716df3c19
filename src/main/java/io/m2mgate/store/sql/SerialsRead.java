package io.m2mgate.store.sql;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the places of several terminals' events in a log by their index, in the order of the log: so many of each terminal at a time,
 * and of these what comes before anything that was not looked at. Owned by the page that is being read.
 */
final class SerialsRead {
  /** Within a compound query's bound on SQLite, which is 500. */
  static final int MOST = SqlText.MAX_LIST;

  private static final int[] SIZES = {4, 16, 64, MOST};
  private static final int LEAST_EACH = 16;
  private static final int GROWTH = 4;

  /** Places that are looked at together. */
  private static final int MOST_PLACES = 8_000;

  private static final String NOBODY = "";

  private final SqlTx tx;
  private final long appId;
  private final List<String> serials;
  private int each;

  SerialsRead(SqlTx tx, long appId, List<String> serials) {
    this.tx = tx;
    this.appId = appId;
    this.serials = serials;
  }

  /**
   * A stretch in which so many events of the terminals are.
   *
   * @param last position of the last one; everything up to there was looked at
   * @param end whether there are no more behind it
   */
  record Stretch(long last, int events, boolean end) {}

  /** What comes behind a position. Where one terminal says much more than the others, more of each is looked at the next time. */
  Future<Stretch> behind(long position, int rows) {
    each = Math.max(each, Math.max(LEAST_EACH, 2 * rows / serials.size()));
    SqlText sql = text(position, each);
    return tx.query(sql.sql(), sql.values()).map(found -> {
      Stretch stretch = stretch(found, position, rows, each);
      if (stretch.events() < rows / 2) {
        each = Math.max(each, Math.min(each * GROWTH, MOST_PLACES / serials.size()));
      }
      return stretch;
    });
  }

  private static Stretch stretch(List<SqlRow> found, long position, int rows, int each) {
    Map<String, Integer> counts = new HashMap<>();
    Map<String, Long> lasts = new HashMap<>();
    List<Long> places = new ArrayList<>(found.size());
    for (SqlRow row : found) {
      counts.merge(row.text(0), 1, Integer::sum);
      lasts.merge(row.text(0), row.number(1), Math::max);
      places.add(row.number(1));
    }
    long seen = lasts.entrySet().stream()
        .filter(last -> counts.get(last.getKey()) >= each)
        .mapToLong(Map.Entry::getValue)
        .min()
        .orElse(Long.MAX_VALUE);
    List<Long> sorted = places.stream().filter(place -> place <= seen).sorted().toList();
    int taken = Math.min(rows, sorted.size());
    boolean end = seen == Long.MAX_VALUE && taken == sorted.size();
    return new Stretch(taken == 0 ? position : sorted.get(taken - 1), taken, end);
  }

  /** Filled up by a serial that nobody has, so that there are few different texts to prepare. */
  SqlText text(long position, int each) {
    int size = SIZES[0];
    for (int i = 1; size < serials.size(); i++) {
      size = SIZES[i];
    }
    SqlText sql = new SqlText("");
    for (int i = 0; i < size; i++) {
      sql.add(
              i == 0
                  ? "SELECT serial, pos FROM (SELECT serial, pos FROM event WHERE serial = "
                  : " UNION ALL SELECT serial, pos FROM (SELECT serial, pos FROM event WHERE serial = ")
          .value(i < serials.size() ? serials.get(i) : NOBODY)
          .add(" AND app_id = ")
          .value(appId)
          .add(" AND pos > ")
          .value(position)
          .add(" ORDER BY pos LIMIT ")
          .value((long) each)
          .add(") s");
    }
    return sql;
  }
}
