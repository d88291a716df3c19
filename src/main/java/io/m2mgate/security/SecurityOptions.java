package io.m2mgate.security;

import io.m2mgate.session.Origins;

/**
 * Limits of the security verticle.
 *
 * @param pendingLoads terminals that one lane may be reading from the store at a time
 * @param startedMillis when the gateway started
 * @param cipherSchedules keys of triple DES that one lane keeps ready
 * @param sessionKeyBlocks blocks that may pass through a cipher under one session key
 * @param origins where terminals were verified before the gateway started
 */
public record SecurityOptions(
    int pendingLoads,
    long startedMillis,
    int cipherSchedules,
    long sessionKeyBlocks,
    SegmentOptions segments,
    Origins origins) {}
