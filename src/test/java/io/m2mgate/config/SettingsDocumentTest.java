package io.m2mgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SettingsDocumentTest {
  // Verifies that the settings file shows every setting as the list has it; mend with check
  // --print-defaults yaml.
  @Test
  void matchesSettingsFile() throws IOException {
    assertThat(Path.of("conf", "m2mgate.yaml")).hasContent(SettingsDocument.yaml());
  }

  // Verifies that the page shows every setting as the list has it; mend with check --print-defaults
  // markdown.
  @Test
  void matchesPage() throws IOException {
    assertThat(Path.of("docs", "settings.md")).hasContent(SettingsDocument.markdown());
  }

  // Verifies that starting with the settings file is the same as starting without any.
  @Test
  void changesNothingWhenLoaded() {
    Path file = Path.of("conf", "m2mgate.yaml");
    assertThat(Files.exists(file)).isTrue();

    var loaded = SettingsLoader.load(new SettingsSources(Optional.of(file), Map.of(), List.of()));

    assertThat(loaded.settings()).isEqualTo(SettingsLoader.load(Map.of()));
    assertThat(loaded.effective().values()).noneMatch(value -> value.source().equals("default"));
  }
}
