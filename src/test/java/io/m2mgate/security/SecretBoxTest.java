package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m2mgate.security.SecretBox.SealBroken;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SecretBoxTest {
  private static final byte[] CLEAR = "UpPwd001".getBytes(StandardCharsets.US_ASCII);

  private final SecretBox box = new SecretBox(new byte[32], new SecureRandom());

  // Verifies that what was sealed opens again, and that equal values are sealed differently.
  @Test
  void opensWhatItSealed() {
    byte[] once = box.seal("T1", "uplinkPassword", CLEAR);
    byte[] twice = box.seal("T1", "uplinkPassword", CLEAR);

    assertThat(box.open("T1", "uplinkPassword", once)).isEqualTo(CLEAR);
    assertThat(box.open("T1", "uplinkPassword", twice)).isEqualTo(CLEAR);
    assertThat(once).isNotEqualTo(twice).hasSize(1 + 12 + CLEAR.length + 16);
    assertThat(new String(once, StandardCharsets.ISO_8859_1)).doesNotContain("UpPwd001");
  }

  // Verifies that an absent secret stays absent.
  @Test
  void keepsAbsentAbsent() {
    assertThat(box.seal("T1", "baseKey", new byte[0])).isEmpty();
    assertThat(box.open("T1", "baseKey", new byte[0])).isEmpty();
  }

  // Verifies that a fingerprint tells secrets and subjects apart, stays the same after a restart,
  // and is
  // another under another master key.
  @Test
  void tellsSecretsApart() {
    byte[] otherKey = new byte[32];
    otherKey[31] = 1;
    long print = box.fingerprint("T1", CLEAR);

    assertThat(new SecretBox(new byte[32], new SecureRandom()).fingerprint("T1", CLEAR))
        .isEqualTo(print);
    assertThat(box.fingerprint("T2", CLEAR)).isNotEqualTo(print);
    assertThat(box.fingerprint("T1", new byte[] {1})).isNotEqualTo(print);
    assertThat(new SecretBox(otherKey, new SecureRandom()).fingerprint("T1", CLEAR))
        .isNotEqualTo(print);
  }

  // Verifies that a sealed value opens in its own row and under its own kind only.
  @Test
  void bindsToTerminalAndKind() {
    byte[] sealed = box.seal("T1", "uplinkPassword", CLEAR);

    assertThatThrownBy(() -> box.open("T2", "uplinkPassword", sealed))
        .isInstanceOf(SealBroken.class);
    assertThatThrownBy(() -> box.open("T1", "downlinkPassword", sealed))
        .isInstanceOf(SealBroken.class);
  }

  // Verifies that one changed bit anywhere, a missing or a further byte is noticed.
  @Test
  void noticesTampering() {
    byte[] sealed = box.seal("T1", "uplinkPassword", CLEAR);
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 1;
      assertThatThrownBy(() -> box.open("T1", "uplinkPassword", changed))
          .as("byte %d", i)
          .isInstanceOf(SealBroken.class);
    }
    for (int length = 1; length <= sealed.length + 1; length++) {
      byte[] cut = Arrays.copyOf(sealed, length);
      if (length != sealed.length) {
        assertThatThrownBy(() -> box.open("T1", "uplinkPassword", cut))
            .as("%d bytes", length)
            .isInstanceOf(SealBroken.class);
      }
    }
  }

  // Verifies that another master key opens nothing, and that one of another size is refused.
  @Test
  void needsItsKey() {
    byte[] other = new byte[32];
    other[31] = 1;
    byte[] sealed = box.seal("T1", "uplinkPassword", CLEAR);

    assertThatThrownBy(
            () -> new SecretBox(other, new SecureRandom()).open("T1", "uplinkPassword", sealed))
        .isInstanceOf(SealBroken.class)
        .hasMessageContaining("T1")
        .hasNoCause();
    assertThatThrownBy(() -> new SecretBox(new byte[16], new SecureRandom()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // Verifies that neither the box nor its faults print a secret or the key.
  @Test
  void neverPrints() {
    byte[] key = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    SecretBox keyed = new SecretBox(key, new SecureRandom());
    byte[] sealed = keyed.seal("T1", "uplinkPassword", CLEAR);

    assertThat(keyed.toString()).doesNotContain("0123456789abcdef");
    assertThatThrownBy(() -> box.open("T1", "uplinkPassword", sealed))
        .message()
        .doesNotContain("UpPwd001", "0123456789abcdef");
  }
}
