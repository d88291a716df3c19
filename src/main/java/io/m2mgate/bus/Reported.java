package io.m2mgate.bus;

import io.m2mgate.session.Resident;
import java.util.Map;

/**
 * What a terminal reported while commands wait for it: it may show that one was carried out.
 *
 * @param values by tag, the first of each
 */
public record Reported(Resident resident, Map<Integer, byte[]> values) {}
