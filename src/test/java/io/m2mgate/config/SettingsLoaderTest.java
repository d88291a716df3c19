package io.m2mgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsLoaderTest {
  @TempDir
  Path directory;

  // Verifies that without any source every setting has the documented default.
  @Test
  void takesDefaults() {
    Settings settings = SettingsLoader.load(Map.of());

    assertThat(settings.terminal().tcp().port()).isEqualTo(9991);
    assertThat(settings.terminal().udp().port()).isEqualTo(9992);
    assertThat(settings.http().port()).isEqualTo(8080);
    assertThat(settings.mqtt().port()).isEqualTo(1883);
    assertThat(settings.terminal().maxFrame()).isEqualTo(16_384);
    assertThat(settings.store().url()).isEqualTo(new StoreUrl.Sqlite(Path.of("data/m2mgate.db")));
    assertThat(settings.retention().events().bytes()).isEqualTo(10_737_418_240L);
    assertThat(settings.security().clearSecretsTo()).hasSize(2);
    assertThat(settings.laneCount()).isPositive();
  }

  // Verifies that the store follows the data directory unless it is set itself.
  @Test
  void putsStoreIntoDataDirectory() {
    Settings settings = SettingsLoader.load(Map.of("data.dir", "elsewhere"));

    assertThat(settings.store().url()).hasToString("sqlite:elsewhere/m2mgate.db");
  }

  // Verifies that the command line beats the environment, which beats the file, which beats the
  // default.
  @Test
  void appliesPrecedence() throws IOException {
    Path conf =
        file("terminal:\n  tcp:\n    port: 1\n  udp.port: 2\nhttp:\n  port: 3\nmqtt: {port: 4}\n");

    var loaded = load(
        conf,
        Map.of(
            "M2MGATE_HTTP_PORT",
            "30",
            "M2MGATE_MQTT_PORT",
            "40",
            "M2MGATE_TERMINAL_MAXFRAME",
            "500"),
        List.of("mqtt.port=400"));

    Settings settings = loaded.settings();
    assertThat(settings.terminal().tcp().port()).isEqualTo(1);
    assertThat(settings.terminal().udp().port()).isEqualTo(2);
    assertThat(settings.http().port()).isEqualTo(30);
    assertThat(settings.mqtt().port()).isEqualTo(400);
    assertThat(settings.terminal().maxFrame()).isEqualTo(500);
    assertThat(loaded.effective().value("mqtt.port").source()).isEqualTo("--set");
    assertThat(loaded.effective().value("http.port").source())
        .isEqualTo("environment M2MGATE_HTTP_PORT");
    assertThat(loaded.effective().value("terminal.tcp.port").source()).endsWith("line 3");
  }

  // Verifies that all problems are reported at once, each with its place and what would be valid.
  @Test
  void reportsEveryProblemWithItsPlace() throws IOException {
    Path conf = file("terminal:\n  tpc:\n    port: 1\nhttp:\n  port: eighty\nlanes: -1\n");

    var problems = problems(
        conf, Map.of("M2MGATE_MQTT_PROT", "1"), List.of("maxFrame=9", "novalue", "http=8080"));

    assertThat(problems).hasSize(7);
    assertThat(problems.get(0))
        .contains("line 3", "terminal.tpc.port", "did you mean terminal.tcp.port?");
    assertThat(problems.get(1))
        .contains("line 5", "http.port", "'eighty'", "a whole number from 0 to 65535");
    assertThat(problems.get(2)).contains("line 6", "lanes", "'-1'");
    assertThat(problems.get(3))
        .contains("environment", "M2MGATE_MQTT_PROT", "did you mean M2MGATE_MQTT_PORT?");
    assertThat(problems.get(4)).contains("--set", "did you mean terminal.maxFrame?");
    assertThat(problems.get(5)).contains("--set", "novalue", "expected key=value");
    assertThat(problems.get(6)).contains("--set", "http", "is a section", "http.port");
  }

  // Verifies that a name set twice, and a text that is no YAML, are reported with their lines.
  @Test
  void reportsBadFiles() throws IOException {
    assertThat(problems(file("lanes: 1\nlanes: 2\n"), Map.of(), List.of()).get(0))
        .contains("line 2", "line 1");
    assertThat(problems(file("http:\n  port: [1\n"), Map.of(), List.of()).get(0))
        .contains("not YAML");
    assertThat(problems(file("- a\n- b\n"), Map.of(), List.of()).get(0))
        .contains("expected names with values");
  }

  // Verifies that a file that was named must exist, and that an empty one is fine.
  @Test
  void wantsNamedFileToExist() throws IOException {
    Path missing = directory.resolve("missing.yaml");

    assertThat(problems(missing, Map.of(), List.of()))
        .singleElement()
        .asString()
        .contains("--conf", "no such file");
    assertThat(load(file(""), Map.of(), List.of()).settings().lanes()).isZero();
  }

  // Verifies that lists can be written as YAML lists and as texts with commas.
  @Test
  void readsLists() throws IOException {
    Path conf = file("security:\n  clearSecretsTo: [10.0.0.0/8, \"::1\"]\n");

    Settings settings =
        load(conf, Map.of(), List.of("registration.allowPrefixes=ABCD, EF")).settings();

    assertThat(settings.security().clearSecretsTo())
        .map(Cidr::toString)
        .containsExactly("10.0.0.0/8", "0:0:0:0:0:0:0:1/128");
    assertThat(settings.registration().allowPrefixes()).containsExactly("ABCD", "EF");
  }

  // Verifies that passwords appear neither in problems nor in what the settings print of
  // themselves.
  @Test
  void masksSecrets() throws IOException {
    String url = "postgresql://m2m:hunter2@db:5432/m2m?sslpassword=hunter2";
    var loaded = load(file("sms.smpp.password: hunter2\n"), Map.of(), List.of("store.url=" + url));

    assertThat(loaded.settings().toString()).doesNotContain("hunter2").contains("***");
    assertThat(loaded.effective().values().toString()).doesNotContain("hunter2");
    assertThat(loaded.settings().store().url()).isEqualTo(new StoreUrl.Postgres(url));
    assertThat(problems(
            file(""),
            Map.of(),
            List.of("store.url=postgres://m2m:hun@ter2@db/x", "mirror.enabled=true")))
        .hasSize(2)
        .noneMatch(problem -> problem.contains("ter2"));
  }

  // Verifies that variables which an orchestrator sets for a service of our name are no mistake.
  @Test
  void ignoresServiceLinks() throws IOException {
    var environment =
        Map.of("M2MGATE_SERVICE_HOST", "10.0.0.1", "M2MGATE_PORT_8080_TCP", "x", "HOME", "y");

    assertThat(load(file(""), environment, List.of()).settings().http().port()).isEqualTo(8080);
  }

  // Verifies that no two settings share an environment variable, and that each default is valid.
  @Test
  void namesEverySettingOnce() {
    Set<String> variables = new HashSet<>();

    assertThat(SettingCatalog.all()).allMatch(def -> variables.add(def.environmentName()));
    assertThat(SettingCatalog.byKey()).hasSameSizeAs(SettingCatalog.all());
  }

  private Path file(String text) throws IOException {
    return Files.writeString(Files.createTempFile(directory, "conf", ".yaml"), text);
  }

  private static SettingsLoader.Loaded load(
      Path conf, Map<String, String> environment, List<String> sets) {
    return SettingsLoader.load(new SettingsSources(Optional.of(conf), environment, sets));
  }

  private static List<String> problems(
      Path conf, Map<String, String> environment, List<String> sets) {
    var thrown = catchThrowableOfType(SettingsException.class, () -> load(conf, environment, sets));
    return thrown.problems().stream().map(SettingProblem::toString).toList();
  }
}
