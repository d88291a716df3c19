package io.m2mgate.cli.simulate;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who of the terminals of one event loop a serial means. That of a fleet ends in its number, which finds the terminal without a table;
 * others are looked up. Owned by that event loop.
 *
 * @param <T> who is looked for
 */
final class Addressees<T extends Addressees.Named> {
  /** Bytes of a serial. */
  static final int SERIAL = 16;

  private static final int DIGITS = 6;
  private static final int BASE = 10;

  private final List<Optional<T>> byNumber;
  private final int first;
  private final Map<String, T> byOtherSerial = new HashMap<>();

  /** Who has a serial, which may change. */
  interface Named {
    /** Whether the serial that stands there is its own by now. */
    boolean isCalled(byte[] bytes, int at);
  }

  /** @param first the lowest number of a terminal that there may be, of so many in a row */
  Addressees(int first, int count) {
    this.first = first;
    this.byNumber = new ArrayList<>(Collections.nCopies(count, Optional.empty()));
  }

  /** @param number the one that its serial ended in when it was made */
  void add(int number, byte[] serial, T terminal) {
    byNumber.set(number - first, Optional.of(terminal));
    if (numberOf(serial, 0) != number) {
      renamed(serial, terminal);
    }
  }

  /** It has another serial than that of its number. */
  void renamed(byte[] serial, T terminal) {
    byOtherSerial.put(new String(serial, StandardCharsets.ISO_8859_1), terminal);
  }

  /** Who has the serial that stands there. */
  Optional<T> find(byte[] bytes, int at) {
    int place = numberOf(bytes, at) - first;
    if (place >= 0 && place < byNumber.size()) {
      Optional<T> terminal = byNumber.get(place);
      if (terminal.isPresent() && terminal.get().isCalled(bytes, at)) {
        return terminal;
      }
    }
    return byOtherSerial.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(
            byOtherSerial.get(new String(bytes, at, SERIAL, StandardCharsets.ISO_8859_1)));
  }

  private static int numberOf(byte[] bytes, int at) {
    int number = 0;
    for (int i = at + SERIAL - DIGITS; i < at + SERIAL; i++) {
      int digit = i < bytes.length ? bytes[i] - '0' : -1;
      if (digit < 0 || digit >= BASE) {
        return -1;
      }
      number = number * BASE + digit;
    }
    return number;
  }
}
