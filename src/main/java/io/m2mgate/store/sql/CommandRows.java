package io.m2mgate.store.sql;

import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Head;
import io.m2mgate.store.StoredCommand.Mode;
import io.m2mgate.store.StoredCommand.Progress;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.StoredCommand.Type;
import io.m2mgate.store.StoredCommand.Wake;
import java.util.List;

/** How rows of commands become records, and back. Stateless. */
final class CommandRows {

  /** In the order of the table but for {@code body} and {@code sealed}, which come last. */
  static final String COLUMNS =
      "c.id, c.serial, a.code, c.type, c.origin, c.mode, c.wake, c.high, c.repeatable, c.idem_key, c.request_hash,"
          + " c.created, c.expires, c.state, c.reason, c.attempts, c.sequence, c.bearer, c.result_code, c.result,"
          + " c.updated, c.sent, c.acked, c.finished";

  static final String FROM = " FROM command c JOIN application a ON a.id = c.app_id";
  static final String SELECT = "SELECT " + COLUMNS + ", c.body, c.sealed" + FROM;

  /** What a step needs. */
  static final String SELECT_LIGHT = "SELECT " + COLUMNS + ", '', NULL, c.app_id" + FROM;

  static final int APP_ID_AT = 26;

  static final String INSERTED =
      "id, serial, app_id, type, origin, mode, wake, high, repeatable, idem_key, request_hash, created, expires, state,"
          + " reason, attempts, sequence, bearer, result_code, result, updated, sent, acked, finished, body, sealed";

  /** What the inserted columns are: texts, numbers, bytes. */
  static final String TYPES = "ttnttttnntnnnttnntntnnnntb";

  static final String ON_CONFLICT =
      " ON CONFLICT (id) DO UPDATE SET state = excluded.state, reason = excluded.reason, attempts = excluded.attempts,"
          + " sequence = excluded.sequence, bearer = excluded.bearer, result_code = excluded.result_code,"
          + " result = excluded.result, updated = excluded.updated, sent = excluded.sent, acked = excluded.acked,"
          + " finished = excluded.finished,"
          + " sealed = CASE WHEN excluded.finished > 0 THEN NULL ELSE command.sealed END";

  private CommandRows() {}

  static List<StoredCommand> commands(List<SqlRow> rows) {
    return rows.stream().map(CommandRows::command).toList();
  }

  static StoredCommand command(SqlRow row) {
    return new StoredCommand(
        new Head(
            row.text(0),
            row.text(1),
            row.text(2),
            Type.parse(row.text(3)).orElseThrow(),
            row.text(4),
            Mode.parse(row.text(5)).orElseThrow(),
            Wake.parse(row.text(6)).orElseThrow(),
            row.flag(7),
            row.flag(8),
            row.text(24),
            row.bytes(25),
            row.text(9),
            row.number(10),
            row.number(11),
            row.number(12)),
        new Progress(
            State.parse(row.text(13)).orElseThrow(),
            row.text(14),
            (int) row.number(15),
            row.number(16),
            row.text(17),
            (int) row.number(18),
            row.text(19),
            row.number(20),
            row.number(21),
            row.number(22),
            row.number(23)));
  }

  /** In the order of {@link #INSERTED}: texts, longs and at last bytes or null. */
  static Object[] values(GroupRows.CommandRow row) {
    Head head = row.command().head();
    Progress progress = row.command().progress();
    boolean kept = row.command().isOpen() && head.sealed().length > 0;
    return new Object[] {
      head.id(),
      head.serial(),
      row.appId(),
      head.type().text(),
      head.origin(),
      head.mode().text(),
      head.wake().text(),
      head.high() ? 1L : 0L,
      head.repeatable() ? 1L : 0L,
      head.key(),
      head.requestHash(),
      head.createdMillis(),
      head.expiresMillis(),
      progress.state().text(),
      progress.reason(),
      (long) progress.attempts(),
      progress.sequence(),
      progress.bearer(),
      (long) progress.resultCode(),
      progress.result(),
      progress.updatedMillis(),
      progress.sentMillis(),
      progress.ackedMillis(),
      progress.finishedMillis(),
      head.body(),
      kept ? head.sealed() : null
    };
  }
}
