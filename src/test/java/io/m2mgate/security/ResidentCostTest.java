package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;

import javax.management.JMException;
import org.junit.jupiter.api.Test;

class ResidentCostTest {

  // Verifies that a logged-in, idle terminal costs a lane no more than 1,450 bytes: with its
  // address and what the writer remembers of
  // it, 200,000 fit into 3 KB each.
  @Test
  void keepsLittleOfAnIdleTerminal() throws JMException {
    assertThat(ResidentCost.bytesEach(10_000)).isBetween(500L, 1_450L);
  }
}
