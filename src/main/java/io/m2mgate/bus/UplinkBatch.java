package io.m2mgate.bus;

import java.util.List;

/** Requests of one command that one pass let through. */
public record UplinkBatch(List<Uplink> requests) {}
