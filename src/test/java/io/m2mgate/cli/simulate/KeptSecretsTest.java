package io.m2mgate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptSecretsTest {
  private static final SimulatedIdentity WHO = SimulatedIdentity.of(1, "APP", 0);
  private static final SimulatedIdentity OTHER = SimulatedIdentity.of(2, "APP", 0);

  @TempDir
  private Path directory;

  private Path file() {
    return directory.resolve("kept.ndjson");
  }

  // Verifies that what was written is read again, that lines of others stay, and that nobody else
  // may read them.
  @Test
  void keepsAllFleets() throws Exception {
    KeptSecrets.open(file(), "APP").save(Stream.of(OTHER.keys()));
    KeptSecrets second = KeptSecrets.open(file(), "APP");
    second.save(Stream.of(WHO.keys()));
    KeptSecrets third = KeptSecrets.open(file(), "APP");
    assertThat(third.found()).containsOnlyKeys(WHO.imei(), OTHER.imei());
    assertThat(third.found().get(WHO.imei()).baseKey()).isEqualTo(WHO.keys().baseKey());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  // Verifies that the last secrets of a terminal count, and that one without any has no line.
  @Test
  void replacesWhatChanged() throws Exception {
    KeptSecrets kept = KeptSecrets.open(file(), "APP");
    kept.save(Stream.of(WHO.keys(), OTHER.keys().withoutSecrets()));
    kept.save(Stream.of(WHO.keys().withImsi(WHO.nextImsi())));
    assertThat(Files.readAllLines(file())).hasSize(1);
    assertThat(KeptSecrets.open(file(), "APP").found().get(WHO.imei()).imsi())
        .isEqualTo(WHO.nextImsi());
  }

  // Verifies that a file of something else is refused with its place, without its content.
  @Test
  void refusesAnotherFile() throws Exception {
    Files.writeString(file(), "\nsecret-of-somebody\n");
    assertThatThrownBy(() -> KeptSecrets.open(file(), "APP"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line 2")
        .hasMessageNotContaining("secret-of-somebody");
    Files.writeString(file(), "{\"serial\":\"A\"}");
    assertThatThrownBy(() -> KeptSecrets.open(file(), "APP")).hasMessageContaining("no imei");
  }

  // Verifies that a place where nothing can be kept is found before the run.
  @Test
  void findsAMissingDirectoryAtOnce() {
    assertThatThrownBy(() -> KeptSecrets.open(directory.resolve("no").resolve("kept"), "APP"))
        .isInstanceOf(IOException.class);
  }
}
