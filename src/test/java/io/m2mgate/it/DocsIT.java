package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.ApiOperations;
import io.m2mgate.peer.ApiOperations.Operation;
import io.m2mgate.peer.GatewayProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The description of the interface as it is served, and its page as a browser shows it. */
class DocsIT {
  private static GatewayProcess gateway;

  @TempDir
  private Path directory;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  // Verifies that the document is given in both forms to anybody, and is the same in both.
  @Test
  void servesTheDocument() throws Exception {
    Api nobody = gateway.api().as("nobody");

    Api.Full yaml = nobody.full("GET", "/openapi.yaml", new byte[0]);
    Api.Full json = nobody.full("GET", "/openapi.json", new byte[0]);

    assertThat(yaml.headers().get("content-type")).isEqualTo("application/yaml");
    assertThat(json.headers().get("content-type")).isEqualTo("application/json");
    assertThat(new com.fasterxml.jackson.dataformat.yaml.YAMLMapper()
            .readTree(yaml.answer().body()))
        .isEqualTo(json.answer().json());
    assertThat(json.answer().json().path("openapi").asText()).startsWith("3.1.");
  }

  // Verifies that a browser that can reach nothing but the gateway shows every operation, and that
  // the page's own policy stands in the
  // way of nothing.
  @Test
  void showsEveryOperation() throws Exception {
    Path page = directory.resolve("page.html");
    Path said = directory.resolve("said.txt");
    Process browser = new ProcessBuilder(List.of(
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--enable-logging=stderr",
            "--user-data-dir=" + directory.resolve("profile"),
            "--virtual-time-budget=30000",
            "--dump-dom",
            gateway.api().base().resolve("/docs/").toString()))
        .redirectOutput(page.toFile())
        .redirectError(said.toFile())
        .start();
    assertThat(browser.waitFor(120, TimeUnit.SECONDS)).as("the browser ends").isTrue();

    String shown = Files.readString(page);
    for (Operation operation : new ApiOperations().all()) {
      assertThat(shown).contains(operation.id());
    }
    assertThat(Files.readString(said)).doesNotContain("Content Security Policy");
    assertThat(shown).doesNotContainPattern("src=\"(https?:)?//");
  }

  // Verifies that the page may load from nowhere else and be framed by nobody, and that there is
  // nothing beside it.
  @Test
  void keepsThePageToItself() {
    Api nobody = gateway.api().as("nobody");

    String policy =
        nobody.full("GET", "/docs/", new byte[0]).headers().get("content-security-policy");

    assertThat(policy)
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe", "http");
    assertThat(nobody.get("/docs/page.js").status()).isEqualTo(200);
    assertThat(nobody.full("GET", "/docs", new byte[0]).headers())
        .containsEntry("location", "docs/");
    for (String name : List.of("swagger-ui.js", "..%2Fopenapi.json", "pom.properties")) {
      assertThat(nobody.get("/docs/" + name).status()).as(name).isEqualTo(404);
    }
  }

  // Verifies that an operator who does not want it served has nothing of it served.
  @Test
  void canBeLeftOut() {
    try (GatewayProcess silent = GatewayProcess.start("http.docs=false")) {
      for (String path :
          List.of("/openapi.yaml", "/openapi.json", "/docs", "/docs/", "/docs/page.js")) {
        assertThat(silent.api().get(path).status()).as(path).isEqualTo(404);
      }
    }
  }
}
