package io.m2mgate.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackageFilesTest {
  private static final String NAME = "ab".repeat(32);
  private static final Instant BEFORE = Instant.now().minusSeconds(3600);

  @TempDir
  Path directory;

  private PackageFiles files;

  @BeforeEach
  void open() throws IOException {
    files = new PackageFiles(directory);
    files.open();
    files.publish(files.begin(), NAME);
    Files.setLastModifiedTime(files.of(NAME), FileTime.from(BEFORE.minusSeconds(1)));
  }

  // Verifies that a file that was found to be old, and was given anew before it is removed, stays.
  @Test
  void keepsWhatIsGivenAnew() throws IOException {
    assertThat(files.olderThan(NAME.substring(0, 2), BEFORE)).containsExactly(NAME);
    files.publish(files.begin(), NAME);
    assertThat(files.removeIfOlder(NAME, BEFORE)).isFalse();
    assertThat(files.of(NAME)).exists();
  }

  // Verifies that an old one goes, once.
  @Test
  void removesWhatIsOld() throws IOException {
    assertThat(files.removeIfOlder(NAME, BEFORE)).isTrue();
    assertThat(files.of(NAME)).doesNotExist();
    assertThat(files.removeIfOlder(NAME, BEFORE)).isFalse();
  }
}
