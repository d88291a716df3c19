package io.m2mgate.dictionary;

/**
 * How a secret looks that the platform makes (behaviour 5.3.10).
 *
 * @param length in octets
 * @param octets each octet it may hold, once, as characters U+0001 to U+00FF
 */
public record SecretDef(int length, String octets, Grade grade) {}
