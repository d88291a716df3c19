package io.m2mgate.exchange;

/**
 * The way to a terminal.
 *
 * @param timestamp of the session
 * @param bearer what it goes by
 * @param confirmed false for a tentative session of a terminal without login trap, and for an address that was not verified
 * @param timeoutMillis how long to wait for an ack on this bearer
 * @param sends of one order before it goes back to its queue, those by other bearers included; by each bearer one at least
 * @param downloading the terminal asks for blocks of a file: only what is {@link Order#high} goes out
 */
public record Link(
    long timestamp,
    String bearer,
    boolean confirmed,
    long timeoutMillis,
    int sends,
    boolean downloading) {

  boolean sameSession(Link other) {
    return timestamp == other.timestamp;
  }
}
