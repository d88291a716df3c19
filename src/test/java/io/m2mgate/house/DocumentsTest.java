package io.m2mgate.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents say of the project, compared with the project. */
class DocumentsTest {
  private static final Pattern ARTIFACT = Pattern.compile("<artifactId>([^<]+)</artifactId>");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

  // Verifies that every dependency is listed with its reason and licence.
  @Test
  void listsEveryDependency() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    String documented = Files.readString(Path.of("docs", "dependencies.md"));
    String used = pom.substring(pom.indexOf("</dependencyManagement>"))
        .replaceAll("(?s)<exclusions>.*?</exclusions>", "");

    List<String> artifacts =
        ARTIFACT.matcher(used).results().map(match -> match.group(1)).toList();

    assertThat(artifacts)
        .hasSizeGreaterThan(20)
        .allMatch(artifact -> documented.contains("`" + artifact + "`"));
  }

  // Verifies that links between documents lead somewhere.
  @Test
  void linksLeadSomewhere() throws IOException {
    for (Path document : documents()) {
      Path parent = document.toAbsolutePath().getParent();
      List<String> links = LINK.matcher(Files.readString(document))
          .results()
          .map((MatchResult match) -> match.group(1))
          .toList();
      assertThat(links)
          .as(document.toString())
          .allMatch(link -> Files.exists(parent.resolve(link)));
    }
  }

  // Verifies that every script can be run and explains itself.
  @Test
  void scriptsCanBeRun() throws IOException {
    try (Stream<Path> scripts = Files.list(Path.of("scripts"))) {
      assertThat(scripts.filter(Files::isRegularFile)).isNotEmpty().allSatisfy(script -> {
        assertThat(Files.isExecutable(script)).isTrue();
        assertThat(Files.readString(script)).contains("set -euo pipefail", "--help");
      });
    }
    assertThat(Files.isExecutable(Path.of(".ci", "run"))).isTrue();
  }

  private static List<Path> documents() throws IOException {
    try (Stream<Path> top = Files.list(Path.of(""));
        Stream<Path> docs = Files.walk(Path.of("docs"))) {
      return Stream.concat(top, docs)
          .filter(file -> file.toString().endsWith(".md"))
          .toList();
    }
  }
}
