package io.m2mgate.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class VerifiedKeysTest {

  private final VerifiedKeys keys = new VerifiedKeys(3, 100);

  /** Verifies that what was verified is forgotten when its time is over. */
  @Test
  void expires() {
    // GIVEN
    keys.keep("d", "EC01", "k", keys.generation(), 1_000);

    // WHEN, THEN
    assertThat(keys.find("d", 1_099)).isPresent();
    assertThat(keys.find("d", 1_100)).isEmpty();
    assertThat(keys.size()).isZero();
  }

  /** Verifies that the least recently used goes when the bound is reached. */
  @Test
  void isBounded() {
    // GIVEN
    for (var digest : new String[] {"a", "b", "c"}) {
      keys.keep(digest, "EC01", "k", keys.generation(), 0);
    }
    keys.find("a", 1);

    // WHEN
    keys.keep("d", "EC01", "k", keys.generation(), 1);

    // THEN
    assertThat(keys.size()).isEqualTo(3);
    assertThat(keys.find("b", 1)).isEmpty();
    assertThat(keys.find("a", 1)).isPresent();
  }

  /** Verifies that a verification that was under way during a revocation is not kept. */
  @Test
  void revocationWins() {
    // GIVEN
    long before = keys.generation();
    keys.keep("other", "EC02", "k2", before, 0);

    // WHEN
    keys.forget(known -> known.appCode().equals("EC01"));

    // THEN
    assertThat(keys.keep("d", "EC01", "k", before, 0)).isFalse();
    assertThat(keys.find("d", 1)).isEmpty();
    assertThat(keys.find("other", 1)).isPresent();
  }

  /** Verifies the form of a key both ways, and that it does not print its secret. */
  @Test
  void keyForm() {
    // WHEN
    var key = ApiKey.random(new SecureRandom());

    // THEN
    assertThat(ApiKey.parse(key.presented())).hasValue(key);
    assertThat(key.toString()).doesNotContain(key.secret());
    assertThat(ApiKey.parse(key.presented() + "x")).isEmpty();
    assertThat(ApiKey.parse("")).isEmpty();
  }
}
