package io.m2mgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhoneNumberTest {
  private final PhoneNumber numbers = new PhoneNumber("86");

  // Verifies that one number is the same however it is written.
  @ParameterizedTest
  @CsvSource({
    "+8613800138000, 8613800138000",
    "008613800138000, 8613800138000",
    "8613800138000, 8613800138000",
    "13800138000, 8613800138000",
    "013800138000, 8613800138000",
    "138 0013-8000, 8613800138000",
    "1064812345678, 861064812345678",
    "+861064812345678, 861064812345678",
    "+447700900123, 447700900123",
    "86123456, 8686123456"
  })
  void normalises(String written, String normal) {
    assertThat(numbers.normal(written)).contains(normal);
  }

  // Verifies that names of senders and other texts are no numbers.
  @ParameterizedTest
  @ValueSource(strings = {"", "12", "ACME", "+", "13800138000x", "123456789012345678901"})
  void refusesOthers(String written) {
    assertThat(numbers.normal(written)).isEmpty();
  }

  // Verifies that every form of a number that a record may have leads back to it.
  @Test
  void knowsAllForms() {
    assertThat(numbers.forms("8613800138000"))
        .containsExactlyInAnyOrder(
            "8613800138000", "+8613800138000", "008613800138000", "13800138000", "013800138000")
        .allSatisfy(form -> assertThat(numbers.normal(form)).contains("8613800138000"));
    assertThat(numbers.forms("447700900123")).hasSize(3);
  }
}
