package io.m2mgate.security;

import io.m2mgate.session.Origin;

/**
 * How security parameters are sent after a registration (behaviour 5.3.1).
 *
 * @param repeatMillis between two sends
 * @param sends of one set after one REGISTER
 * @param withinMillis after which none is begun
 * @param byMessage the same where they go by short message
 * @param underWay of one lane
 */
public record DistributionOptions(
    long repeatMillis, int sends, long withinMillis, int underWay, Repeats byMessage) {

  /**
   * How often one set is sent.
   *
   * @param repeatMillis between two sends
   * @param sends after one REGISTER
   */
  public record Repeats(long repeatMillis, int sends) {}

  /** How often a set is sent to there. */
  Repeats to(Origin address) {
    return address.bearer().equals(Origin.SMS) ? byMessage : new Repeats(repeatMillis, sends);
  }
}
