package io.m2mgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m2mgate.config.Endpoints.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirTest {
  @TempDir
  Path directory;

  // Verifies that the first start creates the directory and both keys for their owner alone, and
  // leaves nothing else.
  @Test
  void createsKeysForOwnerAlone() throws IOException {
    DataDir opened = open("new/data");

    assertThat(opened.firstStart()).isTrue();
    assertThat(permissions(opened.path())).isEqualTo("rwx------");
    assertThat(permissions(opened.adminKeyFile())).isEqualTo("rw-------");
    assertThat(permissions(opened.path().resolve("master.key"))).isEqualTo("rw-------");
    assertThat(opened.masterKey()).hasSize(32);
    assertThat(opened.adminKey().value()).hasSizeGreaterThan(40);
    assertThat(opened.adminKey()).hasToString("***");
    try (Stream<Path> files = Files.list(opened.path())) {
      assertThat(files).hasSize(2);
    }
  }

  // Verifies that later starts keep the keys of the first.
  @Test
  void keepsKeys() throws IOException {
    DataDir first = open("data");
    DataDir second = open("data");

    assertThat(second.firstStart()).isFalse();
    assertThat(second.adminKey()).isEqualTo(first.adminKey());
    assertThat(second.masterKey()).isEqualTo(first.masterKey());
    assertThat(second.warnings()).isEmpty();
  }

  // Verifies that a key others can read is used, with a warning that says how to mend it.
  @Test
  void warnsOfReadableKeys() throws IOException {
    DataDir first = open("data");
    Files.setPosixFilePermissions(
        first.adminKeyFile(), PosixFilePermissions.fromString("rw-r--r--"));

    assertThat(open("data").warnings())
        .singleElement()
        .asString()
        .contains("admin.key", "chmod 600");
  }

  // Verifies that the master key can stand elsewhere, and that one of another size is refused
  // without being shown.
  @Test
  void takesMasterKeyFromElsewhere() throws IOException {
    Path elsewhere = directory.resolve("elsewhere.key");
    var overrides = Map.of(
        "data.dir",
        directory.resolve("data").toString(),
        "security.masterKeyFile",
        elsewhere.toString());

    DataDir opened = DataDir.open(SettingsLoader.load(overrides));

    assertThat(elsewhere).exists();
    assertThat(opened.path().resolve("master.key")).doesNotExist();
    Files.writeString(elsewhere, "c2hvcnQ=\n");
    assertThatThrownBy(() -> DataDir.open(SettingsLoader.load(overrides)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("elsewhere.key")
        .hasMessageNotContaining("c2hvcnQ");
  }

  // Verifies that what was bound can be read back, and that a new run replaces it.
  @Test
  void writesEndpoints() throws IOException {
    DataDir opened = open("data");
    Endpoints endpoints = new Endpoints(
        Optional.of(Endpoint.of("tcp", "127.0.0.1", 9991)),
        Optional.empty(),
        Optional.of(Endpoint.of("http", "::1", 8080)),
        Optional.of(Endpoint.of("mqtt", "127.0.0.1", 1883)));

    opened.writeEndpoints(Endpoints.none());
    opened.writeEndpoints(endpoints);

    assertThat(Endpoints.read(opened.path())).isEqualTo(endpoints);
    assertThat(endpoints.summary())
        .isEqualTo(
            "terminals tcp://127.0.0.1:9991, applications http://[::1]:8080, mqtt://127.0.0.1:1883");
    opened.removeEndpoints();
    assertThat(opened.path().resolve("endpoints.json")).doesNotExist();
  }

  private DataDir open(String name) throws IOException {
    return DataDir.open(
        SettingsLoader.load(Map.of("data.dir", directory.resolve(name).toString())));
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
