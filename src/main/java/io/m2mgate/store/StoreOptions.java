package io.m2mgate.store;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;

/**
 * How the store is opened. Its text form leaves out whatever may hold a password.
 *
 * @param url {@code sqlite:PATH} or {@code postgresql://[user[:password]@]host[:port]/database[?sslmode=…]}
 * @param user overrides the URL's
 * @param password overrides the URL's
 * @param maxRows a group is committed when it has so many changes,
 * @param maxDelayMillis or when its oldest unit has waited so long; an idle store does not wait
 * @param queuedUnits units that may wait for a commit
 * @param readers reader threads (SQLite) or connections beside the writer's (PostgreSQL)
 * @param queuedReads reads and administrative writes that may wait, each
 * @param startMillis how long the start goes on trying to reach a server
 */
public record StoreOptions(
    String url,
    Optional<String> user,
    Optional<String> password,
    int maxRows,
    int maxDelayMillis,
    int queuedUnits,
    int readers,
    int queuedReads,
    long startMillis,
    MeterRegistry metrics) {

  public static StoreOptions of(String url, MeterRegistry metrics) {
    return new StoreOptions(
        url, Optional.empty(), Optional.empty(), 200, 2, 20_000, 2, 10_000, 15_000, metrics);
  }

  public StoreOptions withCommit(int rows, int delayMillis) {
    return new StoreOptions(
        url,
        user,
        password,
        rows,
        delayMillis,
        queuedUnits,
        readers,
        queuedReads,
        startMillis,
        metrics);
  }

  public StoreOptions withQueuedUnits(int units) {
    return new StoreOptions(
        url,
        user,
        password,
        maxRows,
        maxDelayMillis,
        units,
        readers,
        queuedReads,
        startMillis,
        metrics);
  }

  public StoreOptions withReaders(int count) {
    return new StoreOptions(
        url,
        user,
        password,
        maxRows,
        maxDelayMillis,
        queuedUnits,
        count,
        queuedReads,
        startMillis,
        metrics);
  }

  public StoreOptions withStartMillis(long millis) {
    return new StoreOptions(
        url,
        user,
        password,
        maxRows,
        maxDelayMillis,
        queuedUnits,
        readers,
        queuedReads,
        millis,
        metrics);
  }

  public StoreOptions withCredentials(Optional<String> name, Optional<String> secret) {
    return new StoreOptions(
        url,
        name,
        secret,
        maxRows,
        maxDelayMillis,
        queuedUnits,
        readers,
        queuedReads,
        startMillis,
        metrics);
  }

  @Override
  public String toString() {
    return "StoreOptions[" + url.replaceFirst("//[^@/]*@", "//***@").replaceFirst("\\?.*", "?…")
        + "]";
  }
}
