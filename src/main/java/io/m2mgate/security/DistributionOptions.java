package io.m2mgate.security;

/**
 * How security parameters are sent after a registration (behaviour 5.3.1).
 *
 * @param repeatMillis between two sends
 * @param sends of one set after one REGISTER
 * @param withinMillis after which none is begun
 * @param underWay of one lane
 */
public record DistributionOptions(long repeatMillis, int sends, long withinMillis, int underWay) {}
