package io.m2mgate.store.sql;

import io.m2mgate.session.SecretSet.Expiries;
import io.m2mgate.session.SessionState;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.DesiredSet;
import io.m2mgate.store.SealedSecrets;
import io.m2mgate.store.StoredSecurity;
import java.util.Optional;

/** How rows of terminals become records. Stateless. */
final class TerminalRows {
  static final String TERMINAL =
      "t.serial, t.imei, t.imsi, a.code, t.profile, t.msisdn, t.enabled, t.created, t.updated,"
          + " t.revision";
  static final String SESSION = "s.last_timestamp, s.online, s.heard, s.tokens, s.facts";
  static final String SECRETS = "c.uplink_password, c.downlink_password, c.base_key";
  static final String SECURITY =
      "c.generation, c.uplink_expiry, c.downlink_expiry, c.base_key_expiry, c.previous_base_key_expiry,"
          + " c.rebinding_to, c.sim_binding, " + RotationRows.COLUMNS;
  /** Whether there are open ones. */
  static final String COMMANDS =
      ", CASE WHEN EXISTS (SELECT 1 FROM command o WHERE o.serial = t.serial AND o.finished = 0) THEN 1 ELSE 0 END";

  static final int SESSION_AT = 10;
  static final int SECRETS_AT = 15;
  static final int SYNC_LIST_AT = 18;
  private static final int SECURITY_AT = 19;
  private static final int ROTATION_AT = 26;
  static final int COMMANDS_AT = 47;
  static final String DESIRED = ", d.version, d.revision, d.parameters";
  private static final int DESIRED_AT = 48;

  private TerminalRows() {}

  static TerminalRecord terminal(SqlRow row) {
    return terminal(row, row.text(0));
  }

  /** @param serial the row's, in the text that is to be kept */
  static TerminalRecord terminal(SqlRow row, String serial) {
    return new TerminalRecord(
        serial,
        row.text(1),
        row.optionalText(2),
        // The same few in every row, and kept for as long as the terminal is in memory.
        row.text(3).intern(),
        row.text(4).intern(),
        row.optionalText(5),
        row.flag(6),
        row.number(7),
        row.number(8),
        row.number(9));
  }

  static SessionState sessions(SqlRow row) {
    return sessions(row, SESSION_AT);
  }

  /** Of a row whose {@link #SESSION} begins at {@code at}. */
  static SessionState sessions(SqlRow row, int at) {
    if (row.isNull(at)) {
      return SessionState.NONE;
    }
    return SessionJson.decode(
        row.number(at), row.number(at + 1), row.number(at + 2), row.text(at + 3), row.text(at + 4));
  }

  static SealedSecrets secrets(SqlRow row) {
    return new SealedSecrets(
        row.bytes(SECRETS_AT), row.bytes(SECRETS_AT + 1), row.bytes(SECRETS_AT + 2));
  }

  static StoredSecurity security(SqlRow row) {
    SealedSecrets secrets = secrets(row);
    int at = SECURITY_AT;
    if (row.isNull(at)) {
      return StoredSecurity.of(secrets);
    }
    return new StoredSecurity(
        row.number(at),
        secrets,
        new Expiries(row.number(at + 1), row.number(at + 2), row.number(at + 3), row.number(at + 4))
            .shared(),
        row.isNull(ROTATION_AT)
            ? Optional.empty()
            : Optional.of(RotationRows.rotation(row, ROTATION_AT)),
        row.optionalText(at + 5),
        (int) row.number(at + 6));
  }

  static DesiredSet desired(SqlRow row) {
    return row.isNull(DESIRED_AT)
        ? DesiredSet.NONE
        : DesiredRows.decode(
            row.number(DESIRED_AT), row.number(DESIRED_AT + 1), row.text(DESIRED_AT + 2));
  }

  static UplinkMark mark(SqlRow row) {
    return new UplinkMark(
        row.number(1), (int) row.number(2), row.number(3), (int) row.number(4), row.number(5));
  }
}
