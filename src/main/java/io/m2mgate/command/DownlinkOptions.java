package io.m2mgate.command;

/**
 * Bounds of what waits to be asked of terminals.
 *
 * @param maxTerminals of one lane that have something waiting
 * @param queueLength requests that wait for one terminal
 * @param maxParts that one request may go in
 * @param effectMillis after an answer within which what shows that a command was carried out must be seen
 * @param looks terminals that are looked at again in one second
 * @param readRounds requests that one read may take
 * @param startedMillis when this process began: what left before may have been answered to nobody
 * @param upgrades how long their parts may take
 * @param wake how terminals are woken
 */
public record DownlinkOptions(
    int maxTerminals,
    int queueLength,
    int maxParts,
    long effectMillis,
    long startedMillis,
    int looks,
    int readRounds,
    UpgradeOptions upgrades,
    WakeOptions wake) {}
