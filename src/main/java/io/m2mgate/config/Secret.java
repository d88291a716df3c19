package io.m2mgate.config;

/**
 * A value that must reach neither a log nor an error; immutable, shared by all threads. Its {@code toString} is a mask,
 * so a record that holds one can be printed.
 *
 * @param value the secret itself; empty when none is set
 */
public record Secret(String value) {

  /** What is shown in a secret's place. */
  public static final String MASK = "***";

  @Override
  public String toString() {
    return value.isEmpty() ? "" : MASK;
  }
}
