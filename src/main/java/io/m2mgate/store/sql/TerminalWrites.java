package io.m2mgate.store.sql;

import io.m2mgate.session.SecretSet.Expiries;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.SealedSecrets;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.store.StoreFault;
import io.m2mgate.store.TerminalState;
import io.m2mgate.store.TerminalStore.SecretExpiries;
import io.m2mgate.store.TerminalStore.TerminalPatch;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** The changes of the terminals' records. Runs in the writer's turns, which keeps the journal's memory of them true. */
final class TerminalWrites {
  private static final String INSERT =
      "INSERT INTO terminal (serial, imei, imsi, app_id, profile, msisdn, enabled, created,"
          + " updated, revision, state) VALUES ";
  private static final String UPDATE =
      "UPDATE terminal SET imei = $2, imsi = $3, app_id = $4, profile = $5, msisdn = $6,"
          + " enabled = CAST($7 AS BIGINT), updated = $8, revision = revision + 1, state = CASE WHEN CAST($7 AS BIGINT) = 0 THEN 0 ELSE"
          + " COALESCE((SELECT CASE WHEN s.online = 2 THEN 4 WHEN s.online = 1 THEN 3 WHEN s.heard = 0 THEN 1 WHEN s.online < 0 THEN 5 ELSE 2 END"
          + " FROM session s WHERE s.serial = $1), 1) END WHERE serial = $1 AND revision = $9";
  private static final String CREDENTIAL =
      "INSERT INTO credential (serial, app_id, uplink_password, downlink_password, base_key) VALUES ";
  private static final String SELECT = "SELECT " + TerminalRows.TERMINAL
      + " FROM terminal t JOIN application a ON a.id = t.app_id WHERE t.serial = $1";

  private static final String OPEN =
      "SELECT c.id FROM command c JOIN application a ON a.id = c.app_id"
          + " WHERE c.serial = $1 AND c.finished = 0 AND a.removed = 0 LIMIT 1";

  private static final SecretColumns UPLINK =
      new SecretColumns(SecretKinds.UPLINK_PASSWORD, "uplink_password", "uplink_expiry");
  private static final SecretColumns DOWNLINK =
      new SecretColumns(SecretKinds.DOWNLINK_PASSWORD, "downlink_password", "downlink_expiry");
  private static final SecretColumns BASE_KEY =
      new SecretColumns(SecretKinds.BASE_KEY, "base_key", "base_key_expiry");

  private static final int[] INSERT_SIZES = {64, 16, 4, 1};

  private final LogCounters counters;

  TerminalWrites(LogCounters counters) {
    this.counters = counters;
  }

  Future<TerminalRecord> create(SqlTx tx, TerminalRecord terminal, SealedSecrets secrets) {
    return tx.query(SELECT, terminal.serial())
        // Of several members that are taken, the serial is the one to name.
        .compose(present -> present.isEmpty()
            ? SqlApplications.id(tx, terminal.app())
            : Future.failedFuture(new StoreFault(
                StoreFault.Kind.CONFLICT, "serial", "another terminal has this serial")))
        .compose(appId -> insert(tx, List.of(new New(terminal, appId, secrets))))
        .map(terminal)
        .recover(cause -> Future.failedFuture(SqlTerminals.conflict(cause, "terminal")));
  }

  record New(TerminalRecord terminal, long appId, SealedSecrets secrets) {}

  /** Many rows a statement, in few different sizes so that there are few texts to prepare. */
  static Future<Void> insert(SqlTx tx, List<New> all) {
    Future<Void> chain = Future.succeededFuture();
    int at = 0;
    for (int size : INSERT_SIZES) {
      for (; all.size() - at >= size; at += size) {
        List<New> some = all.subList(at, at + size);
        chain = chain.compose(done -> insertSome(tx, some));
      }
    }
    return chain;
  }

  private static Future<Void> insertSome(SqlTx tx, List<New> some) {
    SqlText records = new SqlText(INSERT);
    SqlText credentials = new SqlText(CREDENTIAL);
    for (New row : some) {
      TerminalRecord terminal = row.terminal();
      records.row(
          terminal.serial(),
          terminal.imei(),
          terminal.imsi().orElse(null),
          row.appId(),
          terminal.profile(),
          terminal.msisdn().orElse(null),
          terminal.enabled() ? 1L : 0L,
          terminal.createdMillis(),
          terminal.updatedMillis(),
          terminal.revision(),
          (long) (terminal.enabled() ? TerminalState.NEVER : TerminalState.DISABLED).ordinal());
      credentials.row(
          terminal.serial(),
          row.appId(),
          row.secrets().uplinkPassword(),
          row.secrets().downlinkPassword(),
          row.secrets().baseKey());
    }
    return tx.update(records.sql(), records.values())
        .compose(inserted -> tx.update(credentials.sql(), credentials.values()))
        .mapEmpty();
  }

