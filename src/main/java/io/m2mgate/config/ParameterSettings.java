package io.m2mgate.config;

/** How often the platform sends what is desired of parameters by itself; immutable, shared by all threads. */
public record ParameterSettings(int sends, int windowSeconds, int looksPerSecond) {}
