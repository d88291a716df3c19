package io.m2mgate.store.sql;

import io.m2mgate.store.StoreFault;
import io.m2mgate.store.StoreOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.util.concurrent.TimeUnit;

/**
 * PostgreSQL through the reactive client. Owns one connection for the writer's turns, which run on one context, and a small
 * pool for everything else.
 */
final class PostgresEngine implements SqlEngine, WriterLane.Thread, WriterLane.Transactor {
  private static final int CONNECT_MILLIS = 3_000;

  private final Vertx vertx;
  private final int answerMillis;
  private final PgConnectOptions connect;
  private final Pool pool;
  private final Context context;
  private final WriterLane lane;
  private final PgWriter writer; // of the context

  PostgresEngine(Vertx vertx, PgConnectOptions to, StoreOptions options) {
    this.vertx = vertx;
    this.answerMillis = options.patience().answerMillis();
    connect = new PgConnectOptions(to)
        .setCachePreparedStatements(true)
        .addProperty("application_name", "m2mgate")
        .addProperty("statement_timeout", String.valueOf(2L * answerMillis));
    pool = pool(options.readers() + 1, options.queuedReads());
    writer = new PgWriter(() -> pool(1, 1), options.patience().openMillis());
    context = vertx.getOrCreateContext();
    lane = new WriterLane(this, this, options.queuedReads());
  }

  /** Fails while somebody has the store alone. */
  Future<Void> use() {
    return exclusive(tx -> tx.query("SELECT 1").mapEmpty());
  }

  private Pool pool(int size, int waiting) {
    return PgBuilder.pool()
        .connectingTo(connect)
        .using(vertx)
        .with(new NetClientOptions()
            .setConnectTimeout(CONNECT_MILLIS)
            .setTcpKeepAlive(true)
            .setTcpUserTimeout(answerMillis))
        .with(new PoolOptions()
            .setMaxSize(size)
            .setMaxWaitQueueSize(waiting)
            .setConnectionTimeout(answerMillis)
            .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS))
        .build();
  }

  @Override
  public void run(Runnable turn) {
    context.runOnContext(now -> turn.run());
  }

  @Override
  public void runAfter(long micros, Runnable turn) {
    context.runOnContext(now -> vertx.setTimer(Math.max(1, micros / 1000), id -> turn.run()));
  }

  @Override
  public <T> Future<T> read(SqlWork<T> work) {
    return pooled("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", work);
  }

  @Override
  public <T> Future<T> write(SqlWork<T> work) {
    return pooled("BEGIN", work);
  }

  private <T> Future<T> pooled(String begin, SqlWork<T> work) {
    return pool.getConnection()
        .recover(cause -> Future.failedFuture(PgSession.fault(cause)))
        .compose(connection -> transaction(new PgSession(connection), begin, work)
            .eventually(() -> connection.close().otherwiseEmpty()));
  }

  @Override
  public <T> Future<T> exclusive(SqlWork<T> work) {
    return lane.submit(work);
  }

  @Override
  public <T> Future<T> transaction(SqlWork<T> work) {
    return withWriter(session -> transaction(session, "BEGIN", work));
  }

  /** What the work reads first is read outside the transaction, which its one writing statement is. */
  @Override
  public Future<Void> group(SqlWork<Void> work) {
    return withWriter(work::in);
  }

  /** BEGIN goes out together with the work's first statement; when it fails, so does that. */
  private static <T> Future<T> transaction(PgSession session, String begin, SqlWork<T> work) {
    Future<Void> begun = session.command(begin);
    Future<T> worked = WriterLane.attempt(work, session);
    // Their futures may complete on two threads: the later one in time is not always the later one
    // here.
    return worked.transform(done -> begun.transform(open -> {
      if (done.succeeded() && open.succeeded()) {
        return session.command("COMMIT").map(done.result());
      }
      Throwable cause = open.failed() ? open.cause() : done.cause();
      return session.command("ROLLBACK").transform(back -> Future.failedFuture(cause));
    }));
  }

  private interface WriterWork<T> {
    Future<T> with(PgSession session);
  }

  /** The limit of the work begins when there is a connection, which has a limit of its own. */
  private <T> Future<T> withWriter(WriterWork<T> work) {
    return writer
        .session()
        .compose(session -> work.with(session).timeout(answerMillis, TimeUnit.MILLISECONDS))
        .recover(cause -> {
          Throwable fault = cause instanceof SqlFault || cause instanceof StoreFault
              ? cause
              : PgSession.fault(cause);
          if (SqlFault.isAway(fault)) {
            writer.giveUp();
          }
          return Future.failedFuture(fault);
        });
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
  public Future<Long> bytes() {
    return read(tx -> tx.query("SELECT pg_database_size(current_database())")
        .map(rows -> rows.get(0).number(0)));
  }

  @Override
  public Future<Void> close() {
    Promise<Void> closed = Promise.promise();
    lane.close()
        .onComplete(drained -> run(() -> {
          writer.giveUp().transform(done -> pool.close()).onComplete(closed);
        }));
    return closed.future();
  }
}
