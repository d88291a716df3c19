package io.m2mgate.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/** One connection to a gateway's trace, read by one thread: who does not print does not read either, and the gateway notices. */
final class TraceFeed implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int CONNECT_MILLIS = 10_000;
  /** Longer than the gateway is ever silent: a comment comes every http.sseHeartbeatSeconds. */
  private static final int SILENCE_MILLIS = 120_000;

  private final HttpURLConnection connection;
  private final BufferedReader lines;

  /** One event of the stream. */
  record Event(String type, ObjectNode data) {}

  /** The gateway answered, but not with a trace. */
  static final class Refused extends IOException {
    private static final Set<Integer> PASSING = Set.of(429, 503);
    private final int status;

    Refused(int status, String body) {
      super("the gateway answered " + status + " " + body);
      this.status = status;
    }

    /** Whether it may be otherwise in a while. */
    boolean passing() {
      return PASSING.contains(status);
    }
  }

  private TraceFeed(HttpURLConnection connection, BufferedReader lines) {
    this.connection = connection;
    this.lines = lines;
  }

  static TraceFeed open(GatewayAddress gateway, String path) throws IOException {
    HttpURLConnection connection = gateway.connection(path);
    connection.setConnectTimeout(CONNECT_MILLIS);
    connection.setReadTimeout(SILENCE_MILLIS);
    connection.setRequestProperty("Authorization", "Bearer " + gateway.adminKey());
    connection.setRequestProperty("Accept", "text/event-stream");
    int status = connection.getResponseCode();
    if (status != HttpURLConnection.HTTP_OK) {
      try (InputStream body = connection.getErrorStream()) {
        throw new Refused(
            status, body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return new TraceFeed(
        connection,
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8)));
  }

  /** Waits for the next event; empty when the stream has ended. */
  Optional<Event> next() throws IOException {
    String type = "";
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("event:")) {
        type = line.substring("event:".length()).strip();
      } else if (line.startsWith("data:")) {
        var data = JSON.readTree(line.substring("data:".length()));
        return Optional.of(new Event(type, (ObjectNode) data));
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    connection.disconnect();
  }
}
