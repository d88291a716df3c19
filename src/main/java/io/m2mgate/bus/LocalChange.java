package io.m2mgate.bus;

import io.m2mgate.session.Resident;

/** Parameters of a terminal were changed where it stands, it says, and are in force (TLV local-config-applied). */
public record LocalChange(Resident resident) {}
