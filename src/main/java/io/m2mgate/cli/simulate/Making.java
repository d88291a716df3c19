package io.m2mgate.cli.simulate;

import io.m2mgate.dictionary.Dialect;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What one terminal is made with.
 *
 * @param pipeline exchanges of its load that it has open at once
 * @param random its own
 */
record Making(
    Dialect dialect,
    FieldOptions field,
    Set<Quirk> quirks,
    TerminalModel model,
    Executions executions,
    int pipeline,
    SplittableRandom random) {}
