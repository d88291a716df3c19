package io.m2mgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Linux tells of datagrams that were not read in time, line by line. */
class KernelLossTest {

  // Verifies that only lines of the port count, and lines of another form count nothing.
  @ParameterizedTest
  @CsvSource({
    "' 6233: 0100007F:DF28 00000000:0000 07 00000000:00000F00 00:00000000 00000000 0 0 11210916 2 00000000649073d3 1997', 57128, 1997",
    "' 6233: 0100007F:DF28 00000000:0000 07 00000000:00000F00 00:00000000 00000000 0 0 11210916 2 00000000649073d3 1997', 57129, 0",
    "'1: 00000000000000000000000001000000:2708 00000000000000000000000000000000:0000 07 0:0 00:0 0 0 0 1 2 0 3', 9992, 3",
    "'', 9992, 0",
    "'sl local_address drops', 9992, 0",
    "'1: 0100007F:2708', 9992, 0"
  })
  void readsALine(String line, int port, long lost) {
    assertThat(KernelLoss.lost(line, port)).isEqualTo(lost);
  }
}
