package io.m2mgate.upgrade;

/**
 * A file that terminals fetch.
 *
 * @param sha256 its name
 * @param size in bytes
 */
public record StoredFile(String sha256, long size) {}
