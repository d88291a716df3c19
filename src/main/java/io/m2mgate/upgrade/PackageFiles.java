package io.m2mgate.upgrade;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Pattern;

/**
 * The files of packages, each named by its SHA-256, under its first two digits. A file is open only while a piece of it is read: as
 * many as there are threads that read. May be used from any thread; reading blocks.
 */
public final class PackageFiles {

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final int FOLDER_DIGITS = 2;

  private final Path root;

  /** @param root which need not exist */
  public PackageFiles(Path root) {
    this.root = root;
  }

  /** Where the file of this name is, or is to be. */
  public Path of(String sha256) {
    if (!SHA256.matcher(sha256).matches()) {
      throw new IllegalArgumentException("no SHA-256 in 64 lower-case hex digits");
    }
    return root.resolve(sha256.substring(0, FOLDER_DIGITS)).resolve(sha256);
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
}
