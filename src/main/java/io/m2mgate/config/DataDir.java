package io.m2mgate.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The data directory and the key files in it; opened once by the thread that starts, then immutable. A file appears
 * under its name whole and on disk, or not at all, so a kill -9 at any moment leaves nothing half written.
 */
public final class DataDir {
  /** The administrator's key, as it is sent after {@code Bearer}. */
  public static final String ADMIN_KEY_FILE = "admin.key";

  /** The key that seals secrets in the store, base64. */
  public static final String MASTER_KEY_FILE = "master.key";

  private static final int KEY_BYTES = 32;
  private static final int MAX_KEY_FILE_BYTES = 4096;
  private static final Set<PosixFilePermission> OWNER_FILE =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> OWNER_DIRECTORY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
      PosixFilePermission.GROUP_READ,
      PosixFilePermission.GROUP_WRITE,
      PosixFilePermission.OTHERS_READ,
      PosixFilePermission.OTHERS_WRITE);

  private final Path path;
  private final Path adminKeyFile;
  private final Path masterKeyFile;
  private final boolean firstStart;
  private final Secret adminKey;
  private final byte[] masterKey;
  private final List<String> warnings = new ArrayList<>();

  private DataDir(Path path, Path masterKeyFile) throws IOException {
    this.path = path;
    this.adminKeyFile = path.resolve(ADMIN_KEY_FILE);
    this.masterKeyFile = masterKeyFile;
    createDirectory(path);
    byte[] random = new byte[2 * KEY_BYTES];
    new SecureRandom().nextBytes(random);
    String master = Base64.getEncoder().encodeToString(Arrays.copyOf(random, KEY_BYTES));
    createOnce(masterKeyFile, master);
    String admin = Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Arrays.copyOfRange(random, KEY_BYTES, 2 * KEY_BYTES));
    this.firstStart = createOnce(adminKeyFile, "m2madm_" + admin);
    this.adminKey = new Secret(readKey(adminKeyFile));
    this.masterKey = MasterKeyFile.decode(masterKeyFile, readKey(masterKeyFile));
    new MasterKeyFile(masterKeyFile).refuseBrokenOff();
  }

  /** Creates what is missing and reads what is there. */
  public static DataDir open(Settings settings) throws IOException {
    return new DataDir(settings.data().dir(), MasterKeyFile.of(settings).path());
  }

  /** The directory itself. */
  public Path path() {
    return path;
  }

  /** Where the administrator's key stands. */
  public Path adminKeyFile() {
    return adminKeyFile;
  }

  /** Whether the administrator's key was created just now. */
  public boolean firstStart() {
    return firstStart;
  }

  /** The administrator's key. */
  public Secret adminKey() {
    return adminKey;
  }

  /** The 32 bytes that seal secrets in the store; a copy. */
  public byte[] masterKey() {
    return masterKey.clone();
  }

  /** What an operator should know about the files, such as keys that others can read. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** Writes {@code endpoints.json}, replacing the one of an earlier run. */
  public void writeEndpoints(Endpoints endpoints) throws IOException {
    Path temporary = writeTemporary(path, Endpoints.FILE_NAME, endpoints.toJson());
    Files.move(
        temporary,
        path.resolve(Endpoints.FILE_NAME),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** Removes {@code endpoints.json}, so that nobody takes it for that of a running gateway. */
  public void removeEndpoints() throws IOException {
    Files.deleteIfExists(path.resolve(Endpoints.FILE_NAME));
  }

  private static void createDirectory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWNER_DIRECTORY));
    }
  }

  /** Creates a key file unless it exists; of two processes that try at once, one wins and both read its file. */
  private static boolean createOnce(Path file, String text) throws IOException {
    if (Files.exists(file)) {
      return false;
    }
    Path directory = file.toAbsolutePath().getParent();
    byte[] content = (text + "\n").getBytes(StandardCharsets.US_ASCII);
    Path temporary = writeTemporary(directory, file.getFileName().toString(), content);
    try {
      Files.createLink(file, temporary);
      syncDirectory(directory);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  static Path writeTemporary(Path directory, String name, byte[] content) throws IOException {
    Path temporary = Files.createTempFile(
        directory, "." + name, ".tmp", PosixFilePermissions.asFileAttribute(OWNER_FILE));
    try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(content));
      channel.force(true);
    }
    return temporary;
  }

  static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private String readKey(Path file) throws IOException {
    if (Files.size(file) > MAX_KEY_FILE_BYTES) {
      throw new IOException(file + " is too long for a key");
    }
    if (Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
      warnings.add(
          file + " can be read or written by others than its owner; run: chmod 600 " + file);
    }
    String text = Files.readString(file).strip();
    if (text.isEmpty()) {
      throw new IOException(file + " is empty; restore it, or remove it to have a new key created");
    }
    return text;
  }
}
