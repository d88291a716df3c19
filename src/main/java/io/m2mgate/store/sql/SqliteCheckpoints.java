package io.m2mgate.store.sql;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folds the write-ahead log into the file. Owns a thread and a connection that do most of it while the writer goes on; the
 * few pages that were added meanwhile are done on the writer's thread, so that the log can begin anew and stays short.
 * SQLite's own way, in a commit every 1,000 pages, makes that commit wait for random writes.
 */
final class SqliteCheckpoints {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteCheckpoints.class);
  private static final long PERIOD_MILLIS = 500;

  private final SqliteSession own;
  private final SqliteSession writer;
  private final Executor writerThread;
  private final ScheduledExecutorService thread;
  private final AtomicBoolean written = new AtomicBoolean();

  SqliteCheckpoints(Path file, ThreadFactory threads, Executor writerThread, SqliteSession writer) {
    this.own = new SqliteSession(file, false);
    this.writer = writer;
    this.writerThread = writerThread;
    thread = Executors.newSingleThreadScheduledExecutor(threads);
    thread.scheduleWithFixedDelay(
        this::beside, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  void written() {
    written.lazySet(true);
  }

  private void beside() {
    if (!written.getAndSet(false)) {
      return;
    }
    run(own);
    try {
      writerThread.execute(() -> run(writer));
    } catch (RejectedExecutionException e) {
      LOG.debug("the writer has ended");
    }
  }

  private static void run(SqliteSession session) {
    try {
      session.checkpoint();
    } catch (SQLException e) {
      LOG.debug("the write-ahead log is folded in later: {}", e.getMessage());
    }
  }

  /** Called when nothing is written any more; waits for the thread. */
  void close() throws InterruptedException {
    thread.shutdown();
    if (thread.awaitTermination(5, TimeUnit.SECONDS)) {
      own.close();
    }
  }
}
