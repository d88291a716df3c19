package io.m2mgate.store;

import java.util.List;
import java.util.Optional;

/**
 * A page of a list.
 *
 * @param next an opaque cursor, absent on the last page
 */
public record Page<T>(List<T> items, Optional<String> next) {}
