package io.m2mgate.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads secrets that options give as they are, as {@code @FILE}, or as {@code @-} for a line of standard input. One run, one thread. */
final class SecretText {
  static final String STANDARD_INPUT = "@-";

  private BufferedReader standardInput;

  /** @throws IOException when a file cannot be read */
  Optional<String> read(Optional<String> given) throws IOException {
    if (given.isEmpty() || !given.get().startsWith("@")) {
      return given;
    }
    if (given.get().equals(STANDARD_INPUT)) {
      return Optional.ofNullable(standardInput().readLine()).map(String::strip);
    }
    return Optional.of(Files.readString(Path.of(given.get().substring(1))).strip());
  }

  private BufferedReader standardInput() {
    if (standardInput == null) {
      standardInput =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.ISO_8859_1));
    }
    return standardInput;
  }
}
