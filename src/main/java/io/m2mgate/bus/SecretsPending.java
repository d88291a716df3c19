package io.m2mgate.bus;

import io.m2mgate.session.Resident;

/**
 * A terminal of this lane arrived, logged in or was changed, and something may be asked of it: it has a pending set of secrets,
 * open commands or desired parameters, or has just lost some.
 *
 * @param loggedIn a session of it was confirmed
 */
public record SecretsPending(Resident resident, boolean loggedIn) {}
