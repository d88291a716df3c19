package io.m2mgate.cli.simulate;

/** What happened to the datagrams of one event loop, counted by it. */
final class DatagramTally {
  /** Not one whole frame, or of no terminal of this event loop. */
  long strange;
  /** Came to an address that their terminal had left. */
  long misdirected;
  /** Changes of a terminal's address. */
  long rebinds;
  /** The system did not take or give one; most often nobody listens at the gateway's port. */
  long faults;

  void add(DatagramTally other) {
    strange += other.strange;
    misdirected += other.misdirected;
    rebinds += other.rebinds;
    faults += other.faults;
  }
}
