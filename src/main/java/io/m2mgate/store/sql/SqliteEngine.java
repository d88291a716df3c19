package io.m2mgate.store.sql;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * SQLite through plain JDBC. Owns one writer thread and a few reader threads, each with a connection of its own; WAL lets
 * the readers go on while the writer commits.
 */
final class SqliteEngine implements SqlEngine, WriterLane.Thread, WriterLane.Transactor {
  private final Path file;
  private final SqliteSession writer;
  private final ScheduledThreadPoolExecutor writerThread;
  private final ThreadPoolExecutor readerThreads;
  private final ThreadLocal<SqliteSession> reader;
  private final Queue<SqliteSession> readers = new ConcurrentLinkedQueue<>();
  private final WriterLane lane;
  private final SqliteCheckpoints checkpoints;
  private final AutoCloseable use;

  /** @param use closed last */
  SqliteEngine(Path file, int readerCount, int queuedReads, AutoCloseable use) {
    this.file = file;
    this.use = use;
    writer = new SqliteSession(file, false);
    writerThread = new ScheduledThreadPoolExecutor(1, daemons("m2mgate-store-writer"));
    writerThread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    readerThreads = new ThreadPoolExecutor(
        readerCount,
        readerCount,
        0,
        TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(queuedReads),
        daemons("m2mgate-store-reader"));
    reader = ThreadLocal.withInitial(() -> {
      SqliteSession session = new SqliteSession(file, true);
      readers.add(session);
      return session;
    });
    lane = new WriterLane(this, this, queuedReads);
    checkpoints =
        new SqliteCheckpoints(file, daemons("m2mgate-store-checkpoint"), writerThread, writer);
  }

  private static ThreadFactory daemons(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public void run(Runnable turn) {
    writerThread.execute(turn);
  }

  @Override
  public void runAfter(long micros, Runnable turn) {
    writerThread.schedule(turn, micros, TimeUnit.MICROSECONDS);
  }

  @Override
  public <T> Future<T> transaction(SqlWork<T> work) {
    checkpoints.written();
    return writer.transaction(work);
  }

  @Override
  public <T> Future<T> read(SqlWork<T> work) {
    Promise<T> promise = Promise.promise();
    try {
      readerThreads.execute(() -> reader.get().transaction(work).onComplete(promise));
    } catch (RejectedExecutionException e) {
      promise.fail(SqlFault.away("too many reads are waiting"));
    }
    return promise.future();
  }

  @Override
  public <T> Future<T> write(SqlWork<T> work) {
    return lane.submit(work);
  }

  @Override
  public <T> Future<T> exclusive(SqlWork<T> work) {
    return lane.submit(work);
  }

  @Override
  public void serve(WriterLane.Groups groups) {
    lane.serve(groups);
  }

  @Override
  public void wake() {
    lane.wake();
  }

  @Override
  public Future<Void> group(SqlWork<Void> work) {
    checkpoints.written();
    return writer.transaction(work);
  }

  @Override
  public Future<Long> bytes() {
    try {
      Path wal = Path.of(file + "-wal");
      return Future.succeededFuture(Files.size(file) + (Files.exists(wal) ? Files.size(wal) : 0));
    } catch (IOException e) {
      return Future.failedFuture(SqlFault.away(e.toString()));
    }
  }

  /** The last connection to close folds the write-ahead log into the file: readers first, then the writer. */
  @Override
  public Future<Void> close() {
    Promise<Void> closed = Promise.promise();
    lane.close().onComplete(drained -> {
      readerThreads.shutdown();
      Thread closer = new Thread(() -> closeAll(closed), "m2mgate-store-close");
      closer.setDaemon(true);
      closer.start();
    });
    return closed.future();
  }

  private void closeAll(Promise<Void> closed) {
    try {
      if (!readerThreads.awaitTermination(5, TimeUnit.SECONDS)) {
        readerThreads.shutdownNow();
      }
      readers.forEach(SqliteSession::close);
      checkpoints.close();
      writerThread.submit(writer::close).get(5, TimeUnit.SECONDS);
      writerThread.shutdown();
      use.close();
      closed.complete();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed.fail(e);
    } catch (Exception e) {
      closed.fail(e);
    }
  }
}
