package io.m2mgate.peer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** A consumer that pulls pages by a named consumer, whose offset it commits. */
public final class PullUnderTest implements TapUnderTest {
  private static final int LIMIT = 50;

  private final Api api;
  private final String consumer;
  private final int limit;
  private final Deque<JsonNode> page = new ArrayDeque<>();
  private Optional<Long> next = Optional.empty();

  public PullUnderTest(Api api, String consumer) {
    this(api, consumer, LIMIT);
  }

  /** @param limit of events on a page */
  public PullUnderTest(Api api, String consumer, int limit) {
    this.api = api;
    this.consumer = consumer;
    this.limit = limit;
  }

  static void commit(Api api, String consumer, long offset) {
    Api.Answer answer = api.call(
        "POST",
        "/v1/consumers/" + consumer + "/commit",
        Api.JSON.createObjectNode().put("offset", offset));
    if (answer.status() != 200) {
      throw new AssertionError("commit answered " + answer.status() + " " + answer.body());
    }
  }

  @Override
  public String name() {
    return "pull by consumer";
  }

  @Override
  public void connect() {
    page.clear();
    next = Optional.empty();
  }

  @Override
  public Optional<JsonNode> next(Duration patience) {
    long until = System.nanoTime() + patience.toNanos();
    while (page.isEmpty() && System.nanoTime() < until) {
      String after = next.map(offset -> "&after=" + offset).orElse("");
      Api.Full full = api.full(
          "GET",
          "/v1/events?consumer=" + consumer + "&limit=" + limit + after,
          new byte[0],
          "Prefer",
          "wait=2");
      if (full.answer().status() != 200) {
        throw new AssertionError(
            "pull answered " + full.answer().status() + " " + full.answer().body());
      }
      full.answer().json().path("events").forEach(page::add);
      next = Optional.of(full.answer().json().path("next").asLong());
    }
    return Optional.ofNullable(page.poll());
  }

  @Override
  public void confirm(JsonNode event) {
    commit(api, consumer, event.path("offset").asLong());
  }

  @Override
  public void disconnect() {
    page.clear();
  }

  /** Asks, and is gone before the answer is read. */
  @Override
  public void kill() throws IOException {
    page.clear();
    HttpLine line = new HttpLine(api, "/v1/events?consumer=" + consumer + "&limit=" + limit);
    line.reset();
  }
}
