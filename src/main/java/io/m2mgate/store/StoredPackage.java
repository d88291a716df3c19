package io.m2mgate.store;

/**
 * A file that terminals may be told to fetch (clause 5.3.8). Its check values were computed as it arrived, or are what its maker says
 * where it lies elsewhere.
 *
 * @param id ULID
 * @param app whose it is
 * @param name what it is a version of; name and version together are unique for the application
 * @param version that a terminal shows once it runs it
 * @param versionDescription {@code major.minor}, as VER_DSC of the URL has it
 * @param model of terminals that it is for, or empty for any
 * @param notes for people
 * @param crc16 by the default dialect's way, or {@link #UNKNOWN}
 * @param crc32 IEEE, unsigned, or {@link #UNKNOWN}
 * @param sha256 64 lower-case hex digits, the name of its file; empty where the file lies elsewhere
 * @param url http or https, where the file lies elsewhere; else empty
 */
public record StoredPackage(
    String id,
    String app,
    String name,
    String version,
    String versionDescription,
    String model,
    String notes,
    long sizeBytes,
    long crc16,
    long crc32,
    String sha256,
    String url,
    long createdMillis,
    String createdBy) {

  /** In the place of a check value that nobody has said. */
  public static final long UNKNOWN = -1;

  public boolean isElsewhere() {
    return !url.isEmpty();
  }
}
