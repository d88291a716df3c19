package io.m2mgate.config;

import java.util.Locale;

/**
 * One setting as data: its name, form, default, unit and meaning; immutable, shared by all threads.
 *
 * @param key the full dotted name, as in {@code terminal.tcp.port}
 * @param type what a value must look like
 * @param defaultText the default as it would be written in the file; may refer to {@code ${data.dir}}
 * @param unit the unit of the value, or an empty string
 * @param doc one or two sentences for the operator
 */
public record SettingDef(
    String key, SettingType type, String defaultText, String unit, String doc) {

  /** What every environment variable of the gateway starts with. */
  public static final String ENVIRONMENT_PREFIX = "M2MGATE_";

  /** The environment variable that sets this: dots become underscores, capitals inside a word do not count. */
  public String environmentName() {
    return ENVIRONMENT_PREFIX + key.replace('.', '_').toUpperCase(Locale.ROOT);
  }

  /** The first part of the key, by which settings are grouped. */
  public String section() {
    int dot = key.indexOf('.');
    return dot < 0 ? key : key.substring(0, dot);
  }
}
