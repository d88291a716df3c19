package io.m2mgate.api;

/** Times as {@code 2026-11-22T11:40:40.123Z}, without the objects that java.time makes for each. Stateless. */
final class UtcText {
  private static final long DAY_MILLIS = 86_400_000;
  private static final int DAYS_OF_400_YEARS = 146_097;

  /** From 0000-03-01, the day after a leap day, to 1970-01-01. */
  private static final int DAYS_TO_1970 = 719_468;

  private UtcText() {}

  /** Appends a time from the year 0 to 9999. */
  static void append(StringBuilder text, long millis) {
    date(text, Math.floorDiv(millis, DAY_MILLIS));
    int ofDay = (int) Math.floorMod(millis, DAY_MILLIS);
    text.append('T');
    two(text, ofDay / 3_600_000).append(':');
    two(text, ofDay / 60_000 % 60).append(':');
    two(text, ofDay / 1_000 % 60).append('.');
    int thousandths = ofDay % 1_000;
    digit(text, thousandths / 100);
    two(text, thousandths % 100).append('Z');
  }

  /** Years that begin on 1 March have their leap day at the end, so that every month has a fixed first day. */
  private static void date(StringBuilder text, long epochDay) {
    long day = epochDay + DAYS_TO_1970;
    long era = Math.floorDiv(day, (long) DAYS_OF_400_YEARS);
    int ofEra = (int) Math.floorMod(day, (long) DAYS_OF_400_YEARS);
    int yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365;
    int ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    int fromMarch = (5 * ofYear + 2) / 153;
    int ofMonth = ofYear - (153 * fromMarch + 2) / 5 + 1;
    int month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
    int year = (int) (yearOfEra + era * 400) + (month <= 2 ? 1 : 0);
    two(two(text, year / 100), year % 100).append('-');
    two(text, month).append('-');
    two(text, ofMonth);
  }

  private static StringBuilder two(StringBuilder text, int number) {
    return digit(digit(text, number / 10), number % 10);
  }

  private static StringBuilder digit(StringBuilder text, int digit) {
    return text.append((char) ('0' + digit));
  }
}
