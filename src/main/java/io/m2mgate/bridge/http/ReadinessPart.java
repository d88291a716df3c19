package io.m2mgate.bridge.http;

import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * One part that {@code /health/ready} asks.
 *
 * @param probe succeeds when the part can serve; may complete on any thread
 */
public record ReadinessPart(String name, Supplier<Future<Void>> probe) {}
