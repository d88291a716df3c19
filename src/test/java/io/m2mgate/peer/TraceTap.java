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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Who watches frames by {@code /v1/admin/traces}, on a thread of its own; keeps everything that came. */
public final class TraceTap implements AutoCloseable {
  private final InputStream stream;
  private final LinkedBlockingQueue<Shown> waiting = new LinkedBlockingQueue<>();
  private final List<Shown> all = new CopyOnWriteArrayList<>();
  private final StringBuffer text = new StringBuffer();
  private final Thread reader;

  /** One event: its type and its data. */
  public record Shown(String type, JsonNode data) {
    public boolean is(String direction, String command) {
      return type.equals("frame")
          && data.path("direction").asText().equals(direction)
          && data.path("command").asText().equals(command);
    }

    public String verdict() {
      return data.path("verdict").asText();
    }

    /** The row of a field or name, the decrypted ones first. */
    public Optional<JsonNode> row(String name) {
      JsonNode explanation = data.path("explanation");
      for (JsonNode rows : List.of(explanation.at("/inside/0/rows"), explanation.path("rows"))) {
        for (JsonNode row : rows) {
          if (row.path("name").asText().equals(name)
              || row.path("field").asText().equals(name)) {
            return Optional.of(row);
          }
        }
      }
      return Optional.empty();
    }
  }

  /** @param path behind {@code /v1/admin/traces}; the trace is open when this returns */
  public TraceTap(Api admin, String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(admin.base().resolve("/v1/admin/traces" + path))
        .header("Authorization", "Bearer " + admin.key())
        .header("Accept", "text/event-stream")
        .build();
    var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      throw new IOException("trace answered " + response.statusCode());
    }
    stream = response.body();
    reader = new Thread(this::readAll);
    reader.setDaemon(true);
    reader.start();
  }

  private void readAll() {
    try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      String type = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        text.append(line).append('\n');
        if (line.startsWith("event:")) {
          type = line.substring(6).strip();
        } else if (line.startsWith("data:")) {
          Shown shown = new Shown(type, Api.JSON.readTree(line.substring(5)));
          all.add(shown);
          waiting.add(shown);
        }
      }
    } catch (IOException ended) {
      text.append('\n');
    }
  }

  /** The next event that fits; others are skipped. */
  public Shown await(String what, Predicate<Shown> fit) {
    return Await.value(what + " in " + all.size() + " shown", Await.PATIENCE, () -> {
      try {
        return Optional.ofNullable(waiting.poll(100, TimeUnit.MILLISECONDS)).filter(fit);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  public Shown await(String direction, String command) {
    return await(direction + " " + command, shown -> shown.is(direction, command));
  }

  /** Everything that came so far. */
  public List<Shown> all() {
    return List.copyOf(all);
  }

  /** The same as it was read. */
  public String text() {
    return text.toString();
  }

  /** Waits until the gateway has ended the stream. */
  public void awaitEnd() {
    Await.until("end of the trace", Await.PATIENCE, () -> !reader.isAlive());
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
