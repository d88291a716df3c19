package io.m2mgate.sms;

import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.api.ReceivedShortMessage;
import io.m2mgate.api.ShortMessage;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Short messages as files, one each: {@code outbox}, {@code inbox}, {@code done} and {@code failed} in one directory. Blocks; may be used
 * by several threads.
 */
final class MessageFiles {

  private static final Logger LOG = LoggerFactory.getLogger(MessageFiles.class);
  private static final String ENDING = ".json";
  private static final int MOST_BYTES = 16 * 1024;
  private static final int EIGHT_BIT = 4;

  private final Path outbox;
  private final Path inbox;
  private final Path done;
  private final Path failed;
  private final int keep;

  /** @param keep files in the outbox beyond which nothing is sent, and in done and failed beyond which the oldest are removed */
  MessageFiles(Path directory, int keep) {
    this.outbox = directory.resolve("outbox");
    this.inbox = directory.resolve("inbox");
    this.done = directory.resolve("done");
    this.failed = directory.resolve("failed");
    this.keep = keep;
  }

  /** Makes the directories; what is in them may be secrets, so that they are the owner's alone. */
  void open() throws IOException {
    var mine = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    for (Path each : List.of(outbox, inbox, done, failed)) {
      Files.createDirectories(each, mine);
    }
  }

  /** The name of a new file in the outbox; empty when that is full. */
  String write(ShortMessage message) throws IOException {
    if (sorted(outbox, keep).size() >= keep) {
      return "";
    }
    String id = UlidCreator.getMonotonicUlid().toString();
    Path part = outbox.resolve(id + ".part");
    JsonObject text = new JsonObject()
        .put("to", message.to())
        .put("userData", HexFormat.of().withUpperCase().formatHex(message.userData()))
        .put("udhi", message.hasHeader())
        .put("dataCoding", EIGHT_BIT);
    Files.writeString(part, text.encodePrettily());
    Files.move(part, outbox.resolve(id + ENDING), StandardCopyOption.ATOMIC_MOVE);
    return id;
  }

  /** The oldest names in the inbox. */
  List<String> arrived(int most) throws IOException {
    return sorted(inbox, most).stream()
        .map(file -> file.getFileName().toString())
        .toList();
  }

  /**
   * A message from the inbox.
   *
   * @throws IllegalArgumentException when there is none in the file
   */
  ReceivedShortMessage read(String name) throws IOException {
    Path file = inbox.resolve(name);
    if (Files.size(file) > MOST_BYTES) {
      throw new IllegalArgumentException("it is longer than " + MOST_BYTES + " bytes");
    }
    try {
      JsonObject text =
          new JsonObject(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
      return new ReceivedShortMessage(
          needed(text, "from"),
          text.getString("to", ""),
          text.getInteger("dataCoding", EIGHT_BIT),
          text.getBoolean("udhi", true),
          HexFormat.of().parseHex(needed(text, "userData")));
    } catch (DecodeException | ClassCastException e) {
      throw new IllegalArgumentException(
          "expected {\"from\":\"+86…\",\"to\":\"…\",\"userData\":\"0B05…\"}: " + e.getMessage(), e);
    }
  }

  private static String needed(JsonObject text, String member) {
    String value = text.getString(member, "");
    if (value.isEmpty()) {
      throw new IllegalArgumentException(member + " is missing");
    }
    return value;
  }

  /** It was taken: it goes from the inbox to done. */
  void taken(String name) throws IOException {
    move(name, done);
  }

  /** It cannot be read: it goes to failed, with the reason beside it. */
  void unreadable(String name, String reason) throws IOException {
    move(name, failed);
    Files.writeString(failed.resolve(name + ".reason"), reason + "\n");
  }

  private void move(String name, Path where) throws IOException {
    try {
      Files.move(
          inbox.resolve(name),
          where.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (NoSuchFileException gone) {
      LOG.debug("{} was taken away", name);
    }
  }

  /** Removes the oldest of what has ended. */
  void prune() throws IOException {
    for (Path ended : List.of(done, failed)) {
      List<Path> files = sorted(ended, Integer.MAX_VALUE);
      for (Path file : files.subList(0, Math.max(0, files.size() - keep))) {
        Files.deleteIfExists(file);
        Files.deleteIfExists(ended.resolve(file.getFileName() + ".reason"));
      }
    }
  }

  private static List<Path> sorted(Path where, int most) throws IOException {
    try (Stream<Path> files = Files.list(where)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(ENDING))
          .sorted()
          .limit(most)
          .toList();
    }
  }
}
