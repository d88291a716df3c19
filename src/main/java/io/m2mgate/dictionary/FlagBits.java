package io.m2mgate.dictionary;

/**
 * The bits of the flags byte (wire.md 2).
 *
 * @param passwords the session uses access passwords
 * @param encryption the session uses encryption
 * @param digest the frame ends with the digest TLV
 * @param wrapped the first TLV is a segment or an encrypted body
 */
public record FlagBits(int passwords, int encryption, int digest, int wrapped) {}
