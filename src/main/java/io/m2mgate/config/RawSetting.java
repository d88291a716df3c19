package io.m2mgate.config;

/**
 * A value as somebody wrote it, before it is checked; immutable, shared by all threads.
 *
 * @param key the name as written; for the environment the name of the variable
 * @param text the value as written
 * @param source where it stands, as in {@code conf/m2mgate.yaml line 12}
 */
record RawSetting(String key, String text, String source) {}
