package io.m2mgate.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The form of the source itself. */
class TidyTest {
  private static final int MOST_LINES_OF_A_FILE = 400;
  private static final int MOST_LINES_OF_A_METHOD = 60;
  private static final Path MAIN = Path.of("src", "main");
  private static final Path TEST = Path.of("src", "test");

  // Verifies that no file is longer than a reader can hold.
  @Test
  void keepsFilesShort() {
    assertThat(sources(Path.of("src")).filter(file -> lines(file).size() > MOST_LINES_OF_A_FILE))
        .isEmpty();
  }

  // Verifies that no method is longer than a screen.
  @Test
  void keepsMethodsShort() {
    List<String> tooLong = new ArrayList<>();
    sources(Path.of("src"))
        .forEach(file -> JavaMethods.in(read(file)).stream()
            .filter(method -> method.lines() > MOST_LINES_OF_A_METHOD)
            .forEach(method -> tooLong.add(file + " " + method)));

    assertThat(tooLong).isEmpty();
  }

  // Verifies that the scan for methods sees them, whatever stands in texts and comments.
  @Test
  void findsMethods() {
    String source =
        "class A {\n  @Test(x = 1)\n  void a(int b) {\n    c = \"{\"; // {\n  }\n  int d = e(() -> {\n  });\n}\n";

    assertThat(JavaMethods.in(source)).containsExactly(new JavaMethods.Found("a", 3, 3));
  }

  // Verifies that tests wait for events, not for time to pass.
  @Test
  void keepsSleepsOutOfTests() {
    assertThat(found(TEST, "\\bThread\\.sleep\\(|TimeUnit\\.[A-Z]+\\.sleep\\(")).isEmpty();
  }

  // Verifies that what is left to do says what and why.
  @Test
  void explainsWhatIsLeft() {
    assertThat(found(Path.of("src"), "(?<![\"(|\\w])(TODO|FIXME|XXX)\\b(?!: \\S.{20,})"))
        .isEmpty();
  }

  // Verifies that the protocol's numbers stand in the dictionary and the codec alone.
  @Test
  void keepsProtocolNumbersInDictionary() {
    String numbers = "0x(E0[0-4][0-9A-F]|40[0-2][0-9A-F]|30[01][0-9A-F])\\b";
    Path java = MAIN.resolve("java");
    Path base = java.resolve(Path.of("io", "m2mgate"));

    assertThat(found(
            java,
            numbers,
            file -> !file.startsWith(base.resolve("wire"))
                && !file.startsWith(base.resolve("dictionary"))))
        .isEmpty();
  }

  // Verifies that nothing names a place on the machine it was written on.
  @Test
  void keepsMachinesOut() {
    List<String> hits = new ArrayList<>();
    for (String root : List.of(
        "src", "docs", "conf", "scripts", ".ci", "plugins", "README.md", "CONTRIBUTING.md")) {
      hits.addAll(found(Path.of(root), "(?<![\\w.$}:-])/(home|root|work|Users)/\\w"));
    }
    assertThat(hits).isEmpty();
  }

  private static List<String> found(Path root, String pattern) {
    return found(root, pattern, file -> true);
  }

  private static List<String> found(Path root, String pattern, Predicate<Path> wanted) {
    Pattern compiled = Pattern.compile(pattern);
    List<String> hits = new ArrayList<>();
    files(root).filter(wanted).filter(TidyTest::isText).forEach(file -> {
      List<String> lines = lines(file);
      for (int index = 0; index < lines.size(); index++) {
        if (compiled.matcher(lines.get(index)).find()) {
          hits.add(file + ":" + (index + 1) + " " + lines.get(index).strip());
        }
      }
    });
    return hits;
  }

  private static boolean isText(Path file) {
    String name = file.getFileName().toString();
    boolean program = !name.contains(".");
    return program
        || Stream.of(".java", ".md", ".yaml", ".json", ".xml", ".sql", ".sh")
            .anyMatch(name::endsWith);
  }

  private static Stream<Path> sources(Path root) {
    return files(root).filter(file -> file.toString().endsWith(".java"));
  }

  private static Stream<Path> files(Path root) {
    if (!Files.exists(root)) {
      return Stream.empty();
    }
    try (Stream<Path> walk = Files.walk(root)) {
      return walk
          .filter(Files::isRegularFile)
          .filter(file -> !file.toString().contains("target/"))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> lines(Path file) {
    return read(file).lines().toList();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
