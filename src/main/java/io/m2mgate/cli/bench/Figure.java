package io.m2mgate.cli.bench;

import java.util.Locale;

/**
 * One number that was measured.
 *
 * @param key stable name for programs
 * @param text what it is, for people
 * @param goal what it must be; {@link Goal#NONE} where nothing is asked
 */
record Figure(String key, String text, double value, String unit, Goal goal) {

  /** What a number must be (design 9). */
  record Goal(Kind kind, double limit) {
    static final Goal NONE = new Goal(Kind.NONE, 0);

    /** Which way is good. */
    enum Kind {
      NONE,
      AT_LEAST,
      AT_MOST
    }

    static Goal atLeast(double limit) {
      return new Goal(Kind.AT_LEAST, limit);
    }

    static Goal atMost(double limit) {
      return new Goal(Kind.AT_MOST, limit);
    }

    boolean metBy(double value) {
      return switch (kind) {
        case NONE -> true;
        case AT_LEAST -> value >= limit;
        case AT_MOST -> value <= limit;
      };
    }
  }

  static Figure of(String key, String text, double value, String unit) {
    return new Figure(key, text, value, unit, Goal.NONE);
  }

  static Figure of(String key, String text, double value, String unit, Goal goal) {
    return new Figure(key, text, value, unit, goal);
  }

  boolean met() {
    return goal.metBy(value);
  }

  String line() {
    String asked = switch (goal.kind()) {
      case NONE -> "";
      case AT_LEAST -> "must be at least " + number(goal.limit()) + (met() ? "" : "  MISSED");
      case AT_MOST -> "must be at most " + number(goal.limit()) + (met() ? "" : "  MISSED");
    };
    return String.format(Locale.ROOT, "  %-58s %12s %-8s %s", text, number(value), unit, asked)
        .stripTrailing();
  }

  private static String number(double value) {
    String form = Math.abs(value) >= 100 || value == Math.rint(value) ? "%,.0f" : "%.2f";
    return String.format(Locale.ROOT, form, value);
  }
}
