package io.m2mgate.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where settings come from, weakest first; immutable.
 *
 * @param conf the file that was named, which must exist; empty takes {@link #DEFAULT_FILE} if it exists
 * @param environment the process environment
 * @param sets {@code key=value} from the command line
 */
public record SettingsSources(
    Optional<Path> conf, Map<String, String> environment, List<String> sets) {

  /** The file that is read when none is named. */
  public static final Path DEFAULT_FILE = Path.of("conf", "m2mgate.yaml");

  public SettingsSources {
    environment = Map.copyOf(environment);
    sets = List.copyOf(sets);
  }
}
