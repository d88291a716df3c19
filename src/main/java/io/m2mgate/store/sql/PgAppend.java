package io.m2mgate.store.sql;

import io.m2mgate.session.SessionState;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How PostgreSQL takes a group: one statement over arrays, which is its own transaction, so a group costs one round trip.
 * Stateless.
 */
final class PgAppend {
  /** The number of the first value beyond those that every group has. */
  private static final int FIRST_OF_MORE = 33;

  private static final String TEXT = """
      WITH events AS (
        INSERT INTO event (pos, app_id, log_offset, id, type, serial, tseq, time_ms, size, session, seq, hash, result,
            accepted, data)
          SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[],
            $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[],
            $15::text[])
      ), sessions AS (
        INSERT INTO session (serial, last_timestamp, online, heard, tokens, facts)
          SELECT * FROM unnest($16::text[], $17::bigint[], $18::bigint[], $19::bigint[], $20::text[], $21::text[])
          ON CONFLICT (serial) DO UPDATE SET last_timestamp = excluded.last_timestamp, online = excluded.online,
            heard = excluded.heard, tokens = excluded.tokens, facts = excluded.facts
      ), states AS (
        UPDATE terminal t SET state = g.state FROM (
            SELECT s.serial, CASE WHEN s.online = 2 THEN 4 WHEN s.online = 1 THEN 3 WHEN s.heard = 0 THEN 1 WHEN s.online < 0 THEN 5 ELSE 2 END AS state
              FROM unnest($16::text[], $18::bigint[], $19::bigint[]) AS s (serial, online, heard)) AS g
          WHERE t.serial = g.serial AND t.state <> 0 AND t.state <> g.state
      ), reports AS (
        INSERT INTO reported (serial, tag, name, value, at)
          SELECT * FROM unnest($22::text[], $23::bigint[], $24::text[], $25::text[], $26::bigint[])
          ON CONFLICT (serial, tag) DO UPDATE SET name = excluded.name, value = excluded.value, at = excluded.at
      ), lists AS (
        INSERT INTO sync_list (serial, sealed)
          SELECT * FROM unnest($27::text[], $28::bytea[])
          ON CONFLICT (serial) DO UPDATE SET sealed = excluded.sealed
      )/* more */
      UPDATE application a SET last_offset = g.last_offset, last_pos = g.last_pos, bytes = a.bytes + g.added
        FROM unnest($29::bigint[], $30::bigint[], $31::bigint[], $32::bigint[]) AS g (id, last_offset, last_pos, added)
        WHERE a.id = g.id
      """;

  private static final int COMMANDS = 1;
  private static final int ALARMS = 2;
  private static final int DESIRED = 4;

  /** By what a group has besides; most have nothing of it. */
  private static final List<String> SQL =
      IntStream.range(0, 2 * DESIRED).mapToObj(PgAppend::sql).toList();

  private static final List<ToLongFunction<GroupRows.LogEnd>> LOG =
      List.of(end -> end.appId, end -> end.offset, end -> end.pos, end -> end.addedBytes);

  private PgAppend() {}

  /** The columns of commands, of alarms, of desired parameters follow the other values in this order. */
  private static String sql(int having) {
    StringBuilder more = new StringBuilder();
    int first = FIRST_OF_MORE;
    if ((having & COMMANDS) != 0) {
      more.append(
          put("command", CommandRows.INSERTED, CommandRows.TYPES, first, CommandRows.ON_CONFLICT));
      first += CommandRows.TYPES.length();
    }
    if ((having & ALARMS) != 0) {
      more.append(put("alarm", AlarmRows.INSERTED, AlarmRows.TYPES, first, AlarmRows.ON_CONFLICT));
      first += AlarmRows.TYPES.length();
    }
    if ((having & DESIRED) != 0) {
      more.append(
          put("desired", DesiredRows.INSERTED, DesiredRows.TYPES, first, DesiredRows.ON_CONFLICT));
    }
    return TEXT.replace("/* more */", more);
  }

  private static String put(
      String table, String columns, String types, int first, String onConflict) {
    return ", " + table + "s AS (INSERT INTO " + table + " (" + columns + ") SELECT * FROM unnest("
        + arrays(first, types) + ")" + onConflict + ")";
  }

  private static String arrays(int first, String types) {
    return IntStream.range(0, types.length())
        .mapToObj(i -> "$" + (first + i) + "::" + arrayType(types.charAt(i)))
        .collect(Collectors.joining(", "));
  }

  private static String arrayType(char type) {
    return switch (type) {
      case 't' -> "text[]";
      case 'n' -> "bigint[]";
      default -> "bytea[]";
    };
  }

  static String sql(GroupRows rows) {
    return SQL.get((rows.commands.isEmpty() ? 0 : COMMANDS)
        | (rows.alarms.isEmpty() ? 0 : ALARMS)
        | (rows.desired.isEmpty() ? 0 : DESIRED));
  }

