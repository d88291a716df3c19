package io.m2mgate.cli.simulate;

import java.time.Duration;

/**
 * What carries the frames of a fleet, and what happens to them on the way.
 *
 * @param sockets datagram sockets of one event loop; 0 = one for every 1,000 of its terminals, and eight at least
 * @param duplicates part of the datagrams that a lossy terminal's line doubles, each way
 * @param reorders part of the datagrams that it delays, so that later ones overtake them, each way
 * @param rebindEvery how long a terminal that rebinds keeps its address, on average
 * @param switchEvery how long a terminal that switches keeps its bearer, on average
 * @param idle how long a terminal of short connections has nothing to say before it logs out
 * @param probes terminals that come before all others and beat while those log in
 * @param probeEvery how long they are silent between two beats
 */
public record BearerOptions(
    Bearer bearer,
    int sockets,
    double duplicates,
    double reorders,
    Duration rebindEvery,
    Duration switchEvery,
    Duration idle,
    int probes,
    Duration probeEvery) {

  private static final int TERMINALS_OF_A_SOCKET = 1_000;

  /** Fewer would not spread over the lanes of a gateway, to which the system gives datagrams by their addresses. */
  private static final int LEAST_SOCKETS = 8;

  public static final BearerOptions TCP = new BearerOptions(
      Bearer.TCP,
      0,
      0,
      0,
      Duration.ofSeconds(60),
      Duration.ofSeconds(60),
      Duration.ofSeconds(60),
      0,
      Duration.ofSeconds(1));

  public BearerOptions over(Bearer other) {
    return new BearerOptions(
        other, sockets, duplicates, reorders, rebindEvery, switchEvery, idle, probes, probeEvery);
  }

  public BearerOptions probing(int count, Duration every) {
    return new BearerOptions(
        bearer, sockets, duplicates, reorders, rebindEvery, switchEvery, idle, count, every);
  }

  /** @param rebind how long an address lasts on average, as {@code rebindEvery} */
  public BearerOptions disturbed(double doubled, double late, Duration rebind) {
    return new BearerOptions(
        bearer, sockets, doubled, late, rebind, switchEvery, idle, probes, probeEvery);
  }

  public BearerOptions switching(Duration every) {
    return new BearerOptions(
        bearer, sockets, duplicates, reorders, rebindEvery, every, idle, probes, probeEvery);
  }

  public BearerOptions idling(Duration span) {
    return new BearerOptions(
        bearer, sockets, duplicates, reorders, rebindEvery, switchEvery, span, probes, probeEvery);
  }

  /** Of an event loop with so many terminals; two at least, so that there is one to move to. */
  int socketsFor(int terminals) {
    return sockets > 0
        ? Math.max(2, sockets)
        : Math.max(LEAST_SOCKETS, (terminals + TERMINALS_OF_A_SOCKET - 1) / TERMINALS_OF_A_SOCKET);
  }
}
