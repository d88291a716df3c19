package io.m2mgate.bus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlacementTest {
  private final Thread first = new Thread("first");
  private final Thread second = new Thread("second");
  private final Thread third = new Thread("third");
  private final Placement placement = new Placement(2);

  // Verifies that the first loops to ask become the lanes, and that each has a kind once.
  @Test
  void givesEachLaneEachKindOnce() {
    assertThat(placement.claim("a", first)).contains(0);
    assertThat(placement.claim("a", first)).isEmpty();
    assertThat(placement.complete("a")).isFalse();
    assertThat(placement.claim("a", second)).contains(1);
    assertThat(placement.complete("a")).isTrue();

    assertThat(placement.claim("b", second)).contains(1);
    assertThat(placement.complete("b")).isFalse();
    assertThat(placement.claim("b", first)).contains(0);
    assertThat(placement.complete("b")).isTrue();
  }

  // Verifies that a further loop is no lane.
  @Test
  void refusesFurtherLoops() {
    placement.claim("a", first);
    placement.claim("a", second);

    assertThat(placement.claim("a", third)).isEmpty();
    assertThat(placement.claim("b", third)).isEmpty();
  }
}
