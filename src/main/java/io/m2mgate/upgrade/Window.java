package io.m2mgate.upgrade;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A span of the day in which terminals may begin, on some days of the week; it may go over midnight, and belongs to the day on which it
 * begins.
 *
 * @param from included
 * @param to excluded; equal to {@code from} for the whole day
 * @param days on which it begins; never empty
 */
public record Window(LocalTime from, LocalTime to, Set<DayOfWeek> days) {
  private static final int WEEK = 7;

  public Window {
    days = Set.copyOf(days);
  }

  /** Whether it is open at a moment; by the wall clock of the zone, so it follows summer time. */
  boolean isOpen(ZonedDateTime at) {
    LocalTime time = at.toLocalTime();
    boolean overnight = !from.isBefore(to);
    if (!overnight) {
      return days.contains(at.getDayOfWeek()) && !time.isBefore(from) && time.isBefore(to);
    }
    boolean sinceToday = days.contains(at.getDayOfWeek()) && !time.isBefore(from);
    boolean sinceYesterday = days.contains(at.getDayOfWeek().minus(1)) && time.isBefore(to);
    return sinceToday || sinceYesterday;
  }

  private ZonedDateTime next(ZonedDateTime after) {
    for (int ahead = 0; ahead <= WEEK; ahead++) {
      ZonedDateTime begin =
          after.toLocalDate().plusDays(ahead).atTime(from).atZone(after.getZone());
      if (days.contains(begin.getDayOfWeek()) && begin.isAfter(after)) {
        return begin;
      }
    }
    throw new IllegalStateException("a window of no day");
  }

  /**
   * When terminals may begin again; empty while they may.
   *
   * @param windows none for at any time
   */
  static Optional<Instant> opens(List<Window> windows, ZoneId zone, Instant now) {
    ZonedDateTime at = now.atZone(zone);
    if (windows.isEmpty() || windows.stream().anyMatch(window -> window.isOpen(at))) {
      return Optional.empty();
    }
    return windows.stream()
        .map(window -> window.next(at).toInstant())
        .min(Comparator.naturalOrder());
  }
}
