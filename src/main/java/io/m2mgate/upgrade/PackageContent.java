package io.m2mgate.upgrade;

/**
 * What a package's file turned out to be.
 *
 * @param crc16 by the default dialect's way
 * @param crc32 IEEE, unsigned
 * @param sha256 lower-case hex digits
 */
public record PackageContent(long sizeBytes, int crc16, long crc32, String sha256) {}
