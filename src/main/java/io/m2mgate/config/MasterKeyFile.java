package io.m2mgate.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * The file of the master key and the one beside it that holds the next key while values are being re-sealed. Either file is there
 * whole and on disk, or not at all. Used by one thread.
 */
public final class MasterKeyFile {

  /** Of every master key. */
  public static final int KEY_BYTES = 32;

  private static final String NEXT = ".new";

  private final Path path;
  private final Path next;

  MasterKeyFile(Path path) {
    this.path = path;
    this.next = path.resolveSibling(path.getFileName() + NEXT);
  }

  /** The one that the settings name. */
  public static MasterKeyFile of(Settings settings) {
    return new MasterKeyFile(settings
        .security()
        .masterKeyFile()
        .orElse(settings.data().dir().resolve(DataDir.MASTER_KEY_FILE)));
  }

  public Path path() {
    return path;
  }

  /** The key in force. */
  public byte[] read() throws IOException {
    return read(path);
  }

  /** True while a change of the key was begun and not ended. */
  public boolean changing() {
    return Files.exists(next);
  }

  /** A gateway must not start between two keys. */
  void refuseBrokenOff() throws IOException {
    if (changing()) {
      throw new IOException(
          next + " is there: m2mgate rekey was broken off; run it again, it goes on where it was");
    }
  }

  /**
   * The key to change to, on disk beside the one in force: that of a change that was broken off, else the given one, else a new
   * one.
   */
  public byte[] prepare(Optional<Path> given) throws IOException {
    if (!changing()) {
      byte[] key = given.isPresent() ? read(given.get()) : fresh();
      if (Arrays.equals(key, read())) {
        throw new IOException(given.orElse(path) + " holds the key that is in force already");
      }
      publish(next, Base64.getEncoder().encodeToString(key));
    }
    byte[] prepared = read(next);
    if (given.isPresent() && !Arrays.equals(prepared, read(given.get()))) {
      throw new IOException(next + ", of a rekey that was broken off, holds another key than "
          + given.get() + "; run again without that option");
    }
    return prepared;
  }

  /** Puts the prepared key into force; the one before is kept where that is asked for, else it is gone. */
  public void change(Optional<Path> keep) throws IOException {
    if (keep.isPresent() && !Files.exists(keep.get())) {
      publish(keep.get(), Files.readString(path).strip());
    }
    Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    DataDir.syncDirectory(path.toAbsolutePath().getParent());
  }

  private static void publish(Path file, String text) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    byte[] content = (text + "\n").getBytes(StandardCharsets.US_ASCII);
    Path temporary = DataDir.writeTemporary(directory, file.getFileName().toString(), content);
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    DataDir.syncDirectory(directory);
  }

  private static byte[] fresh() {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return key;
  }

  private static byte[] read(Path file) throws IOException {
    return decode(file, Files.readString(file).strip());
  }

  /** The key that a file's text stands for; the text, being a key, is in no message. */
  static byte[] decode(Path file, String text) throws IOException {
    try {
      byte[] key = Base64.getDecoder().decode(text);
      if (key.length == KEY_BYTES) {
        return key;
      }
    } catch (IllegalArgumentException e) {
      // Falls through to the same answer.
    }
    throw new IOException(file + " does not hold " + KEY_BYTES + " bytes in base64");
  }
}
