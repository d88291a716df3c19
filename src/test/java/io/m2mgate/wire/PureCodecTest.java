package io.m2mgate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PureCodecTest {
  private static final Pattern ALLOWED =
      Pattern.compile("import (static )?(java\\.(util|nio\\.charset|lang\\.reflect)\\..*"
          + "|com\\.fasterxml\\.jackson\\..*|io\\.m2mgate\\.(dictionary|wire)\\..*);");

  /** The one class that reads files is the loader of the dictionary. */
  private static final Pattern FILES = Pattern.compile("import java\\.(io|nio\\.file)\\..*;");

  /** Verifies that codec and dictionary know no socket, verticle, clock, randomness or cryptography. */
  @ParameterizedTest
  @ValueSource(strings = {"dictionary", "wire"})
  void imports(String name) throws IOException {
    try (var files = Files.list(Path.of("src/main/java/io/m2mgate", name))) {
      for (Path file : files.toList()) {
        boolean loader = file.endsWith("Dictionary.java");
        assertThat(imports(file))
            .as(file.toString())
            .allMatch(
                i -> ALLOWED.matcher(i).matches() || loader && FILES.matcher(i).matches())
            .noneMatch(i ->
                i.contains("Random") || i.contains("java.util.Date") || i.contains("concurrent"));
        assertThat(Files.readString(file)).doesNotContain("currentTimeMillis", "nanoTime");
      }
    }
  }

  private static List<String> imports(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(l -> l.startsWith("import "))
        .toList();
  }
}
