package io.m2mgate.store;

import io.vertx.core.Future;
import java.util.Map;

/** The gateway's durable state. Opened by the engine that {@code store.url} names; every part may be used from any thread. */
public interface Store {
  TerminalStore terminals();

  ApplicationStore applications();

  GrantStore grants();

  ProfileStore profiles();

  EventLog events();

  EventHistory history();

  ExpiryStore expiries();

  ConsumerStore consumers();

  AuditLog audit();

  SecurityStore security();

  CommandStore commands();

  ParameterStore parameters();

  ReconciliationStore reconciliations();

  AlarmStore alarms();

  PackageStore packages();

  UpgradeStore upgrades();

  WebhookStore webhooks();

  Journal journal();

  /** Removes what is past retention; ran by the gateway on a timer. Gives the number of removed events. */
  Future<Long> sweep(Retention retention);

  /** Succeeds when the store answers and can write, for readiness. */
  Future<Void> probe();

  /** What somebody who looks for a fault wants to know of the database; nothing of its contents. */
  Future<Facts> facts();

  /** Commits what was appended, then closes. */
  Future<Void> close();

  /**
   * Age in milliseconds and size in bytes that events (per application) and audit may reach.
   *
   * @param commandAgeMillis how long ago a command or a reconciliation may have ended; open ones have no age
   * @param alarmAgeMillis since an alarm was cleared
   * @param clearedAlarms how many a terminal may have
   */
  record Retention(
      long nowMillis,
      long eventAgeMillis,
      long eventBytes,
      long auditAgeMillis,
      long auditBytes,
      long commandAgeMillis,
      long alarmAgeMillis,
      int clearedAlarms) {}

  /**
   * @param engine {@code sqlite} or {@code postgresql}
   * @param bytes size on disk
   * @param counts how many of what there are, events by the logs' ends
   */
  record Facts(String engine, int schemaVersion, long bytes, Map<String, Long> counts) {}
}
