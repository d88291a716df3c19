package io.m2mgate.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WindowTest {
  private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static Window window(String from, String to, DayOfWeek... days) {
    return new Window(
        LocalTime.parse(from),
        LocalTime.parse(to),
        days.length == 0 ? EnumSet.allOf(DayOfWeek.class) : Set.of(days));
  }

  private static String opens(Window window, ZoneId zone, String now) {
    return Window.opens(List.of(window), zone, Instant.parse(now))
        .map(at -> at.atZone(zone).toOffsetDateTime().toString())
        .orElse("open");
  }

  // Verifies that none at all is always open, and that the ends belong as said.
  @Test
  void opensAndCloses() {
    assertThat(Window.opens(List.of(), SHANGHAI, Instant.EPOCH)).isEmpty();
    Window night = window("01:00", "05:00");
    assertThat(opens(night, SHANGHAI, "2026-01-01T17:00:00Z")).isEqualTo("open");
    assertThat(opens(night, SHANGHAI, "2026-01-01T20:59:59Z")).isEqualTo("open");
    assertThat(opens(night, SHANGHAI, "2026-01-01T21:00:00Z")).isEqualTo("2026-01-03T01:00+08:00");
    assertThat(opens(night, SHANGHAI, "2026-01-01T16:59:00Z")).isEqualTo("2026-01-02T01:00+08:00");
  }

  // Verifies a window over midnight, which belongs to the day on which it began.
  @Test
  void goesOverMidnight() {
    Window weekend = window("22:00", "04:00", DayOfWeek.FRIDAY);
    assertThat(opens(weekend, SHANGHAI, "2026-01-02T14:30:00Z")).isEqualTo("open");
    assertThat(opens(weekend, SHANGHAI, "2026-01-02T19:30:00Z")).isEqualTo("open");
    assertThat(opens(weekend, SHANGHAI, "2026-01-02T20:00:00Z"))
        .isEqualTo("2026-01-09T22:00+08:00");
    assertThat(opens(weekend, SHANGHAI, "2026-01-01T19:30:00Z"))
        .isEqualTo("2026-01-02T22:00+08:00");
    assertThat(opens(window("08:00", "08:00"), SHANGHAI, "2026-01-01T19:30:00Z"))
        .isEqualTo("open");
  }

  // Verifies that it goes by the wall clock where summer time begins and ends.
  @Test
  void followsSummerTime() {
    Window night = window("02:30", "03:30");
    assertThat(opens(night, BERLIN, "2026-03-28T12:00:00Z")).isEqualTo("2026-03-29T03:30+02:00");
    assertThat(opens(night, BERLIN, "2026-10-25T01:45:00Z")).isEqualTo("open");
  }
}
