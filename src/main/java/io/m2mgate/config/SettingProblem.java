package io.m2mgate.config;

/**
 * One thing that is wrong with the configuration; immutable, shared by all threads.
 *
 * @param source where it stands, as in {@code conf/m2mgate.yaml line 12}
 * @param key the setting's name as given
 * @param message what is wrong and what would be valid, without secrets
 */
public record SettingProblem(String source, String key, String message) {
  @Override
  public String toString() {
    return source + ": " + key + ": " + message;
  }
}
