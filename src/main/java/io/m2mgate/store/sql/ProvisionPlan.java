package io.m2mgate.store.sql;

import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.Provision;
import io.m2mgate.store.Provision.Result;
import io.m2mgate.store.SealedSecrets;
import io.m2mgate.store.TerminalStore.TerminalPatch;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the database says of a batch's terminals, kept true while its rows are decided one after the other. Four reads serve a
 * whole batch, and terminals that are new are written many at a time. Owned by one work of the writer.
 */
final class ProvisionPlan {
  private static final String PRESENT =
      "SELECT " + TerminalRows.TERMINAL + ", " + TerminalRows.SECRETS + ", c.generation"
          + " FROM terminal t JOIN application a ON a.id = t.app_id"
          + " LEFT JOIN credential c ON c.serial = t.serial WHERE t.serial IN ";

  private record Present(TerminalRecord record, SealedSecrets secrets, long generation) {}

  private final Map<String, Present> bySerial = new HashMap<>();
  private final Map<String, String> ownerOfImei = new HashMap<>();
  private final Map<String, String> ownerOfImsi = new HashMap<>();
  private final Map<String, Long> apps = new HashMap<>();
  private final List<SqlWork<Void>> writes = new ArrayList<>();
  private List<TerminalWrites.New> created = new ArrayList<>(); // since the last other write

  private ProvisionPlan() {}

  static Future<ProvisionPlan> load(SqlTx tx, List<Provision> rows) {
    ProvisionPlan plan = new ProvisionPlan();
    return each(
            tx, PRESENT, named(rows, row -> Optional.of(row.terminal().serial())), plan::present)
        .compose(done -> each(
            tx,
            "SELECT imei, serial FROM terminal WHERE imei IN ",
            named(rows, row -> Optional.of(row.terminal().imei())),
            row -> plan.ownerOfImei.put(row.text(0), row.text(1))))
        .compose(done -> each(
            tx,
            "SELECT imsi, serial FROM terminal WHERE imsi IN ",
            named(rows, row -> row.terminal().imsi()),
            row -> plan.ownerOfImsi.put(row.text(0), row.text(1))))
        .compose(done -> each(
            tx,
            "SELECT code, id FROM application WHERE removed = 0 AND code IN ",
            named(rows, row -> Optional.of(row.terminal().app())),
            row -> plan.apps.put(row.text(0), row.number(1))))
        .map(plan);
  }

  private interface RowReader {
    void read(SqlRow row);
  }

  private static Future<Void> each(
      SqlTx tx, String select, Collection<String> keys, RowReader reader) {
    Future<Void> chain = Future.succeededFuture();
    for (List<String> some : LogCounters.chunks(keys)) {
      SqlText sql = new SqlText(select).list(some);
      chain = chain.compose(done -> tx.query(sql.sql(), sql.values())).map(rows -> {
        rows.forEach(reader::read);
        return null;
      });
    }
    return chain;
  }

  private static Set<String> named(
      List<Provision> rows, Function<Provision, Optional<String>> member) {
    return rows.stream()
        .flatMap(row -> member.apply(row).stream())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private void present(SqlRow row) {
    int at = TerminalRows.SESSION_AT; // the secrets stand where sessions do elsewhere
    bySerial.put(
        row.text(0),
        new Present(
            TerminalRows.terminal(row),
            new SealedSecrets(row.bytes(at), row.bytes(at + 1), row.bytes(at + 2)),
            row.isNull(at + 3) ? 0 : row.number(at + 3)));
  }

  /** Fails with CONFLICT when the database refuses what was planned. */
  Future<List<Result>> carryOut(SqlTx tx, List<Provision> rows) {
    List<Result> results = rows.stream().map(this::decide).toList();
    flush();
    Future<Void> chain = Future.succeededFuture();
    for (SqlWork<Void> write : writes) {
      chain = chain.compose(done -> write.in(tx));
    }
    return chain
        .map(results)
        .recover(cause -> Future.failedFuture(SqlTerminals.conflict(cause, "terminal")));
  }

  private void flush() {
    if (!created.isEmpty()) {
      List<TerminalWrites.New> some = created;
      created = new ArrayList<>();
      writes.add(tx -> TerminalWrites.insert(tx, some));
    }
  }

  private Result decide(Provision row) {
    Present present = bySerial.get(row.terminal().serial());
    return present == null ? create(row) : meet(row, present);
  }

  private Result create(Provision row) {
    Optional<Result> refused = refused(row.terminal());
    if (refused.isPresent()) {
      return refused.get();
    }
    created.add(
        new TerminalWrites.New(row.terminal(), apps.get(row.terminal().app()), row.secrets()));
    own(row.terminal(), row.secrets(), 0);
    return Result.CREATED;
  }

  private Result meet(Provision row, Present present) {
    TerminalRecord next = TerminalWrites.merge(present.record(), row.patch());
    boolean sameSecrets = row.sameSecrets().test(present.secrets());
    boolean kept = !sameSecrets && present.generation() > 0 && !row.overwriteSecrets();
    if (same(present.record(), next) && (sameSecrets || kept)) {
      return Result.UNCHANGED.keepingSecrets(kept);
    }
    if (!row.update()) {
      return Result.taken("serial");
    }
    Optional<Result> refused = refused(next);
    if (refused.isPresent()) {
      return refused.get();
    }
    TerminalPatch patch = kept ? row.patch().withoutSecrets() : row.patch();
    flush();
    writes.add(tx ->
        TerminalWrites.update(tx, next, apps.get(next.app()), present.record().revision(), patch));
    ownerOfImei.remove(present.record().imei(), next.serial());
    present.record().imsi().ifPresent(imsi -> ownerOfImsi.remove(imsi, next.serial()));
    own(next, merge(present.secrets(), patch), present.generation());
    return Result.UPDATED.keepingSecrets(kept);
  }

  private Optional<Result> refused(TerminalRecord next) {
    if (!apps.containsKey(next.app())) {
      return Optional.of(Result.NO_APPLICATION);
    }
    if (!ownerOfImei.getOrDefault(next.imei(), next.serial()).equals(next.serial())) {
      return Optional.of(Result.taken("imei"));
    }
    return next.imsi()
        .filter(imsi -> !ownerOfImsi.getOrDefault(imsi, next.serial()).equals(next.serial()))
        .map(imsi -> Result.taken("imsi"));
  }

  private void own(TerminalRecord record, SealedSecrets secrets, long generation) {
    bySerial.put(record.serial(), new Present(record, secrets, generation));
    ownerOfImei.put(record.imei(), record.serial());
    record.imsi().ifPresent(imsi -> ownerOfImsi.put(imsi, record.serial()));
  }

  private static SealedSecrets merge(SealedSecrets present, TerminalPatch patch) {
    return new SealedSecrets(
        patch.uplinkPassword().orElse(present.uplinkPassword()),
        patch.downlinkPassword().orElse(present.downlinkPassword()),
        patch.baseKey().orElse(present.baseKey()));
  }

  private static boolean same(TerminalRecord present, TerminalRecord next) {
    return present.imei().equals(next.imei())
        && present.imsi().equals(next.imsi())
        && present.app().equals(next.app())
        && present.profile().equals(next.profile())
        && present.msisdn().equals(next.msisdn())
        && present.enabled() == next.enabled();
  }
}
