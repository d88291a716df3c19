package io.m2mgate.config;

/** What applications may ask of terminals, how much and for how long; immutable, shared by all threads. */
public record CommandSettings(
    int maxPerTerminal,
    int maxPerApplication,
    int maxWaiting,
    int expiresDefaultSeconds,
    int expiresMaxSeconds,
    int checkSeconds,
    int lanesTurnSeconds,
    int looksPerSecond,
    int readRounds,
    int retentionDays) {}
