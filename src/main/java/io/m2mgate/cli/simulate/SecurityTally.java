package io.m2mgate.cli.simulate;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** What happened to the secrets of one event loop's terminals, and what came of their misdeeds; others see copies. */
final class SecurityTally {
  int unsettled;
  long registered;
  long keysGiven;
  long keysMissing;
  long setsTaken;
  long rotated;
  long asksRefused;
  long cleared;
  long unreadable;
  final Map<Integer, Long> registersRefused = new TreeMap<>();
  final Map<Misdeed, Map<String, Long>> misdeeds = new EnumMap<>(Misdeed.class);

  void add(SecurityTally other) {
    unsettled += other.unsettled;
    registered += other.registered;
    keysGiven += other.keysGiven;
    keysMissing += other.keysMissing;
    setsTaken += other.setsTaken;
    rotated += other.rotated;
    asksRefused += other.asksRefused;
    cleared += other.cleared;
    unreadable += other.unreadable;
    other.registersRefused.forEach((code, count) -> registersRefused.merge(code, count, Long::sum));
    other.misdeeds.forEach(
        (kind, answers) -> answers.forEach((answer, count) -> misdeed(kind, answer, count)));
  }

  void registerRefused(int result) {
    registersRefused.merge(result, 1L, Long::sum);
  }

  /** A session was opened whose terminal asked for a key. */
  void keyed(boolean given) {
    keysGiven += given ? 1 : 0;
    keysMissing += given ? 0 : 1;
  }

  /** @param answer what the gateway said, in words */
  void misdeed(Misdeed kind, String answer) {
    misdeed(kind, answer, 1);
  }

  private void misdeed(Misdeed kind, String answer, long count) {
    misdeeds.computeIfAbsent(kind, none -> new TreeMap<>()).merge(answer, count, Long::sum);
  }
}
