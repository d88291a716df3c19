package io.m2mgate.bus;

import java.util.List;

/** Answers of terminals that one pass let through, in order. */
public record AckBatch(List<Ack> acks) {}
