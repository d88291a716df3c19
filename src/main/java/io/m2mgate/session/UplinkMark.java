package io.m2mgate.session;

/**
 * What of an uplink request is stored beside its event, so that a repeat is known after a restart (ground rule 3).
 *
 * @param session token of the session that the request came in
 * @param sequence the request's sequence
 * @param hash 64-bit hash of command and body without the digest
 * @param result the result code that was answered
 * @param timeMillis when it was accepted
 */
public record UplinkMark(long session, int sequence, long hash, int result, long timeMillis) {

  /** For events that no request of the terminal caused. */
  public static final UplinkMark NONE = new UplinkMark(0, 0, 0, -1, 0);

  public boolean isNone() {
    return result < 0;
  }
}
