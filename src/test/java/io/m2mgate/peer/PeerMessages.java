package io.m2mgate.peer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Telephones beside a gateway whose short messages are files: what they send is put into its inbox, and what comes for them is read from
 * its outbox. One thread owns it.
 */
public final class PeerMessages implements AutoCloseable {
  public static final Duration PATIENCE = Duration.ofSeconds(20);

  /** What stands before a frame of a terminal, and before one of the platform, after sms.md. */
  private static final String UPLINK = "0B05040B2EC0020003040101";

  private static final String DOWNLINK = "0B05040000C0020003040101";
  private static final AtomicInteger NUMBERS = new AtomicInteger();
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private final Path directory;
  private final WatchService watch;
  private final Map<String, Queue<byte[]>> arrived = new HashMap<>();
  private int sent;

  public PeerMessages(Path directory) {
    this.directory = directory;
    try {
      watch = directory.getFileSystem().newWatchService();
      for (String each : new String[] {"outbox", "done"}) {
        Files.createDirectories(directory.resolve(each))
            .register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The settings of a gateway whose messages these are. */
  public static String[] settings(Path directory, String... more) {
    return Stream.concat(
            Stream.of(
                "sms.enabled=true",
                "sms.link=file",
                "sms.file.dir=" + directory,
                "sms.file.pollMillis=20",
                "sms.answerMillis=50",
                "sms.perSecond=1000"),
            Stream.of(more))
        .toArray(String[]::new);
  }

  /** A number that no other test of this process uses, in international form. */
  public static String number() {
    return "86138%08d".formatted(NUMBERS.incrementAndGet());
  }

  /** A frame of a terminal; the name of its file. */
  public String send(String from, byte[] frame) {
    return sendData(from, UPLINK + HEX.formatHex(frame));
  }

  /** User data as they are. */
  public String sendData(String from, String userData) {
    String name = "%06d.json".formatted(++sent);
    try {
      Path part = Files.writeString(
          directory.resolve(name),
          Api.JSON
              .createObjectNode()
              .put("from", from)
              .put("userData", userData)
              .toString());
      Files.move(part, directory.resolve("inbox").resolve(name), StandardCopyOption.ATOMIC_MOVE);
      return name;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the message was acknowledged to the centre. */
  public void awaitTaken(String name) {
    await(
            () -> Optional.of(name)
                .filter(it -> Files.exists(directory.resolve("done").resolve(it))),
            PATIENCE)
        .orElseThrow(() -> new AssertionError("message " + name + " was not taken"));
  }

  /** The next frame to a number; fails unless it has the header of sms.md. */
  public PeerFrame next(String number) {
    return maybe(number, PATIENCE).orElseThrow(() -> new AssertionError("no message to " + number));
  }

  public Optional<PeerFrame> maybe(String number, Duration patience) {
    return await(() -> Optional.ofNullable(read(number)), patience).map(PeerMessages::frame);
  }

  private static PeerFrame frame(byte[] userData) {
    int header = DOWNLINK.length() / 2;
    String shown = HEX.formatHex(userData);
    if (!shown.startsWith(DOWNLINK) || userData.length > 140) {
      throw new AssertionError("no message of the platform: " + shown);
    }
    return new PeerFrame(Arrays.copyOfRange(userData, header, userData.length));
  }

  private byte[] read(String number) {
    try (Stream<Path> files = Files.list(directory.resolve("outbox"))) {
      for (Path file :
          files.filter(it -> it.toString().endsWith(".json")).sorted().toList()) {
        JsonNode message = Api.JSON.readTree(file.toFile());
        arrived
            .computeIfAbsent(message.get("to").asText(), to -> new ArrayDeque<>())
            .add(HEX.parseHex(message.get("userData").asText()));
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return arrived.getOrDefault(number, new ArrayDeque<>()).poll();
  }

  private <T> Optional<T> await(java.util.function.Supplier<Optional<T>> look, Duration patience) {
    long until = System.nanoTime() + patience.toNanos();
    try {
      for (Optional<T> found = look.get(); ; found = look.get()) {
        long left = until - System.nanoTime();
        if (found.isPresent() || left <= 0) {
          return found;
        }
        WatchKey key = watch.poll(left, TimeUnit.NANOSECONDS);
        if (key != null) {
          key.pollEvents();
          key.reset();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    try {
      watch.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
