package io.m2mgate.store;

/** An expected refusal of the store, without a stack trace. */
public final class StoreFault extends RuntimeException {

  /** Why the store refused. */
  public enum Kind {
    /** A record of the same key exists; {@link #subject} names the field ({@code serial}, {@code imei}, {@code imsi}, {@code appCode}). */
    CONFLICT,
    /** No such record; {@link #subject} names what ({@code terminal}, {@code application}, {@code profile}). */
    NOT_FOUND,
    /** Something else still refers to it. */
    IN_USE,
    /** The record changed since the revision that the caller named. */
    STALE,
    /** The store is away, full or failing; later it may work. */
    UNAVAILABLE
  }

  private final transient Kind kind;
  private final String subject;

  public StoreFault(Kind kind, String subject, String message) {
    super(message, null, false, false);
    this.kind = kind;
    this.subject = subject;
  }

  public Kind kind() {
    return kind;
  }

  public String subject() {
    return subject;
  }
}