  static Tuple values(GroupRows rows) {
    Tuple values = Tuple.tuple();
    addEvents(values, rows);
    addSessions(values, rows);
    addReported(values, rows);
    values.addArrayOfString(rows.syncLists.keySet().toArray(String[]::new));
    values.addArrayOfBuffer(
        rows.syncLists.values().stream().map(Buffer::buffer).toArray(Buffer[]::new));
    for (ToLongFunction<GroupRows.LogEnd> column : LOG) {
      values.addArrayOfLong(
          rows.logs.values().stream().map(column::applyAsLong).toArray(Long[]::new));
    }
    if (!rows.commands.isEmpty()) {
      addColumns(
          values, rows.commands.values().stream().map(CommandRows::values), CommandRows.TYPES);
    }
    if (!rows.alarms.isEmpty()) {
      addColumns(values, rows.alarms.values().stream().map(AlarmRows::values), AlarmRows.TYPES);
    }
    if (!rows.desired.isEmpty()) {
      addColumns(
          values, rows.desired.entrySet().stream().map(DesiredRows::values), DesiredRows.TYPES);
    }
    return values;
  }

  private static void addColumns(Tuple values, Stream<Object[]> rows, String types) {
    List<Object[]> all = rows.toList();
    for (int i = 0; i < types.length(); i++) {
      int column = i;
      Stream<Object> items = all.stream().map(row -> row[column]);
      switch (types.charAt(column)) {
        case 't' -> values.addArrayOfString(items.toArray(String[]::new));
        case 'n' -> values.addArrayOfLong(items.toArray(Long[]::new));
        default ->
          values.addArrayOfBuffer(items
              .map(bytes -> bytes == null ? null : Buffer.buffer((byte[]) bytes))
              .toArray(Buffer[]::new));
      }
    }
  }

  private static void addEvents(Tuple values, GroupRows rows) {
    longs(values, rows, GroupRows.EventRow::pos);
    longs(values, rows, GroupRows.EventRow::appId);
    longs(values, rows, GroupRows.EventRow::offset);
    texts(values, rows, GroupRows.EventRow::id);
    texts(values, rows, GroupRows.EventRow::type);
    texts(values, rows, GroupRows.EventRow::serial);
    longs(values, rows, GroupRows.EventRow::tseq);
    longs(values, rows, GroupRows.EventRow::timeMillis);
    longs(values, rows, GroupRows.EventRow::size);
    longs(values, rows, row -> row.mark().session());
    longs(values, rows, row -> row.mark().sequence());
    longs(values, rows, row -> row.mark().hash());
    longs(values, rows, row -> row.mark().result());
    longs(values, rows, row -> row.mark().timeMillis());
    texts(values, rows, GroupRows.EventRow::dataJson);
  }

  private static void longs(
      Tuple values, GroupRows rows, ToLongFunction<GroupRows.EventRow> column) {
    Long[] array = new Long[rows.events.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = column.applyAsLong(rows.events.get(i));
    }
    values.addArrayOfLong(array);
  }

  private static void texts(
      Tuple values, GroupRows rows, Function<GroupRows.EventRow, String> column) {
    String[] array = new String[rows.events.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = column.apply(rows.events.get(i));
    }
    values.addArrayOfString(array);
  }

  private static void addSessions(Tuple values, GroupRows rows) {
    values.addArrayOfString(rows.sessions.keySet().toArray(String[]::new));
    values.addArrayOfLong(sessionLongs(rows, SessionState::lastTimestamp));
    values.addArrayOfLong(sessionLongs(rows, SessionJson::online));
    values.addArrayOfLong(sessionLongs(rows, SessionState::heardMillis));
    values.addArrayOfString(
        rows.sessions.values().stream().map(SessionJson::encode).toArray(String[]::new));
    values.addArrayOfString(
        rows.sessions.values().stream().map(SessionState::factsJson).toArray(String[]::new));
  }

  private static Long[] sessionLongs(GroupRows rows, ToLongFunction<SessionState> column) {
    return rows.sessions.values().stream().map(column::applyAsLong).toArray(Long[]::new);
  }

  private static void addReported(Tuple values, GroupRows rows) {
    var entries = rows.reported.entrySet();
    values.addArrayOfString(entries.stream().map(e -> e.getKey().serial()).toArray(String[]::new));
    values.addArrayOfLong(entries.stream().map(e -> (long) e.getKey().tag()).toArray(Long[]::new));
    values.addArrayOfString(entries.stream().map(e -> e.getValue().name()).toArray(String[]::new));
    values.addArrayOfString(
        entries.stream().map(e -> e.getValue().valueJson()).toArray(String[]::new));
    values.addArrayOfLong(
        entries.stream().map(Map.Entry::getValue).map(v -> v.atMillis()).toArray(Long[]::new));
  }
}
