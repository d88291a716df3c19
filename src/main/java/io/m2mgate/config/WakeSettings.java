package io.m2mgate.config;

/** How terminals are woken by short message; immutable, shared by all threads. */
public record WakeSettings(int afterSeconds, int repeatSeconds, int sends, int looksPerSecond) {}
