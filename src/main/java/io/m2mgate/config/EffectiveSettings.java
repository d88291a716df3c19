package io.m2mgate.config;

import io.m2mgate.config.SettingType.Invalid;
import io.m2mgate.config.SettingType.Parsed;
import io.m2mgate.config.SettingType.Valid;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The value of every setting and where it came from; immutable after loading, shared by all threads. */
public final class EffectiveSettings {
  /** What {@link Value#source()} says of a setting nobody set. */
  public static final String DEFAULT_SOURCE = "default";

  private static final String DATA_DIR = "${data.dir}";

  private final Map<String, Value> values = new LinkedHashMap<>();

  /**
   * One setting with its value.
   *
   * @param def the setting
   * @param text the value as text, with references resolved; may hold a secret
   * @param source where it was set
   */
  public record Value(SettingDef def, String text, String source) {
    /** The text without what is secret in it. */
    public String shown() {
      return def.type().shown(text);
    }

    @Override
    public String toString() {
      return def.key() + "=" + shown() + " (" + source + ")";
    }
  }

  EffectiveSettings(Map<String, RawSetting> given) {
    RawSetting dataDir = given.get("data.dir");
    String directory =
        dataDir == null ? SettingCatalog.byKey().get("data.dir").defaultText() : dataDir.text();
    for (SettingDef def : SettingCatalog.all()) {
      RawSetting raw = given.getOrDefault(
          def.key(), new RawSetting(def.key(), def.defaultText(), DEFAULT_SOURCE));
      values.put(def.key(), new Value(def, raw.text().replace(DATA_DIR, directory), raw.source()));
    }
  }

  /** Every setting, in the order of the catalogue. */
  public List<Value> values() {
    return List.copyOf(values.values());
  }

  /** One setting by its full name. */
  public Value value(String key) {
    Value value = values.get(key);
    if (value == null) {
      throw new IllegalArgumentException("no setting is named " + key);
    }
    return value;
  }

  <T> T typed(String key, Class<T> type) {
    Value value = value(key);
    Parsed parsed = value.def().type().parse(value.text());
    if (parsed instanceof Valid valid) {
      return type.cast(valid.value());
    }
    assert parsed instanceof Invalid;
    throw new IllegalStateException(
        "the default of " + key + " is not " + value.def().type().expected());
  }
}
