package io.m2mgate.exchange;

import io.m2mgate.dictionary.Command;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** An order with what became of it so far: the state of {@link Exchange}, which owns it. */
final class Item<O extends Order> {
  /** Their acks may carry a foreign sequence (ground rule 3). */
  static final Set<Command> FOREIGN_ACKS = EnumSet.of(Command.LOGOUT, Command.DOWNLOAD_INFO);

  /** Sequences of its sends that an ack may carry: one for each session it went under. */
  private static final int SEQUENCES = 8;

  final O order;
  final List<Integer> sequences = new ArrayList<>(1);
  boolean prepared;

  /** The sequence of its own that it was announced with, until it leaves under it. */
  OptionalInt reserved = OptionalInt.empty();

  /** The store was told that it leaves. */
  boolean announced;

  /** Waits for the next verified uplink by itself. */
  boolean aside;

  long timestamp;
  long sentMillis;
  String bearer = "";
  int sends;
  /** The terminal spoke of the order: what it wants leaves under the sequence that it knows. */
  boolean goesOn;

  Item(O order) {
    this.order = order;
  }

  boolean everSent() {
    return !sequences.isEmpty();
  }

  boolean leftAs(Command command, int sequence) {
    return order.command() == command && sequences.contains(sequence);
  }

  void sentAs(int sequence) {
    if (sequences.size() == SEQUENCES) {
      // The parts of an answer may carry the first for as long as it takes.
      sequences.remove(1);
    }
    sequences.add(sequence);
  }

  int sequence() {
    return sequences.get(sequences.size() - 1);
  }

  /** Its sends are over; one that moved to another bearer has one left there. */
  boolean isSpent(Link link) {
    return sends >= link.sends() && bearer.equals(link.bearer());
  }

  /** It left before in the session that requests go by. */
  boolean repeats(Link link) {
    return everSent() && timestamp == link.timestamp();
  }
}
