package io.m2mgate.bus;

import io.m2mgate.session.Inbound;
import java.util.List;

/** Frames that one pass of a bearer decoded. */
public record InboundBatch(List<Inbound> frames) {}
