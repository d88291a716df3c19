package io.m2mgate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * One connection to an event stream (SSE) of a gateway, read by one thread: who does not print does not read either, and
 * the gateway notices.
 */
final class EventFeed implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int CONNECT_MILLIS = 10_000;
  /** Longer than the gateway is ever silent: a comment comes every http.sseHeartbeatSeconds. */
  private static final int SILENCE_MILLIS = 120_000;

  private final HttpURLConnection connection;
  private final BufferedReader lines;

  /** One event of the stream; {@code type} is empty for one without. */
  record Event(String type, JsonNode data) {}

  private EventFeed(HttpURLConnection connection, BufferedReader lines) {
    this.connection = connection;
    this.lines = lines;
  }

  /**
   * @param headers of the request, beside those that it always has
   * @throws GatewayCall.Refused when the gateway answers with something else
   * @throws Unreachable when it does not answer
   */
  static EventFeed open(GatewayAddress gateway, String path, Map<String, String> headers)
      throws IOException {
    var connection = gateway.connection(path);
    connection.setConnectTimeout(CONNECT_MILLIS);
    connection.setReadTimeout(SILENCE_MILLIS);
    connection.setRequestProperty("Authorization", "Bearer " + gateway.key());
    connection.setRequestProperty("Accept", "text/event-stream");
    headers.forEach(connection::setRequestProperty);
    try {
      int status = connection.getResponseCode();
      if (status != HttpURLConnection.HTTP_OK) {
        try (InputStream body = connection.getErrorStream()) {
          throw new GatewayCall.Refused(status, body == null ? new byte[0] : body.readAllBytes());
        }
      }
      var text = new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8);
      return new EventFeed(connection, new BufferedReader(text));
    } catch (GatewayCall.Refused refused) {
      throw refused;
    } catch (IOException broken) {
      throw new Unreachable(gateway.http(), broken);
    }
  }

  /** Waits for the next event; empty when the stream has ended. */
  Optional<Event> next() throws IOException {
    String type = "";
    var data = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("event:")) {
        type = line.substring("event:".length()).strip();
      } else if (line.startsWith("data:")) {
        data.append(line.substring("data:".length())).append('\n');
      } else if (line.isEmpty() && data.length() > 0) {
        return Optional.of(new Event(type, JSON.readTree(data.toString())));
      }
    }
    return Optional.empty();
  }

  /** Whether more is there than {@link #next} has given. */
  boolean hasMore() throws IOException {
    return lines.ready();
  }

  @Override
  public void close() {
    connection.disconnect();
  }
}
