package io.m2mgate.store.sql;

import io.vertx.core.Future;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * One SQLite connection with its prepared statements, owned by one thread: the writer's or a reader's. Opens itself when
 * needed and drops the connection after a failure that may have broken it.
 */
final class SqliteSession implements SqlTx, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteSession.class);
  private static final int MAX_STATEMENTS = 200;
  private static final int BUSY_MILLIS = 2_000;
  private static final int MAX_WAL_PAGES = 50_000; // past this a commit folds the log in by itself

  private final Path file;
  private final boolean readOnly;
  private final Map<String, PreparedStatement> statements = new LinkedHashMap<>(64, 0.75f, true) {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, PreparedStatement> eldest) {
      if (size() > MAX_STATEMENTS) {
        closeQuietly(eldest.getValue());
        return true;
      }
      return false;
    }
  };
  private Connection connection;

  SqliteSession(Path file, boolean readOnly) {
    this.file = file;
    this.readOnly = readOnly;
  }

  /** Runs a work between BEGIN and COMMIT; its future is complete when it returns. */
  <T> Future<T> transaction(SqlWork<T> work) {
    try {
      open();
      prepare(readOnly ? "BEGIN" : "BEGIN IMMEDIATE").execute();
    } catch (SQLException e) {
      return Future.failedFuture(broken(e));
    }
    Future<T> result = WriterLane.attempt(work, this);
    if (!result.isComplete()) {
      rollback();
      return Future.failedFuture(new IllegalStateException("a work left its transaction"));
    }
    if (result.failed()) {
      rollback();
      return result;
    }
    try {
      prepare("COMMIT").execute();
      return result;
    } catch (SQLException e) {
      rollback();
      return Future.failedFuture(broken(e));
    }
  }

  /** Folds what it can of the write-ahead log into the file, without waiting for readers or the writer. */
  void checkpoint() throws SQLException {
    open();
    run("PRAGMA wal_checkpoint(PASSIVE)");
  }

  private void rollback() {
    try {
      if (connection != null) {
        run("ROLLBACK");
      }
    } catch (SQLException e) {
      if (!String.valueOf(e.getMessage()).contains("no transaction is active")) {
        close();
      }
    }
  }

  @Override
  public Future<List<SqlRow>> query(String sql, Object... values) {
    try {
      PreparedStatement statement = bound(sql, values);
      try (ResultSet results = statement.executeQuery()) {
        int columns = results.getMetaData().getColumnCount();
        List<SqlRow> rows = new ArrayList<>();
        while (results.next()) {
          Object[] row = new Object[columns];
          for (int i = 0; i < columns; i++) {
            row[i] = results.getObject(i + 1);
          }
          rows.add(new SqlRow(row));
        }
        return Future.succeededFuture(rows);
      }
    } catch (SQLException e) {
      return Future.failedFuture(broken(e));
    }
  }

  @Override
  public Future<Integer> update(String sql, Object... values) {
    try {
      return Future.succeededFuture(bound(sql, values).executeUpdate());
    } catch (SQLException e) {
      return Future.failedFuture(broken(e));
    }
  }

  @Override
  public Future<Void> append(GroupRows rows) {
    try {
      SqliteAppend.write(this, rows);
      return Future.succeededFuture();
    } catch (SQLException e) {
      return Future.failedFuture(broken(e));
    }
  }

  private PreparedStatement bound(String sql, Object... values) throws SQLException {
    PreparedStatement statement = prepare(sql);
    for (int i = 0; i < values.length; i++) {
      if (values[i] instanceof byte[] bytes) {
        statement.setBytes(i + 1, bytes);
      } else {
        statement.setObject(i + 1, values[i]);
      }
    }
    return statement;
  }

  /** The prepared statement of a text, kept for the next time. */
  PreparedStatement prepare(String sql) throws SQLException {
    PreparedStatement known = statements.get(sql);
    if (known == null) {
      known = connection.prepareStatement(sql.replace('$', '?'));
      statements.put(sql, known);
    }
    return known;
  }

  void open() throws SQLException {
    if (connection != null) {
      return;
    }
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(BUSY_MILLIS);
    config.enforceForeignKeys(true);
    config.setCacheSize(readOnly ? -4_000 : -32_000);
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    connection = config.createConnection("jdbc:sqlite:" + file);
    run("PRAGMA wal_autocheckpoint = " + MAX_WAL_PAGES);
    if (readOnly) {
      run("PRAGMA query_only = ON");
    }
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Translates a failure; after one that may have broken the connection the next transaction opens another. */
  private SqlFault broken(SQLException e) {
    SqlFault fault = fault(e);
    if (fault.kind() == SqlFault.Kind.AWAY && !isFullOrBusy(e)) {
      close();
    }
    return fault;
  }

  static SqlFault fault(SQLException e) {
    String message = String.valueOf(e.getMessage());
    SQLiteErrorCode code =
        e instanceof SQLiteException known ? known.getResultCode() : SQLiteErrorCode.SQLITE_ERROR;
    return switch (code) {
      case SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID ->
        new SqlFault(SqlFault.Kind.DUPLICATE, column(message), message);
      case SQLITE_CONSTRAINT_FOREIGNKEY -> new SqlFault(SqlFault.Kind.REFERENCE, "", message);
      case SQLITE_CONSTRAINT,
          SQLITE_CONSTRAINT_NOTNULL,
          SQLITE_CONSTRAINT_CHECK,
          SQLITE_CONSTRAINT_DATATYPE -> new SqlFault(constraint(message), column(message), message);
      case SQLITE_TOOBIG, SQLITE_MISMATCH, SQLITE_RANGE ->
        new SqlFault(SqlFault.Kind.VALUE, "", message);
      default -> SqlFault.away(message);
    };
  }

  private static SqlFault.Kind constraint(String message) {
    if (message.contains("UNIQUE")) {
      return SqlFault.Kind.DUPLICATE;
    }
    return message.contains("FOREIGN KEY") ? SqlFault.Kind.REFERENCE : SqlFault.Kind.VALUE;
  }

  /** The column in "… constraint failed: terminal.imei)". */
  private static String column(String message) {
    int failed = message.indexOf("failed: ");
    int dot = message.indexOf('.', Math.max(failed, 0));
    if (failed < 0 || dot < 0) {
      return "";
    }
    int end = dot + 1;
    while (end < message.length()
        && (Character.isLetter(message.charAt(end)) || message.charAt(end) == '_')) {
      end++;
    }
    return message.substring(dot + 1, end);
  }

  private static boolean isFullOrBusy(SQLException e) {
    int code = e.getErrorCode() & 0xff;
    return code == SQLiteErrorCode.SQLITE_FULL.code || code == SQLiteErrorCode.SQLITE_BUSY.code;
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      LOG.debug("closing", e);
    }
  }

  @Override
  public void close() {
    statements.values().forEach(SqliteSession::closeQuietly);
    statements.clear();
    if (connection != null) {
      closeQuietly(connection);
      connection = null;
    }
  }
}
