package io.m2mgate.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class UtcTextTest {
  private static final DateTimeFormatter EXPECTED =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  // Verifies that times read as java.time writes them: leap days, ends of centuries, and times by
  // chance.
  @Test
  void writesTimesAsJavaDoes() {
    SplittableRandom random = new SplittableRandom(41383);
    long last = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();
    for (String day :
        new String[] {"1970-01-01", "2000-02-29", "2024-02-29", "2024-12-31", "2100-03-01"}) {
      long millis = Instant.parse(day + "T00:00:00Z").toEpochMilli();
      check(millis);
      check(Math.max(0, millis - 1));
    }
    check(last);
    for (int i = 0; i < 10_000; i++) {
      check(random.nextLong(last));
    }
  }

  private static void check(long millis) {
    StringBuilder text = new StringBuilder();
    UtcText.append(text, millis);
    assertThat(text.toString()).isEqualTo(EXPECTED.format(Instant.ofEpochMilli(millis)));
  }
}
