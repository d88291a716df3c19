package io.m2mgate.store;

import java.util.List;
import java.util.function.Consumer;

/**
 * What one pass of a lane asks to be made durable.
 *
 * @param units in the order in which their effects must appear
 * @param onDone called exactly once, on any thread, when every unit has its outcome; it must not block
 */
public record CommitBatch(List<CommitUnit> units, Consumer<CommitBatch> onDone) {}
