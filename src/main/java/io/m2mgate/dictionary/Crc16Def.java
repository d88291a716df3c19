package io.m2mgate.dictionary;

/**
 * The parameters of a dialect's CRC-16 (wire.md 5).
 *
 * @param polynomial in the usual notation, highest power first
 */
public record Crc16Def(
    String name, int polynomial, int init, boolean reflected, int xorOut, Grade grade) {}
