package io.m2mgate.bus;

import io.m2mgate.session.Origin;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.Rotation;
import java.util.Optional;

/**
 * A terminal was told that it is registered.
 *
 * @param rotation whose set it was told to wait for
 * @param to where it registered from
 */
public record Registered(TerminalRecord terminal, Optional<Rotation> rotation, Origin to) {}
