package io.m2mgate.command;

/**
 * How long the parts of an upgrade may take.
 *
 * @param noteMillis between two notes of how far a download is
 * @param errorMillis after an alarm of an update error within which the terminal must go on
 * @param installMillis after a download within which the new version must be seen
 */
public record UpgradeOptions(long noteMillis, long errorMillis, long installMillis) {}
