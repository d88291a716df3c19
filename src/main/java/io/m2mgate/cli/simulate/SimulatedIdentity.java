package io.m2mgate.cli.simulate;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** Who the n-th terminal of a fleet is; the same for the same seed and application. Immutable. */
record SimulatedIdentity(
    String serial,
    String imei,
    String imsi,
    String uplinkPassword,
    String downlinkPassword,
    String baseKey,
    String number) {

  /** So many terminals have different serials, IMEIs and IMSIs. */
  static final int MOST = 1_000_000;

  /** What a terminal has in the place of a serial until it is given one. */
  static final byte[] PLACEHOLDER = ascii("SIMULATE00000000");

  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final int PASSWORD_LENGTH = 8;
  private static final int BASE_KEY_LENGTH = 24;
  private static final long BASE_36_7_DIGITS = 78_364_164_096L;

  static SimulatedIdentity of(long seed, String app, int index) {
    long fleet = new SplittableRandom(seed * 31 + app.hashCode()).nextLong() >>> 1;
    var random = new SplittableRandom(fleet + index);
    String prefix = Long.toString(fleet % BASE_36_7_DIGITS, 36).toUpperCase(java.util.Locale.ROOT);
    return new SimulatedIdentity(
        "SIM" + "0".repeat(7 - prefix.length()) + prefix + six(index),
        "8" + digits(fleet % 100_000_000, 8) + six(index),
        "460" + digits(fleet / 100_000_000 % 1_000_000, 6) + six(index),
        secret(random, PASSWORD_LENGTH),
        secret(random, PASSWORD_LENGTH),
        secret(random, BASE_KEY_LENGTH),
        "8613" + digits(fleet % 1_000, 3) + six(index));
  }

  private static String six(int index) {
    return digits(index, 6);
  }

  private static String digits(long number, int count) {
    String text = Long.toString(number);
    return "0".repeat(Math.max(0, count - text.length())) + text;
  }

  private static String secret(SplittableRandom random, int length) {
    var text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }

  /** The identity as bytes, once for all of a terminal's frames. */
  Keys keys() {
    return new Keys(
        ascii(serial),
        ascii(imei + '\0'),
        ascii(imsi),
        ascii(uplinkPassword),
        ascii(downlinkPassword),
        ascii(baseKey));
  }

  /** The SIM that takes the place of the first one. */
  byte[] nextImsi() {
    return ascii("461" + imsi.substring(3));
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
