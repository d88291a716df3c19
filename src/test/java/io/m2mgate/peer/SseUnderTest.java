package io.m2mgate.peer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;

/** A consumer of the event stream (SSE): by Last-Event-ID alone, or by a named consumer, whose offset it commits. */
public final class SseUnderTest implements TapUnderTest {
  private final Api api;
  private final Optional<String> consumer;
  private Optional<HttpLine> line = Optional.empty();
  private long confirmed;

  public SseUnderTest(Api api, Optional<String> consumer) {
    this.api = api;
    this.consumer = consumer;
  }

  @Override
  public String name() {
    return "SSE" + consumer.map(named -> " by consumer").orElse(" by Last-Event-ID");
  }

  @Override
  public void connect() throws IOException {
    String path =
        "/v1/events/stream" + consumer.map(named -> "?consumer=" + named).orElse("");
    HttpLine opened = consumer.isPresent()
        ? new HttpLine(api, path)
        : new HttpLine(api, path, "Last-Event-ID: " + confirmed);
    if (opened.status() != 200) {
      throw new IOException("event stream answered " + opened.status() + " " + opened.body());
    }
    line = Optional.of(opened);
  }

  @Override
  public Optional<JsonNode> next(Duration patience) throws IOException {
    HttpLine open = line.orElseThrow();
    long until = System.nanoTime() + patience.toNanos();
    try {
      while (true) {
        open.patience(Duration.ofNanos(until - System.nanoTime()));
        String text = open.chunkedLine().orElseThrow(() -> new EOFException("stream ended"));
        if (text.startsWith("data: ")) {
          return Optional.of(Api.JSON.readTree(text.substring(6)));
        }
      }
    } catch (SocketTimeoutException none) {
      return Optional.empty();
    }
  }

  @Override
  public void confirm(JsonNode event) {
    confirmed = event.path("offset").asLong();
    consumer.ifPresent(named -> PullUnderTest.commit(api, named, confirmed));
  }

  @Override
  public void disconnect() throws IOException {
    line.orElseThrow().close();
  }

  @Override
  public void kill() throws IOException {
    if (line.isPresent()) {
      line.get().reset();
    }
  }
}
