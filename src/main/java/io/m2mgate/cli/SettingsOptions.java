package io.m2mgate.cli;

import io.m2mgate.config.SettingsLoader;
import io.m2mgate.config.SettingsSources;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of every command that reads settings; filled by the thread that parses the command line. */
final class SettingsOptions {
  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description = "Settings file; conf/m2mgate.yaml by default, if it exists.")
  private Path conf;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Sets one setting; may be repeated; stronger than environment and file.")
  private List<String> sets = new ArrayList<>();

  SettingsLoader.Loaded load() {
    return SettingsLoader.load(
        new SettingsSources(Optional.ofNullable(conf), System.getenv(), sets));
  }
}
