package io.m2mgate.dictionary;

/**
 * The secrets the platform makes for terminals (behaviour 5.3.10).
 *
 * @param password uplink and downlink passwords
 * @param absentBaseKeyLength the length that a terminal without a base key hashes, with no value behind it (wire.md 4)
 */
public record SecretRules(
    SecretDef password, SecretDef baseKey, SecretDef sessionKey, int absentBaseKeyLength) {}
