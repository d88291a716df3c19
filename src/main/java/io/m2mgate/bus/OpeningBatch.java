package io.m2mgate.bus;

import java.util.List;

/** Login or register requests of one pass. */
public record OpeningBatch(List<Opening> requests) {}
