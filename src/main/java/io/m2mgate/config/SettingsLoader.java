package io.m2mgate.config;

import io.m2mgate.config.SettingType.Invalid;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Merges the sources of settings, checks them and reports all that is wrong at once; used once, by the thread that
 * starts. Precedence: command line, environment, file, default.
 */
public final class SettingsLoader {
  // Kubernetes puts these into every container beside a service named m2mgate; they are nobody's
  // mistake.
  private static final List<String> FOREIGN_VARIABLES = List.of("M2MGATE_SERVICE_", "M2MGATE_PORT");

  private final List<SettingProblem> problems = new ArrayList<>();
  private final Map<String, RawSetting> given = new HashMap<>();

  private SettingsLoader() {}

  /** Settings with where each came from. */
  public record Loaded(Settings settings, EffectiveSettings effective) {}

  /** Defaults with a few values changed, as tests need them; neither file nor environment is read. */
  public static Settings load(Map<String, String> overrides) {
    var loader = new SettingsLoader();
    new TreeMap<>(overrides)
        .forEach((key, text) -> loader.accept(new RawSetting(key, text, "override")));
    return loader.finish().settings();
  }

  /** Settings from all sources. */
  public static Loaded load(SettingsSources sources) {
    var loader = new SettingsLoader();
    loader.readFile(sources.conf());
    loader.readEnvironment(sources.environment());
    loader.readCommandLine(sources.sets());
    return loader.finish();
  }

  private void readFile(Optional<Path> conf) {
    Path file = conf.orElse(SettingsSources.DEFAULT_FILE);
    if (Files.isRegularFile(file)) {
      new YamlSource(file, problems).read().forEach(this::accept);
    } else if (conf.isPresent()) {
      problems.add(new SettingProblem("--conf", file.toString(), "no such file"));
    }
  }

  private void readEnvironment(Map<String, String> environment) {
    Map<String, SettingDef> byVariable = SettingCatalog.all().stream()
        .collect(Collectors.toMap(SettingDef::environmentName, def -> def));
    new TreeMap<>(environment).forEach((name, text) -> {
      if (!name.startsWith(SettingDef.ENVIRONMENT_PREFIX)
          || FOREIGN_VARIABLES.stream().anyMatch(name::startsWith)) {
        return;
      }
      SettingDef def = byVariable.get(name);
      if (def == null) {
        problems.add(new SettingProblem("environment", name, unknown(name, byVariable.keySet())));
      } else {
        accept(new RawSetting(def.key(), text, "environment " + name));
      }
    });
  }

  private void readCommandLine(List<String> sets) {
    for (String set : sets) {
      int equals = set.indexOf('=');
      if (equals < 1) {
        problems.add(new SettingProblem("--set", set, "expected key=value"));
      } else {
        accept(new RawSetting(
            set.substring(0, equals).strip(), set.substring(equals + 1).strip(), "--set"));
      }
    }
  }

  private void accept(RawSetting raw) {
    SettingDef def = SettingCatalog.byKey().get(raw.key());
    if (def == null) {
      problems.add(new SettingProblem(raw.source(), raw.key(), unknown(raw.key())));
    } else if (def.type().parse(raw.text()) instanceof Invalid) {
      String shown = def.type().shown(raw.text());
      String unit = def.unit().isEmpty() ? "" : " (" + def.unit() + ")";
      problems.add(new SettingProblem(
          raw.source(),
          raw.key(),
          "'" + shown + "' is not valid; expected " + def.type().expected() + unit));
    } else {
      given.put(raw.key(), raw);
    }
  }

  private static String unknown(String key) {
    List<String> members = SettingCatalog.all().stream()
        .map(SettingDef::key)
        .filter(name -> name.startsWith(key + "."))
        .toList();
    return members.isEmpty()
        ? unknown(key, SettingCatalog.byKey().keySet())
        : "is a section, not a setting; it has " + String.join(", ", members);
  }

  private static String unknown(String name, Collection<String> names) {
    return "unknown setting"
        + NearestName.of(name, new TreeSet<>(names))
            .map(nearest -> "; did you mean " + nearest + "?")
            .orElse("; `m2mgate check --print-defaults yaml` lists all of them");
  }

  private Loaded finish() {
    var effective = new EffectiveSettings(given);
    Settings settings = SettingsReader.read(effective);
    problems.addAll(new SettingsRules(settings, effective).check());
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
    return new Loaded(settings, effective);
  }
}
