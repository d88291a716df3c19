package io.m2mgate.store.sql;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writer's connection to PostgreSQL; belongs to the writer's turns. A connection that was given up may still hold a
 * statement that the server carries out later, over what was written since. So every connection takes a lock of this writer
 * before its first work: it ends the backends of those before it, and waits until they are gone.
 */
final class PgWriter {
  private static final Logger LOG = LoggerFactory.getLogger(PgWriter.class);

  /** Only who came before: what a connection that was given up says too late must not end the one that followed it. */
  private static final String END_EARLIER = """
      SELECT pg_terminate_backend(l.pid)
        FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.classid::bigint = $1 AND l.objid::bigint = $2
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND a.backend_start < (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())
      """;

  private static final String LOCK =
      "SELECT 1 FROM pg_advisory_lock(($1::bigint << 32) | $2::bigint)";

  /** A commit of the writer is on the disk when it is answered, whatever the server's own setting is (ground rule 4). */
  private static final String SYNCHRONOUS =
      "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

  /** So that what a gateway left when it was killed ends before the next one is there. Only some servers can. */
  private static final String NOTICING =
      "SELECT set_config('client_connection_check_interval', '1s', false)"
          + " WHERE EXISTS (SELECT 1 FROM pg_settings WHERE name = 'client_connection_check_interval')";

  /** Lasts as long as the connection: every user of the store has one, so who has it alone is the only one. */
  private static final String USE = lock("pg_try_advisory_lock_shared");

  /** Within a transaction of the writer: 1 when nobody else uses the store, and nobody can until the connection ends. */
  static final String ALONE = lock("pg_try_advisory_lock");

  private final Supplier<Pool> pools;
  /** For a connection, a backend that starts, and one that ends. */
  private final int openMillis;

  private final long keyHigh;
  private final long keyLow;
  private Optional<Open> open = Optional.empty();

  /** In a pool of its own, so that it can be thrown away whatever state it is in. */
  private record Open(Pool pool, SqlConnection connection) {}

  /** @param pools makes a pool of one connection */
  PgWriter(Supplier<Pool> pools, int openMillis) {
    this.pools = pools;
    this.openMillis = openMillis;
    var random = new SecureRandom();
    this.keyHigh = random.nextInt() & 0xFFFFFFFFL;
    this.keyLow = random.nextInt() & 0xFFFFFFFFL;
  }

  /** The connection, a new one after {@link #giveUp}. Not to be asked again before it has answered. */
  Future<PgSession> session() {
    if (open.isPresent()) {
      return Future.succeededFuture(new PgSession(open.get().connection()));
    }
    Pool own = pools.get();
    return own.getConnection()
        .compose(PgWriter.this::alone)
        .timeout(openMillis, TimeUnit.MILLISECONDS)
        .transform(done -> {
          if (done.failed()) {
            own.close();
            return Future.failedFuture(PgSession.fault(done.cause()));
          }
          SqlConnection connection = done.result();
          connection.exceptionHandler(
              broken -> LOG.debug("the writer's connection", broken)); // its works fail too
          open = Optional.of(new Open(own, connection));
          return Future.succeededFuture(new PgSession(connection));
        });
  }

  private Future<SqlConnection> alone(SqlConnection connection) {
    var session = new PgSession(connection);
    return session
        .query(END_EARLIER, keyHigh, keyLow)
        .compose(ended -> session.query(LOCK, keyHigh, keyLow))
        .compose(locked -> session.query(NOTICING).recover(cannot -> Future.succeededFuture()))
        .compose(set -> session.query(SYNCHRONOUS))
        .compose(set -> session.query(USE))
        .compose(rows -> rows.get(0).flag(0)
            ? Future.succeededFuture(connection)
            : Future.failedFuture(SqlFault.away("m2mgate rekey has it alone")));
  }

  private static String lock(String function) {
    return "SELECT CASE WHEN " + function
        + "(hashtext('m2mgate'), hashtext(current_schema())) THEN 1 ELSE 0 END";
  }

  /** Leaves the connection to itself. */
  Future<Void> giveUp() {
    Future<Void> closed =
        open.map(broken -> broken.pool().close()).orElse(Future.succeededFuture());
    open = Optional.empty();
    return closed;
  }
}
