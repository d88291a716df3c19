package io.m2mgate.command;

import io.m2mgate.bus.Standings;

/**
 * What the platform may ask of terminals by itself.
 *
 * @param rules how often an undone value is sent
 * @param maxOfTerminal commands of a terminal that may be open
 * @param maxOfApplication commands of an application that may be open
 * @param expiresMillis after which a command of the platform ends
 * @param looks terminals that are looked at in one second
 */
public record ParameterOptions(
    Standings.Rules rules,
    int maxOfTerminal,
    int maxOfApplication,
    long expiresMillis,
    int looks) {}
