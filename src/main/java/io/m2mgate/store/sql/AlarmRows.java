package io.m2mgate.store.sql;

import io.m2mgate.store.StoredAlarm;
import io.m2mgate.store.StoredAlarm.Ack;
import io.m2mgate.store.StoredAlarm.Cause;
import io.m2mgate.store.StoredAlarm.Kind;
import java.util.List;
import java.util.Optional;

/** How rows of alarms become records, and back. Stateless. */
final class AlarmRows {
  static final String SELECT =
      "SELECT l.id, l.serial, a.code, l.code, l.name, l.type, l.type_name, l.occurrences, l.raised, l.last, l.cleared,"
          + " l.cleared_by, l.acked, l.acked_by, l.note FROM alarm l JOIN application a ON a.id = l.app_id";

  static final String INSERTED =
      "id, serial, app_id, code, name, type, type_name, occurrences, raised, last, cleared, cleared_by";

  /** What the inserted columns are: texts, numbers. */
  static final String TYPES = "ttnntntnnnnt";

  /** What a person noted is not the writer's. */
  static final String ON_CONFLICT =
      " ON CONFLICT (id) DO UPDATE SET occurrences = excluded.occurrences, last = excluded.last,"
          + " cleared = excluded.cleared, cleared_by = excluded.cleared_by";

  private AlarmRows() {}

  static List<StoredAlarm> alarms(List<SqlRow> rows) {
    return rows.stream().map(AlarmRows::alarm).toList();
  }

  private static StoredAlarm alarm(SqlRow row) {
    return new StoredAlarm(
        row.text(0),
        row.text(1),
        row.text(2),
        new Kind((int) row.number(3), row.text(4), (int) row.number(5), row.text(6)),
        row.number(7),
        row.number(8),
        row.number(9),
        row.number(10),
        Cause.parse(row.text(11)),
        row.number(12) == 0
            ? Optional.empty()
            : Optional.of(new Ack(row.number(12), row.text(13), row.text(14))));
  }

  /** In the order of {@link #INSERTED}. */
  static Object[] values(GroupRows.AlarmRow row) {
    StoredAlarm alarm = row.alarm();
    return new Object[] {
      alarm.id(),
      alarm.serial(),
      row.appId(),
      (long) alarm.kind().code(),
      alarm.kind().name(),
      (long) alarm.kind().type(),
      alarm.kind().typeName(),
      alarm.occurrences(),
      alarm.raisedMillis(),
      alarm.lastMillis(),
      alarm.clearedMillis(),
      alarm.clearedBy().map(Cause::text).orElse("")
    };
  }
}
