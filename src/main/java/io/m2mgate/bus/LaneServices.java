package io.m2mgate.bus;

import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.session.LockOuts;
import io.m2mgate.session.Profiles;
import io.m2mgate.session.TerminalLocator;
import io.m2mgate.store.Journal;
import io.m2mgate.store.TerminalStore;
import io.m2mgate.trace.Traces;
import java.time.InstantSource;
import java.util.function.Predicate;

/**
 * What all lanes share. Everything here may be used from any thread.
 *
 * @param applicationTakes true for the code of an application that exists and is enabled
 * @param creditFrames frames that one lane may have under way
 * @param creditBytes bytes of frames that one lane may have under way
 * @param lockOuts what wrong proofs lead to; entries for each lane
 * @param trail where the data plane's entries of the audit go
 * @param traces who watches frames
 * @param shortMessages who is reached by short message
 */
public record LaneServices(
    InstantSource clock,
    Dictionary dictionary,
    Profiles profiles,
    TerminalLocator locator,
    TerminalStore terminals,
    Journal journal,
    Predicate<String> applicationTakes,
    LaneMetrics metrics,
    int creditFrames,
    long creditBytes,
    LockOuts.Limits lockOuts,
    SecurityTrail trail,
    Traces traces,
    ShortMessages shortMessages) {}
