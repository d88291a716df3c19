package io.m2mgate.exchange;

/**
 * The way to a terminal.
 *
 * @param timestamp of the session
 * @param confirmed false for a tentative session of a terminal without login trap, and for an address that was not verified
 * @param timeoutMillis how long to wait for an ack on this bearer
 * @param downloading the terminal asks for blocks of a file: only what is {@link Order#high} goes out
 */
public record Link(long timestamp, boolean confirmed, long timeoutMillis, boolean downloading) {
  /** To a terminal that downloads nothing. */
  public Link(long timestamp, boolean confirmed, long timeoutMillis) {
    this(timestamp, confirmed, timeoutMillis, false);
  }

  boolean sameSession(Link other) {
    return timestamp == other.timestamp;
  }
}
