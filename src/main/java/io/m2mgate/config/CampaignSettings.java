package io.m2mgate.config;

/** How campaigns go where they do not say; immutable, shared by all threads. */
public record CampaignSettings(
    int checkSeconds,
    int concurrency,
    int retries,
    int retrySeconds,
    int offerDays,
    int successThreshold,
    int errorThreshold) {}
