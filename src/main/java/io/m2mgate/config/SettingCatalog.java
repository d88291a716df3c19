package io.m2mgate.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The list of all settings: the one source of the loader, of {@code conf/m2mgate.yaml} and of {@code docs/settings.md};
 * immutable, shared by all threads.
 */
public final class SettingCatalog {

  /** The areas whose log level can be set, each named after the package it stands for. */
  public static final List<String> LOG_AREAS = List.of(
      "bus",
      "net",
      "security",
      "session",
      "exchange",
      "command",
      "store",
      "bridge",
      "sms",
      "plugin",
      "upgrade",
      "ops");

  /** Part of the outside contract, checked like all others, but nothing in this version acts on them yet. */
  private static final List<String> UNUSED = List.of("retention.traces.", "plugins.dir");

  private static final List<SettingDef> ALL =
      build().stream().map(SettingCatalog::marked).toList();
  private static final Map<String, SettingDef> BY_KEY =
      ALL.stream().collect(Collectors.toUnmodifiableMap(SettingDef::key, Function.identity()));

  private SettingCatalog() {}

  /** Every setting, in the order in which it is documented. */
  public static List<SettingDef> all() {
    return ALL;
  }

  /** Every setting by its full name. */
  public static Map<String, SettingDef> byKey() {
    return BY_KEY;
  }

  /** Whether a dotted name is a setting or a section of settings. */
  static boolean isName(String key) {
    return BY_KEY.containsKey(key) || ALL.stream().anyMatch(def -> def.key().startsWith(key + "."));
  }

  private static SettingDef marked(SettingDef def) {
    boolean unused = UNUSED.stream().anyMatch(def.key()::startsWith);
    return unused
        ? new SettingDef(
            def.key(),
            def.type(),
            def.defaultText(),
            def.unit(),
            def.doc() + " Not used in this version.")
        : def;
  }

  private static List<SettingDef> build() {
    var defs = new ArrayList<SettingDef>();
    PlatformDefs.base(defs);
    ListenerDefs.terminal(defs);
    PlatformDefs.pipeline(defs);
    ListenerDefs.http(defs);
    AccessDefs.http(defs);
    ListenerDefs.mqtt(defs);
    MqttDefs.sessions(defs);
    AccessDefs.add(defs);
    ListenerDefs.tls(defs);
    PlatformDefs.policies(defs);
    WakeDefs.add(defs);
    PresenceDefs.add(defs);
    PlatformDefs.retention(defs);
    PlatformDefs.later(defs);
    PlatformDefs.logs(defs);
    return defs;
  }
}
