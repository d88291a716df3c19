package io.m2mgate.store;

import io.vertx.core.Future;

/** The gateway's durable state. Opened by the engine that {@code store.url} names; every part may be used from any thread. */
public interface Store {
  TerminalStore terminals();

  ApplicationStore applications();

  ProfileStore profiles();

  EventLog events();

  ConsumerStore consumers();

  AuditLog audit();

  Journal journal();

  /** Removes what is past retention; ran by the gateway on a timer. Gives the number of removed events. */
  Future<Long> sweep(Retention retention);

  /** Succeeds when the store answers and can write, for readiness. */
  Future<Void> probe();

  /** Commits what was appended, then closes. */
  Future<Void> close();

  /** Age in milliseconds and size in bytes that events (per application) and audit may reach. */
  record Retention(
      long nowMillis, long eventAgeMillis, long eventBytes, long auditAgeMillis, long auditBytes) {}
}
