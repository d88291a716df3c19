package io.m2mgate.peer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A reader of the event stream (SSE), on a thread of its own; resumes behind an offset by Last-Event-ID. */
public final class SseTap implements AutoCloseable {
  private final InputStream stream;
  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();

  /** One server-sent event: its id field and its data. */
  public record Received(String id, JsonNode event) {}

  public SseTap(Api api, long after) throws IOException, InterruptedException {
    this(api, after, "");
  }

  /** @param query what narrows the stream, such as {@code ?serial=…} */
  public SseTap(Api api, long after, String query) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(api.base().resolve("/v1/events/stream" + query))
        .header("Authorization", "Bearer " + api.key())
        .header("Accept", "text/event-stream")
        .header("Last-Event-ID", Long.toString(after))
        .build();
    var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      throw new IOException("event stream answered " + response.statusCode());
    }
    stream = response.body();
    var thread = new Thread(this::readAll);
    thread.setDaemon(true);
    thread.start();
  }

  private void readAll() {
    try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      String id = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("id:")) {
          id = line.substring(3).strip();
        } else if (line.startsWith("data:")) {
          received.add(new Received(id, Api.JSON.readTree(line.substring(5))));
        }
      }
    } catch (IOException ended) {
      received.clear();
    }
  }

  /** The next event that fits; others are skipped. */
  public Received await(Predicate<JsonNode> fit) {
    return Await.value("server-sent event", Await.PATIENCE, () -> {
      try {
        return Optional.ofNullable(received.poll(100, TimeUnit.MILLISECONDS))
            .filter(candidate -> fit.test(candidate.event()));
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
