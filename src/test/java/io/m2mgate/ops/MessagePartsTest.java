package io.m2mgate.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m2mgate.api.ShortMessage;
import io.m2mgate.config.SettingsLoader;
import io.m2mgate.peer.Await;
import io.m2mgate.sms.MessageCentre;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MessagePartsTest {
  @TempDir
  Path directory;

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    get(vertx.close());
  }

  private MessageParts of(Map<String, String> settings) {
    var all = new HashMap<>(settings);
    all.put("sms.enabled", "true");
    return MessageParts.of(
        vertx, SettingsLoader.load(all).sms(), new SimpleMeterRegistry(), InstantSource.system());
  }

  // Verifies that there is nothing where short messages are off.
  @Test
  void isNothingUnlessEnabled() throws Exception {
    var parts = MessageParts.of(
        vertx,
        SettingsLoader.load(Map.of()).sms(),
        new SimpleMeterRegistry(),
        InstantSource.system());

    assertThat(parts.centre()).isEmpty();
    get(parts.open());
    get(parts.close());
  }

  // Verifies that a link nobody has stops the start, which names those that there are.
  @Test
  void namesLinksThatThereAre() {
    assertThatThrownBy(() -> of(Map.of("sms.link", "pigeon")))
        .isInstanceOf(StartFault.class)
        .hasMessageContaining("sms.link")
        .hasMessageContaining("pigeon")
        .hasMessageContaining("added, file, smpp");
  }

  // Verifies that a link which was added is found by its name, told the properties of its file and
  // the settings, and used.
  @Test
  void opensLinkThatWasAdded() throws Exception {
    Path options =
        Files.writeString(directory.resolve("cmpp.properties"), "cmpp.account = 901234\n");
    MessageParts parts = of(Map.of("sms.link", "added", "sms.optionsFile", options.toString()));
    MessageCentre centre = parts.centre().orElseThrow();
    get(parts.open());
    get(centre.send("S", new ShortMessage("8613900000001", new byte[1], true, true)));

    assertThat(centre.status().link()).isEqualTo("added");
    assertThat(centre.status().sent()).isEqualTo(1);
    assertThat(centre.status().state().up()).isTrue();
    get(parts.close());
  }

  // Verifies that what a link misses in its settings stops the start in its words.
  @Test
  void tellsWhatLinkMisses() throws IOException {
    assertThatThrownBy(() -> of(Map.of("sms.link", "added")))
        .isInstanceOf(StartFault.class)
        .hasMessageContaining("cmpp.account");
  }

  private static void get(Future<?> future) throws Exception {
    Await.until("an end", Await.PATIENCE, future::isComplete);
    future.toCompletionStage().toCompletableFuture().get(1, TimeUnit.SECONDS);
  }
}
