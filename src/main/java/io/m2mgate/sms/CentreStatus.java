package io.m2mgate.sms;

import io.m2mgate.api.ShortMessageFault;
import io.m2mgate.api.ShortMessageReceipt;
import java.util.Map;
import java.util.Optional;

/**
 * How the way to the short message centre is, for operators; a copy. Counts are since the start.
 *
 * @param link name of the link
 * @param state of the link
 * @param queued messages that wait
 * @param underWay messages that the link has
 * @param ratePerSecond what is sent in a second at most now; less than the limit while the centre has no room
 * @param failed messages that ended without being taken, by what is known of them
 * @param repeats how often a message went again that had not been taken
 * @param received messages from telephones that were taken
 * @param left messages from telephones that were left with the centre
 * @param lastFault the last message or link that failed
 */
public record CentreStatus(
    String link,
    State state,
    int queued,
    int underWay,
    CentreOptions limits,
    double ratePerSecond,
    long sent,
    Map<ShortMessageFault.Kind, Long> failed,
    long repeats,
    long received,
    long left,
    Map<ShortMessageReceipt.State, Long> receipts,
    Optional<Fault> lastFault) {

  /**
   * @param sinceMillis when that began
   * @param reason why it is down, empty while it is up
   */
  public record State(boolean up, long sinceMillis, String reason) {}

  /** @param text without secrets, numbers and user data */
  public record Fault(long atMillis, String text) {}
}
