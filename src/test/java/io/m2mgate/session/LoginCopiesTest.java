package io.m2mgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Behaviour 5.3.2, "Overload". */
class LoginCopiesTest {
  private static final long T0 = 1_700_000_000_000L;

  private final LoginCopies copies = new LoginCopies();

  // Verifies that the first two copies of a login are met with silence and the third is told.
  @Test
  void tellsTheThirdCopy() {
    assertThat(copies.unserved(7, T0)).isFalse();
    assertThat(copies.unserved(7, T0 + 90_000)).isFalse();
    assertThat(copies.unserved(7, T0 + 180_000)).isTrue();
  }

  // Verifies that another login counts from one, also one whose hash is zero.
  @Test
  void countsEachLoginForItself() {
    copies.unserved(7, T0);
    copies.unserved(7, T0);

    assertThat(copies.unserved(0, T0)).isFalse();
    assertThat(copies.unserved(7, T0)).isFalse();
    assertThat(copies.unserved(7, T0)).isFalse();
    assertThat(copies.unserved(7, T0)).isTrue();
  }

  // Verifies that a served login starts the count anew.
  @Test
  void forgetsWhenServed() {
    copies.unserved(7, T0);
    copies.unserved(7, T0);
    copies.served();

    assertThat(copies.unserved(7, T0)).isFalse();
  }

  // Verifies that within ten minutes of a LOGOUT no copy is told to try later.
  @Test
  void sparesAfterLogout() {
    copies.spare(T0);
    for (int copy = 0; copy < 5; copy++) {
      assertThat(copies.unserved(7, T0 + 599_999)).isFalse();
    }

    assertThat(copies.spared(T0 + 599_999)).isTrue();
    assertThat(copies.spared(T0 + 600_000)).isFalse();
    assertThat(copies.unserved(7, T0 + 600_000)).isTrue();
  }
}
