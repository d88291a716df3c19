package io.m2mgate.command;

/**
 * How terminals are woken by short message.
 *
 * @param afterMillis that one in session cannot be reached before it is woken
 * @param repeatMillis least time between two wake-ups of a terminal
 * @param sends wake-ups of a terminal within 24 hours
 */
public record WakeOptions(long afterMillis, long repeatMillis, int sends) {}
