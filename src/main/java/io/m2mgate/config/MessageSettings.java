package io.m2mgate.config;

/**
 * Frames in short messages; immutable, shared by all threads.
 *
 * @param countryCode of numbers that are written without one
 * @param duplicateSeconds how long the same message is the centre's repeat
 * @param answerMillis how long an answer is waited for
 */
public record MessageSettings(
    String countryCode, int duplicateSeconds, int answerMillis, Parts parts) {

  static MessageSettings read(EffectiveSettings values) {
    return new MessageSettings(
        values.typed("sms.countryCode", String.class),
        number(values, "sms.duplicateSeconds"),
        number(values, "sms.answerMillis"),
        new Parts(
            number(values, "sms.parts.open"),
            number(values, "sms.parts.most"),
            number(values, "sms.parts.seconds")));
  }

  private static int number(EffectiveSettings values, String key) {
    return Math.toIntExact(values.typed(key, Long.class));
  }

  /**
   * Messages in parts.
   *
   * @param open that are not complete
   * @param most parts of one
   * @param seconds that the parts of one are waited for
   */
  public record Parts(int open, int most, int seconds) {}
}
