package io.m2mgate.command;

/**
 * Bounds of what one lane serves of files.
 *
 * @param maxBlockBytes the longest block
 * @param terminalBytesPerSecond to one terminal; 0 for no limit
 * @param waiting requests that may wait
 * @param waitingPerTerminal the same of one terminal
 * @param waitMillis that one waits at most
 * @param terminals whose open upgrades are kept in memory
 * @param lookMillis between two looks into the store for one terminal
 */
public record FileOptions(
    int maxBlockBytes,
    long terminalBytesPerSecond,
    int waiting,
    int waitingPerTerminal,
    long waitMillis,
    int terminals,
    long lookMillis) {}
