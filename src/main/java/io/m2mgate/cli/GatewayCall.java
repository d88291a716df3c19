package io.m2mgate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Requests of a running gateway, one after the other; used by one thread. */
final class GatewayCall {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int CONNECT_MILLIS = 10_000;
  private static final int ANSWER_MILLIS = 120_000;
  private static final int PAGE = 1000;
  private static final String PROBLEM = "urn:m2mgate:problem:";

  private final GatewayAddress gateway;

  GatewayCall(GatewayAddress gateway) {
    this.gateway = gateway;
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  JsonNode get(String path) throws IOException {
    return answer(open("GET", path));
  }

  JsonNode delete(String path) throws IOException {
    return answer(open("DELETE", path));
  }

  JsonNode post(String path, ObjectNode body) throws IOException {
    return post(path, body, Map.of());
  }

  /** @param headers of the request, beside those that it always has */
  JsonNode post(String path, ObjectNode body, Map<String, String> headers) throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(body);
    HttpURLConnection connection = open("POST", path);
    connection.setRequestProperty("Content-Type", "application/json");
    headers.forEach(connection::setRequestProperty);
    connection.setFixedLengthStreamingMode(bytes.length);
    connection.setDoOutput(true);
    try (OutputStream out = connection.getOutputStream()) {
      out.write(bytes);
    } catch (IOException broken) {
      throw new Unreachable(gateway.http(), broken);
    }
    return answer(connection);
  }

  /** Sends a merge patch, which an {@code HttpURLConnection} cannot. */
  JsonNode patch(String path, ObjectNode body, Map<String, String> headers) throws IOException {
    var request = HttpRequest.newBuilder(gateway.http().resolve(path))
        .timeout(Duration.ofMillis(ANSWER_MILLIS))
        .header("Authorization", "Bearer " + gateway.key())
        .header("Content-Type", "application/json")
        .method("PATCH", BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
    headers.forEach(request::header);
    try {
      var answer = HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .sslContext(gateway.tls().context())
          .connectTimeout(Duration.ofMillis(CONNECT_MILLIS))
          .build()
          .send(request.build(), BodyHandlers.ofByteArray());
      if (answer.statusCode() >= HttpURLConnection.HTTP_BAD_REQUEST) {
        throw new Refused(answer.statusCode(), answer.body());
      }
      return JSON.readTree(answer.body());
    } catch (Refused refused) {
      throw refused;
    } catch (IOException broken) {
      throw new Unreachable(gateway.http(), broken);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Sends a file as it is read, of any size. */
  JsonNode upload(String path, Path file) throws IOException {
    HttpURLConnection connection = open("POST", path);
    connection.setRequestProperty("Content-Type", "application/octet-stream");
    connection.setFixedLengthStreamingMode(Files.size(file));
    connection.setDoOutput(true);
    try (OutputStream out = connection.getOutputStream()) {
      Files.copy(file, out);
    } catch (IOException broken) {
      // The gateway may have said why before it had everything.
      try {
        return answer(connection);
      } catch (Refused refused) {
        throw refused;
      } catch (IOException silent) {
        broken.addSuppressed(silent);
        throw broken;
      }
    }
    return answer(connection);
  }

  /** Gives every item of a list, page by page. */
  void each(String path, Map<String, String> query, String member, Consumer<JsonNode> to)
      throws IOException {
    each(path, query, member, Long.MAX_VALUE, to);
  }

  /** The same until there were so many. */
  void each(String path, Map<String, String> query, String member, long most, Consumer<JsonNode> to)
      throws IOException {
    String first = path(path, query);
    long left = most;
    String cursor = "";
    do {
      JsonNode page = get(
          first + (first.indexOf('?') < 0 ? '?' : '&') + "limit=" + Math.min(PAGE, left) + cursor);
      page.path(member).forEach(to);
      left -= page.path(member).size();
      cursor =
          page.path("next").isTextual() ? "&cursor=" + encoded(page.path("next").asText()) : "";
    } while (left > 0 && !cursor.isEmpty());
  }

  static String path(String base, Map<String, String> query) {
    var path = new StringBuilder(base);
    query.forEach((name, value) -> path.append(path.indexOf("?") < 0 ? '?' : '&')
        .append(name)
        .append('=')
        .append(encoded(value)));
    return path.toString();
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private HttpURLConnection open(String method, String path) throws IOException {
    HttpURLConnection connection = gateway.connection(path);
    connection.setConnectTimeout(CONNECT_MILLIS);
    connection.setReadTimeout(ANSWER_MILLIS);
    connection.setRequestMethod(method);
    connection.setRequestProperty("Authorization", "Bearer " + gateway.key());
    connection.setRequestProperty("Accept", "application/json");
    return connection;
  }

  private JsonNode answer(HttpURLConnection connection) throws IOException {
    int status = status(connection);
    boolean refused = status >= HttpURLConnection.HTTP_BAD_REQUEST;
    try (InputStream body = refused ? connection.getErrorStream() : connection.getInputStream()) {
      byte[] bytes = body == null ? new byte[0] : body.readAllBytes();
      if (refused) {
        throw new Refused(status, bytes);
      }
      return bytes.length == 0 ? object() : JSON.readTree(bytes);
    }
  }

  private int status(HttpURLConnection connection) throws IOException {
    try {
      return connection.getResponseCode();
    } catch (IOException broken) {
      throw new Unreachable(gateway.http(), broken);
    }
  }

  /** The gateway answered that it does not. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;
    private static final Set<Integer> PASSING = Set.of(429, 503);
    private final int status;

    Refused(int status, byte[] body) {
      super(text(status, new String(body, StandardCharsets.UTF_8)));
      this.status = status;
    }

    /** Whether it may be otherwise in a while. */
    boolean passing() {
      return PASSING.contains(status);
    }

    private static String text(int status, String body) {
      try {
        JsonNode problem = JSON.readTree(body);
        var text = new StringBuilder("the gateway answered " + status + " "
            + problem.path("type").asText().replace(PROBLEM, ""));
        if (problem.hasNonNull("detail")) {
          text.append(": ").append(problem.path("detail").asText());
        }
        for (JsonNode fault : problem.path("errors")) {
          String where = fault.path("pointer").asText(fault.path("parameter").asText());
          text.append(" | ")
              .append(where)
              .append(": ")
              .append(fault.path("detail").asText());
          if (fault.hasNonNull("valid")) {
            text.append("; valid: ").append(fault.path("valid").asText());
          }
        }
        return text.toString();
      } catch (IOException noJson) {
        return "the gateway answered " + status + " " + body;
      }
    }
  }
}
