package io.m2mgate.bridge;

import io.m2mgate.store.EventLog;
import io.m2mgate.store.EventLog.EventQuery;
import io.m2mgate.store.EventLog.Extent;
import io.vertx.core.Future;
import java.util.Set;

/**
 * Finds an offset by time, by halving the log: some twenty reads of one event for a million. Times grow with offsets
 * but for the clock's own steps back, so what is found is near enough to start from. Stateless; completes on any
 * thread.
 */
public final class LogSearch {

  private final EventLog log;

  public LogSearch(EventLog log) {
    this.log = log;
  }

  /** The offset to read after, so that the first event read is the first of this time or later. */
  public Future<Long> before(String app, long timeMillis) {
    return log.extent(app).compose(extent -> halve(app, timeMillis, extent.oldest() - 1, extent));
  }

  /** Everything up to {@code earlier} is earlier; everything after {@code extent.last()} is later. */
  private Future<Long> halve(String app, long timeMillis, long earlier, Extent extent) {
    if (earlier >= extent.last()) {
      return Future.succeededFuture(earlier);
    }
    long middle = earlier + (extent.last() - earlier + 1) / 2;
    var query = new EventQuery(app, middle - 1, 1, 1, Set.of(), Set.of());
    return log.read(query).compose(page -> {
      // Retention took it meanwhile: whatever is left is later.
      boolean later = !page.events().isEmpty() && page.events().get(0).timeMillis() >= timeMillis;
      return later
          ? halve(app, timeMillis, earlier, new Extent(extent.oldest(), middle - 1))
          : halve(app, timeMillis, middle, extent);
    });
  }
}
