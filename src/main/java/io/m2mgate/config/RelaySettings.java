package io.m2mgate.config;

/** How much terminals may send to other terminals, and how long it waits for them; immutable, shared by all threads. */
public record RelaySettings(int maxPerTerminal, int maxPerApplication, int expiresSeconds) {}
