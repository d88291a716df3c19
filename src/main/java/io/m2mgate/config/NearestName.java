package io.m2mgate.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the valid name that a mistyped one most likely means; stateless. */
final class NearestName {
  private NearestName() {}

  static Optional<String> of(String typed, Collection<String> names) {
    String wanted = typed.toLowerCase(Locale.ROOT);
    String best = "";
    int bestCost = Integer.MAX_VALUE;
    for (String name : names) {
      String candidate = name.toLowerCase(Locale.ROOT);
      // A name that lacks only its sections is as good as one typing error.
      int cost = candidate.endsWith("." + wanted) ? 1 : distance(wanted, candidate);
      if (cost < bestCost) {
        best = name;
        bestCost = cost;
      }
    }
    return bestCost <= Math.max(3, typed.length() / 3) ? Optional.of(best) : Optional.empty();
  }

  private static int distance(String left, String right) {
    int[] previous = new int[right.length() + 1];
    for (int column = 0; column < previous.length; column++) {
      previous[column] = column;
    }
    for (int row = 1; row <= left.length(); row++) {
      int[] current = new int[right.length() + 1];
      current[0] = row;
      for (int column = 1; column < current.length; column++) {
        int replace =
            previous[column - 1] + (left.charAt(row - 1) == right.charAt(column - 1) ? 0 : 1);
        current[column] = Math.min(replace, 1 + Math.min(previous[column], current[column - 1]));
      }
      previous = current;
    }
    return previous[right.length()];
  }
}
