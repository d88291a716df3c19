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
 * @param patience with a server
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
    Patience patience,
    MeterRegistry metrics) {

  /**
   * How long a server may take.
   *
   * @param openMillis for the writer's connection, with the end of what the one before left
   * @param answerMillis for a group or a transaction; then its connection is given up
   */
  public record Patience(int openMillis, int answerMillis) {

    /** Twice the first is less than the 15 s after which terminals repeat, so a third copy is answered in time. */
    static final Patience USUAL = new Patience(6_000, 15_000);
  }

  public static StoreOptions of(String url, MeterRegistry metrics) {
    return new StoreOptions(
        url,
        Optional.empty(),
        Optional.empty(),
        200,
        2,
        20_000,
        2,
        10_000,
        15_000,
        Patience.USUAL,
        metrics);
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
        patience,
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
        patience,
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
        patience,
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
        patience,
        metrics);
  }

  public StoreOptions withPatience(int openMillis, int answerMillis) {
    return new StoreOptions(
        url,
        user,
        password,
        maxRows,
        maxDelayMillis,
        queuedUnits,
        readers,
        queuedReads,
        startMillis,
        new Patience(openMillis, answerMillis),
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
        patience,
        metrics);
  }

  @Override
  public String toString() {
    return "StoreOptions[" + url.replaceFirst("//[^@/]*@", "//***@").replaceFirst("\\?.*", "?…")
        + "]";
  }
}
