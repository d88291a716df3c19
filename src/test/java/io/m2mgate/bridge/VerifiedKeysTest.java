package io.m2mgate.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerifiedKeysTest {

  private final VerifiedKeys keys = new VerifiedKeys(3, 100);

  private static VerifiedKeys.Holder holder(String app) {
    return new VerifiedKeys.Holder(app, "k", Optional.empty(), "", Long.MAX_VALUE);
  }

  /** Verifies that what was verified is forgotten when its time is over. */
  @Test
  void expires() {
    // GIVEN
    keys.keep("d", holder("EC01"), keys.generation(), 1_000);

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
      keys.keep(digest, holder("EC01"), keys.generation(), 0);
    }
    keys.find("a", 1);

    // WHEN
    keys.keep("d", holder("EC01"), keys.generation(), 1);

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
    keys.keep("other", holder("EC02"), before, 0);

    // WHEN
    keys.forget(known -> known.appCode().equals("EC01"));

    // THEN
    assertThat(keys.keep("d", holder("EC01"), before, 0)).isFalse();
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
