package io.m2mgate.store.sql;

import io.m2mgate.session.SessionState;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.ReportedValue;
import io.m2mgate.store.TerminalState;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How SQLite takes a group: one prepared batch per table, within the writer's transaction and on its thread. */
final class SqliteAppend {
  private static final String EVENT =
      "INSERT INTO event (pos, app_id, log_offset, id, type, serial, tseq, time_ms, size,"
          + " session, seq, hash, result, accepted, data)"
          + " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
  private static final String LOG =
      "UPDATE application SET last_offset = $2, last_pos = $3, bytes = bytes + $4 WHERE id = $1";
  private static final String SESSION =
      "INSERT INTO session (serial, last_timestamp, online, heard, tokens, facts) VALUES ($1, $2, $3, $4, $5, $6)"
          + " ON CONFLICT (serial) DO UPDATE SET last_timestamp = excluded.last_timestamp, online = excluded.online,"
          + " heard = excluded.heard, tokens = excluded.tokens, facts = excluded.facts";
  private static final String STATE =
      "UPDATE terminal SET state = $2 WHERE serial = $1 AND state <> 0 AND state <> $3";
  private static final String REPORTED =
      "INSERT INTO reported (serial, tag, name, value, at) VALUES ($1, $2, $3, $4, $5)"
          + " ON CONFLICT (serial, tag) DO UPDATE SET name = excluded.name, value = excluded.value, at = excluded.at";
  private static final String SYNC_LIST = "INSERT INTO sync_list (serial, sealed) VALUES ($1, $2)"
      + " ON CONFLICT (serial) DO UPDATE SET sealed = excluded.sealed";

  private static final String COMMAND =
      insert("command", CommandRows.INSERTED, CommandRows.TYPES) + CommandRows.ON_CONFLICT;
  private static final String ALARM =
      insert("alarm", AlarmRows.INSERTED, AlarmRows.TYPES) + AlarmRows.ON_CONFLICT;

  private static final String DESIRED =
      insert("desired", DesiredRows.INSERTED, DesiredRows.TYPES) + DesiredRows.ON_CONFLICT;

  private SqliteAppend() {}

  private static String insert(String table, String columns, String types) {
    return IntStream.rangeClosed(1, types.length())
        .mapToObj(i -> "$" + i)
        .collect(
            Collectors.joining(", ", "INSERT INTO " + table + " (" + columns + ") VALUES (", ")"));
  }

  static void write(SqliteSession session, GroupRows rows) throws SQLException {
    if (!rows.events.isEmpty()) {
      events(session.prepare(EVENT), rows);
      logs(session.prepare(LOG), rows);
    }
    if (!rows.sessions.isEmpty()) {
      sessions(session.prepare(SESSION), rows);
      states(session.prepare(STATE), rows);
    }
    if (!rows.reported.isEmpty()) {
      reported(session.prepare(REPORTED), rows);
    }
    if (!rows.syncLists.isEmpty()) {
      syncLists(session.prepare(SYNC_LIST), rows);
    }
    if (!rows.commands.isEmpty()) {
      all(session.prepare(COMMAND), rows.commands.values().stream().map(CommandRows::values));
    }
    if (!rows.alarms.isEmpty()) {
      all(session.prepare(ALARM), rows.alarms.values().stream().map(AlarmRows::values));
    }
    if (!rows.desired.isEmpty()) {
      all(session.prepare(DESIRED), rows.desired.entrySet().stream().map(DesiredRows::values));
    }
  }

  private static void events(PreparedStatement statement, GroupRows rows) throws SQLException {
    for (GroupRows.EventRow row : rows.events) {
      UplinkMark mark = row.mark();
      statement.setLong(1, row.pos());
      statement.setLong(2, row.appId());
      statement.setLong(3, row.offset());
      statement.setString(4, row.id());
      statement.setString(5, row.type());
      statement.setString(6, row.serial());
      statement.setLong(7, row.tseq());
      statement.setLong(8, row.timeMillis());
      statement.setLong(9, row.size());
      statement.setLong(10, mark.session());
      statement.setLong(11, mark.sequence());
      statement.setLong(12, mark.hash());
      statement.setLong(13, mark.result());
      statement.setLong(14, mark.timeMillis());
      statement.setString(15, row.dataJson());
      statement.addBatch();
    }
    statement.executeBatch();
  }

  private static void logs(PreparedStatement statement, GroupRows rows) throws SQLException {
    for (GroupRows.LogEnd end : rows.logs.values()) {
      statement.setLong(1, end.appId);
      statement.setLong(2, end.offset);
      statement.setLong(3, end.pos);
      statement.setLong(4, end.addedBytes);
      statement.addBatch();
    }
    statement.executeBatch();
  }

  private static void sessions(PreparedStatement statement, GroupRows rows) throws SQLException {
    for (Map.Entry<String, SessionState> entry : rows.sessions.entrySet()) {
      SessionState state = entry.getValue();
      statement.setString(1, entry.getKey());
      statement.setLong(2, state.lastTimestamp());
      statement.setLong(3, SessionJson.online(state));
      statement.setLong(4, state.heardMillis());
      statement.setString(5, SessionJson.encode(state));
      statement.setString(6, state.factsJson());
      statement.addBatch();
    }
    statement.executeBatch();
  }

  /** A terminal's row says what its session makes of it, unless it is disabled. */
  private static void states(PreparedStatement statement, GroupRows rows) throws SQLException {
    for (Map.Entry<String, SessionState> entry : rows.sessions.entrySet()) {
      int state = TerminalState.of(entry.getValue()).ordinal();
      statement.setString(1, entry.getKey());
      statement.setLong(2, state);
      statement.setLong(3, state);
      statement.addBatch();
    }
    statement.executeBatch();
  }

  private static void reported(PreparedStatement statement, GroupRows rows) throws SQLException {
    for (Map.Entry<GroupRows.ReportedKey, ReportedValue> entry : rows.reported.entrySet()) {
      ReportedValue value = entry.getValue();
      statement.setString(1, entry.getKey().serial());
      statement.setLong(2, value.tag());
      statement.setString(3, value.name());
      statement.setString(4, value.valueJson());
      statement.setLong(5, value.atMillis());
      statement.addBatch();
    }
    statement.executeBatch();
  }

  private static void syncLists(PreparedStatement statement, GroupRows rows) throws SQLException {
    for (Map.Entry<String, byte[]> entry : rows.syncLists.entrySet()) {
      statement.setString(1, entry.getKey());
      statement.setBytes(2, entry.getValue());
      statement.addBatch();
    }
    statement.executeBatch();
  }

  private static void all(PreparedStatement statement, Stream<Object[]> rows) throws SQLException {
    for (Object[] values : rows.toList()) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.addBatch();
    }
    statement.executeBatch();
  }
}
