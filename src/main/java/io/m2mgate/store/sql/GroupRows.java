package io.m2mgate.store.sql;

import io.m2mgate.session.SessionState;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.DesiredSet;
import io.m2mgate.store.ReportedValue;
import io.m2mgate.store.StoredAlarm;
import io.m2mgate.store.StoredCommand;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows of one group of the journal, each table row at most once. Made, written and dropped in one turn of the writer. */
final class GroupRows {

  /** An event with all that the writer gives it. */
  record EventRow(
      long pos,
      long appId,
      long offset,
      String id,
      String type,
      String serial,
      long tseq,
      long timeMillis,
      long size,
      UplinkMark mark,
      String dataJson) {}

  /** How far a group moves one application's log. */
  static final class LogEnd {
    final String app;
    final long appId;
    long offset;
    long pos;
    long addedBytes;

    LogEnd(String app, long appId, long offset) {
      this.app = app;
      this.appId = appId;
      this.offset = offset;
    }
  }

  /**
   * A command as it is after the group.
   *
   * @param command without its body and secrets where it was there before
   * @param fresh it was not there before
   */
  record CommandRow(StoredCommand command, long appId, boolean fresh) {
    /** By how many there are more open ones now. */
    int opens() {
      return (fresh ? 1 : 0) - (command.isOpen() ? 0 : 1);
    }
  }

  /** An alarm as it is after the group. */
  record AlarmRow(StoredAlarm alarm, long appId) {}

  record ReportedKey(String serial, int tag) {}

  final List<EventRow> events = new ArrayList<>();
  final Map<String, LogEnd> logs = new LinkedHashMap<>();
  final Map<String, SessionState> sessions = new LinkedHashMap<>();
  final Map<ReportedKey, ReportedValue> reported = new LinkedHashMap<>();
  final Map<String, byte[]> syncLists = new LinkedHashMap<>();
  final Map<String, CommandRow> commands = new LinkedHashMap<>();
  final Map<String, DesiredSet> desired = new LinkedHashMap<>();
  final Map<String, AlarmRow> alarms = new LinkedHashMap<>();
  int alarmsOpened;
  int alarmsCleared;
  int alarmsNotKept;

  boolean isEmpty() {
    return events.isEmpty()
        && sessions.isEmpty()
        && reported.isEmpty()
        && syncLists.isEmpty()
        && commands.isEmpty()
        && desired.isEmpty()
        && alarms.isEmpty();
  }
}
