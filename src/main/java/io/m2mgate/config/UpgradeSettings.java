package io.m2mgate.config;

/** How files are served to terminals, and how long an upgrade may take; immutable, shared by all threads. */
public record UpgradeSettings(
    long cacheBytes,
    int readers,
    int maxBlockBytes,
    long bytesPerSecond,
    long terminalBytesPerSecond,
    int waiting,
    int waitingPerTerminal,
    int waitSeconds,
    int terminals,
    int lookSeconds,
    int noteSeconds,
    int errorSeconds,
    int installSeconds) {}