  Future<TerminalRecord> update(
      SqlTx tx, String serial, TerminalPatch patch, Optional<Long> ifRevision) {
    return tx.query(SELECT, serial).compose(rows -> {
      if (rows.isEmpty()) {
        return SqlAccess.notFound("terminal", serial);
      }
      TerminalRecord present = TerminalRows.terminal(rows.get(0));
      if (ifRevision.isPresent() && ifRevision.get() != present.revision()) {
        return stale(serial);
      }
      TerminalRecord next = merge(present, patch);
      return SqlApplications.id(tx, next.app())
          .compose(appId -> update(tx, next, appId, present.revision(), patch))
          .map(next);
    });
  }

  static TerminalRecord merge(TerminalRecord present, TerminalPatch patch) {
    return new TerminalRecord(
        present.serial(),
        patch.imei().orElse(present.imei()),
        patch.imsi().orElse(present.imsi()),
        patch.app().orElse(present.app()),
        patch.profile().orElse(present.profile()),
        patch.msisdn().orElse(present.msisdn()),
        patch.enabled().orElse(present.enabled()),
        present.createdMillis(),
        Math.max(present.updatedMillis(), System.currentTimeMillis()),
        present.revision() + 1);
  }

  static Future<Void> update(
      SqlTx tx, TerminalRecord next, long appId, long revision, TerminalPatch patch) {
    return tx.update(
            UPDATE,
            next.serial(),
            next.imei(),
            next.imsi().orElse(null),
            appId,
            next.profile(),
            next.msisdn().orElse(null),
            next.enabled() ? 1L : 0L,
            next.updatedMillis(),
            revision)
        .recover(cause -> Future.failedFuture(SqlTerminals.conflict(cause, "terminal")))
        .compose(changed -> changed == 1
            ? secrets(tx, next.serial(), patch)
            : TerminalWrites.<Void>stale(next.serial()))
        .compose(
            done -> patch.app().isPresent() ? moved(tx, next, appId) : Future.succeededFuture());
  }

  /** A terminal's alarms and secrets are its application's, whichever that is. */
  private static Future<Void> moved(SqlTx tx, TerminalRecord next, long appId) {
    return tx.update("UPDATE alarm SET app_id = $2 WHERE serial = $1", next.serial(), appId)
        .compose(done ->
            tx.update("UPDATE credential SET app_id = $2 WHERE serial = $1", next.serial(), appId))
        .mapEmpty();
  }

  /**
   * What is set by hand never expires unless it is said when. An open rotation holds copies of the secrets it does not change: they
   * follow, or its end would bring those before back.
   */
  private static Future<Void> secrets(SqlTx tx, String serial, TerminalPatch patch) {
    SqlText credential = new SqlText("UPDATE credential SET serial = serial");
    SqlText copies = new SqlText("UPDATE rotation SET serial = serial");
    SecretExpiries expiries = patch.expiries();
    UPLINK.set(credential, copies, patch.uplinkPassword(), expiries.uplinkPassword());
    DOWNLINK.set(credential, copies, patch.downlinkPassword(), expiries.downlinkPassword());
    BASE_KEY.set(credential, copies, patch.baseKey(), expiries.baseKey());
    patch
        .baseKey()
        .ifPresent(key -> credential.add(", previous_base_key_expiry = ").value(Expiries.NONE));
    if (credential.values().length == 0) {
      return Future.succeededFuture();
    }
    credential.add(" WHERE serial = ").value(serial);
    copies.add(" WHERE ended = 0 AND serial = ").value(serial);
    return tx.update(credential.sql(), credential.values())
        .compose(done -> tx.update(copies.sql(), copies.values()))
        .mapEmpty();
  }

  /** Says when the secrets of a new terminal expire. */
  static Future<Void> expire(SqlTx tx, String serial, SecretExpiries expiries) {
    return secrets(tx, serial, TerminalPatch.expiring(expiries));
  }

  /** An open rotation of the terminal takes over what it does not change of a set that is in force now. */
  static Future<Void> follow(SqlTx tx, String serial, SealedSecrets secrets, Expiries expiries) {
    SqlText copies = new SqlText("UPDATE rotation SET serial = serial");
    UPLINK.copy(copies, secrets.uplinkPassword(), expiries.uplink());
    DOWNLINK.copy(copies, secrets.downlinkPassword(), expiries.downlink());
    BASE_KEY.copy(copies, secrets.baseKey(), expiries.baseKey());
    copies.add(" WHERE ended = 0 AND serial = ").value(serial);
    return tx.update(copies.sql(), copies.values()).mapEmpty();
  }

  Future<Boolean> delete(SqlTx tx, String serial) {
    counters.forgetTerminal(serial);
    return tx.query(OPEN, serial)
        .compose(open -> open.isEmpty()
            ? tx.update("DELETE FROM terminal WHERE serial = $1", serial).map(count -> count > 0)
            : Future.failedFuture(new StoreFault(
                StoreFault.Kind.IN_USE,
                "commands",
                "commands of the terminal " + serial + " are open")));
  }

  private static <T> Future<T> stale(String serial) {
    return Future.failedFuture(new StoreFault(
        StoreFault.Kind.STALE, "terminal", "the terminal " + serial + " has changed since"));
  }
}
