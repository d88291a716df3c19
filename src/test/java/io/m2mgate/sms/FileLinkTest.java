package io.m2mgate.sms;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.api.ReceivedShortMessage;
import io.m2mgate.api.ShortMessage;
import io.m2mgate.api.ShortMessageFault;
import io.m2mgate.api.ShortMessageLink;
import io.m2mgate.api.ShortMessageReceipt;
import io.m2mgate.peer.Await;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLinkTest {
  private static final String MESSAGE = "{\"from\":\"8613900000001\",\"userData\":\"0B05\"}";

  @TempDir
  Path directory;

  private final Vertx vertx = Vertx.vertx();
  private final Heard heard = new Heard();
  private FileLink link;

  private static final class Heard implements ShortMessageLink.Receiver {
    private final List<ReceivedShortMessage> messages = new CopyOnWriteArrayList<>();
    private volatile boolean takes = true;
    private volatile boolean up;

    @Override
    public Future<Void> message(ReceivedShortMessage message) {
      messages.add(message);
      return takes ? Future.succeededFuture() : Future.failedFuture("not now");
    }

    @Override
    public void receipt(ShortMessageReceipt receipt) {
      throw new AssertionError("files give no receipts");
    }

    @Override
    public void state(boolean isUp, String reason) {
      up = isUp;
    }
  }

  @BeforeEach
  void open() throws Exception {
    link = new FileLink(vertx, new MessageFiles(directory, 3), 20);
    get(link.open(heard));
  }

  @AfterEach
  void close() throws Exception {
    get(link.close());
    get(vertx.close());
  }

  // Verifies that a message becomes one complete file in the outbox, and no more than the outbox
  // may hold.
  @Test
  void writesOutbox() throws Exception {
    var message = new ShortMessage("8613900000001", new byte[] {11, 5}, true, true);
    get(link.send(message));

    JsonObject written = new JsonObject(Files.readString(files("outbox").get(0)));
    assertThat(written.getMap())
        .containsEntry("to", "8613900000001")
        .containsEntry("userData", "0B05")
        .containsEntry("udhi", true);
    get(link.send(message));
    get(link.send(message));
    Future<String> beyond = link.send(message);
    Await.until("an end", Await.PATIENCE, beyond::isComplete);
    assertThat(beyond.cause())
        .isInstanceOfSatisfying(
            ShortMessageFault.class,
            fault -> assertThat(fault.kind()).isEqualTo(ShortMessageFault.Kind.LATER));
    assertThat(files("outbox")).hasSize(3);
  }

  // Verifies that a file that is moved into the inbox is read once and moved on when it was taken.
  @Test
  void readsInbox() throws IOException {
    put("a.json", MESSAGE);
    Await.until("the file in done", Await.PATIENCE, () -> files("done").size() == 1);

    assertThat(heard.messages).hasSize(1).first().satisfies(message -> {
      assertThat(message.from()).isEqualTo("8613900000001");
      assertThat(message.dataCoding()).isEqualTo(4);
      assertThat(message.hasHeader()).isTrue();
      assertThat(message.userData()).containsExactly(11, 5);
    });
    assertThat(files("inbox")).isEmpty();
    assertThat(heard.up).isTrue();
  }

  // Verifies that a message that was not taken comes again.
  @Test
  void bringsBackWhatWasNotTaken() throws IOException {
    heard.takes = false;
    put("a.json", MESSAGE);
    Await.until("three tries", Await.PATIENCE, () -> heard.messages.size() >= 3);
    heard.takes = true;
    Await.until("the file in done", Await.PATIENCE, () -> files("done").size() == 1);

    assertThat(files("inbox")).isEmpty();
  }

  // Verifies that a file without a message is put aside with the reason, and what is not complete
  // is left alone.
  @Test
  void putsAsideWhatIsNoMessage() throws IOException {
    put("a.json", "{\"from\":\"8613900000001\"}");
    put("b.json", "{\"from\":\"8613900000001\",\"userData\":\"0\"}");
    put("c.json", "nothing");
    put("d.json.part", MESSAGE);
    Await.until("three reasons", Await.PATIENCE, () -> all("failed").size() == 6);

    assertThat(Files.readString(directory.resolve("failed/a.json.reason")))
        .contains("userData is missing");
    assertThat(heard.messages).isEmpty();
    assertThat(all("inbox")).hasSize(1);
  }

  // Verifies that what has ended is kept only in so many files.
  @Test
  void keepsSoMany() throws IOException {
    for (int i = 0; i < 8; i++) {
      put(i + ".json", MESSAGE);
    }
    Await.until(
        "the newest three",
        Await.PATIENCE,
        () -> heard.messages.size() == 8
            && files("done").size() == 3
            && files("inbox").isEmpty());

    assertThat(files("done").get(0)).hasFileName("5.json");
  }

  private void put(String name, String text) throws IOException {
    Path part = Files.writeString(directory.resolve(name), text);
    Files.move(part, directory.resolve("inbox").resolve(name));
  }

  private List<Path> files(String box) {
    return all(box).stream().filter(file -> file.toString().endsWith(".json")).toList();
  }

  private List<Path> all(String box) {
    try (Stream<Path> files = Files.list(directory.resolve(box))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void get(Future<?> future) throws Exception {
    future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
