package io.m2mgate.upgrade;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The directory of the packages' files: {@code <first two hex digits>/<sha256>}. A file is there whole and on disk, or not at all, and open
 * only while a piece of it is read. Blocks; used on threads that may. Safe for several of them.
 */
public final class PackageFiles {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final String UNFINISHED = ".incoming-";
  private static final String OWNER_ONLY = "rwx------";

  private final Path directory;

  public PackageFiles(Path directory) {
    this.directory = directory;
  }

  /** Where a file of this content is or would be. */
  public Path of(String sha256) {
    if (!SHA256.matcher(sha256).matches()) {
      throw new IllegalArgumentException("not a SHA-256 in lower-case hex digits");
    }
    return directory.resolve(sha256.substring(0, 2)).resolve(sha256);
  }

  /**
   * Bytes of a file.
   *
   * @throws IOException when it is not there, cannot be read, or has another size than it should
   */
  byte[] read(StoredFile file, long offset, int length) throws IOException {
    try (FileChannel channel = FileChannel.open(of(file.sha256()), StandardOpenOption.READ)) {
      if (channel.size() != file.size()) {
        throw new IOException("has " + channel.size() + " bytes instead of " + file.size());
      }
      ByteBuffer bytes = ByteBuffer.allocate(length);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, offset + bytes.position()) < 0) {
          throw new IOException("ends before byte " + (offset + length));
        }
      }
      return bytes.array();
    }
  }

  /** Creates the directory, and removes what was not finished when the process ended. */
  public void open() throws IOException {
    create(directory);
    try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, UNFINISHED + "*")) {
      for (Path file : left) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Begins a file whose name is not known before its end. */
  Path begin() throws IOException {
    return Files.createTempFile(
        directory,
        UNFINISHED,
        "",
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /** Gives a finished and synced file its name; one that is there already stays, and is young again. */
  synchronized void publish(Path finished, String sha256) throws IOException {
    Path target = of(sha256);
    create(target.getParent());
    try {
      Files.createLink(target, finished);
      sync(target.getParent());
      sync(directory);
    } catch (FileAlreadyExistsException e) {
      Files.setLastModifiedTime(target, FileTime.from(Instant.now()));
    } finally {
      Files.deleteIfExists(finished);
    }
  }

  /** The files under one first digit pair ({@code 00}..{@code ff}) that were last given before this time, by their SHA-256. */
  public Set<String> olderThan(String pair, Instant before) throws IOException {
    Set<String> found = new TreeSet<>();
    Path sub = directory.resolve(pair);
    if (!Files.isDirectory(sub)) {
      return found;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(sub)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (SHA256.matcher(name).matches()
            && Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
          found.add(name);
        }
      }
    }
    return found;
  }

  /**
   * Removes a file unless it was given anew since.
   *
   * @return whether it is gone
   */
  synchronized boolean removeIfOlder(String sha256, Instant before) throws IOException {
    Path file = of(sha256);
    if (!Files.exists(file) || !Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
      return false;
    }
    Files.delete(file);
    return true;
  }

  private static void create(Path path) throws IOException {
    Files.createDirectories(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
  }

  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
