package io.m2mgate.api;

/**
 * What became of a message that was sent.
 *
 * @param messageId the centre's identifier of it
 * @param error the centre's own code or words, empty where it gives none
 */
public record ShortMessageReceipt(String messageId, State state, String error) {

  /** Ends, but for the last, which says only that it is on its way. */
  public enum State {
    DELIVERED,
    EXPIRED,
    UNDELIVERABLE,
    REJECTED,
    /** Deleted, or the centre knows no more. */
    UNKNOWN,
    UNDER_WAY
  }
}
