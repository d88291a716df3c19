package io.m2mgate.cli.simulate;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * How the terminals of a fleet are like those in the field.
 *
 * @param personas which part of the fleet has which quirks; the rest has none
 * @param loss part of the frames that a lossy terminal loses, each way
 * @param reconnectEvery how long a terminal that reconnects keeps a connection, on average
 * @param reportEvery how long it is between two reports that nobody asked for, on average; zero = none
 * @param syncs whether LOGIN carries the CRC32 of the parameters that the terminal synchronises, instead of that of an empty list
 */
public record FieldOptions(
    List<Persona> personas,
    double loss,
    Duration reconnectEvery,
    Duration reportEvery,
    boolean syncs) {

  /** Good terminals with an empty list that report what they are asked for. */
  public static final FieldOptions NONE =
      new FieldOptions(List.of(), 0.01, Duration.ofSeconds(30), Duration.ZERO, false);

  /**
   * Quirks that come together.
   *
   * @param share of the fleet, above 0 up to 1
   */
  public record Persona(Set<Quirk> quirks, double share) {
    public static Persona everybody(Quirk first, Quirk... more) {
      return new Persona(EnumSet.of(first, more), 1);
    }
  }

  public FieldOptions with(Persona... some) {
    return new FieldOptions(List.of(some), loss, reconnectEvery, reportEvery, syncs);
  }

  public FieldOptions losing(double share) {
    return new FieldOptions(personas, share, reconnectEvery, reportEvery, syncs);
  }

  public FieldOptions reconnecting(Duration every) {
    return new FieldOptions(personas, loss, every, reportEvery, syncs);
  }

  public FieldOptions reporting(Duration every) {
    return new FieldOptions(personas, loss, reconnectEvery, every, syncs);
  }

  public FieldOptions syncing() {
    return new FieldOptions(personas, loss, reconnectEvery, reportEvery, true);
  }

  /** Whether any of them changes its bearer. */
  boolean switches() {
    return personas.stream().anyMatch(it -> it.quirks().contains(Quirk.SWITCHES));
  }

  /** Those of one terminal; the first of the fleet have the first persona. */
  Set<Quirk> quirksOf(int terminal, int terminals) {
    double before = 0;
    for (Persona persona : personas) {
      before += persona.share() * terminals;
      if (terminal + 0.5 < before) {
        return persona.quirks();
      }
    }
    return Set.of();
  }
}
