package io.m2mgate.peer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The application side as a stranger uses it: plain HTTP with one key. */
public final class Api {
  public static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final URI base;
  private final String key;

  public Api(URI base, String key) {
    this.base = base;
    this.key = key;
  }

  public record Answer(int status, String body) {
    public JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  public Answer get(String path) {
    return send(request(path).GET());
  }

  public Answer call(String method, String path, JsonNode body) {
    return send(request(path)
        .header("Content-Type", "application/json")
        .method(method, BodyPublishers.ofString(body.toString())));
  }

  /** With headers, name and value by turns; shows those of the answer. */
  public Full full(String method, String path, byte[] body, String... headers) {
    try {
      HttpRequest.Builder request = request(path).method(method, BodyPublishers.ofByteArray(body));
      if (headers.length > 0) {
        request.headers(headers);
      }
      HttpResponse<String> response = checked(request);
      return new Full(
          new Answer(response.statusCode(), response.body()),
          response.headers().map().entrySet().stream()
              .collect(java.util.stream.Collectors.toMap(
                  entry -> entry.getKey().toLowerCase(java.util.Locale.ROOT),
                  entry -> entry.getValue().get(0))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** @param headers by their names in lower case */
  public record Full(Answer answer, java.util.Map<String, String> headers) {}

  public Answer delete(String path) {
    return send(request(path).DELETE());
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path)).timeout(Duration.ofSeconds(60));
    return key.isEmpty() ? request : request.header("Authorization", "Bearer " + key);
  }

  private static Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response = checked(request);
      return new Answer(response.statusCode(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whatever is answered is held to the description of the interface. */
  private static HttpResponse<String> checked(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString());
    ApiContract.check(
        response.request().method(),
        response.request().uri().getPath(),
        response.statusCode(),
        response.headers().firstValue("Content-Type").orElse(""),
        response.body());
    return response;
  }

  /** The same platform seen with an application's key, or without one when that is empty. */
  public Api as(String otherKey) {
    return new Api(base, otherKey);
  }

  public String key() {
    return key;
  }

  public URI base() {
    return base;
  }

  // Administration

  /** Creates an application and gives the view of it that its key opens. */
  public Api createApplication(String appCode) {
    Answer answer =
        call("POST", "/v1/admin/applications", JSON.createObjectNode().put("appCode", appCode));
    assertThat(answer.status()).as("create application: %s", answer.body()).isEqualTo(201);
    return as(answer.json().path("apiKey").asText());
  }

  public Identity createTerminal(Identity who, String app) {
    return createTerminal(who, app, "wmmp-3");
  }

  public Identity createTerminal(Identity who, String app, String profile) {
    Answer answer = call("POST", "/v1/admin/terminals", terminalJson(who, app, profile));
    assertThat(answer.status()).as("create terminal: %s", answer.body()).isEqualTo(201);
    return who;
  }

  public static ObjectNode terminalJson(Identity who, String app, String profile) {
    return JSON.createObjectNode()
        .put("serial", who.serial())
        .put("imei", who.imei())
        .put("imsi", who.imsi())
        .put("app", app)
        .put("profile", profile)
        .put("uplinkPassword", who.uplink())
        .put("downlinkPassword", who.downlink());
  }

  /** A profile like wmmp-3 but for what the change says. */
  public String createProfile(String name, java.util.function.Consumer<ObjectNode> change) {
    ObjectNode profile = Profiles.wmmp3();
    change.accept(profile);
    Answer answer = call("PUT", "/v1/admin/profiles/" + name, profile);
    assertThat(answer.status()).as("put profile: %s", answer.body()).isBetween(200, 204);
    return name;
  }

  public JsonNode terminal(String serial) {
    Answer answer = get("/v1/terminals/" + serial);
    assertThat(answer.status()).as("terminal: %s", answer.body()).isEqualTo(200);
    return answer.json();
  }

  // Events

  /** One page of the application's log. */
  public JsonNode pull(long after, int waitSeconds) {
    Answer answer = send(request("/v1/events?limit=1000&after=" + after)
        .header("Prefer", "wait=" + waitSeconds)
        .GET());
    assertThat(answer.status()).as("pull: %s", answer.body()).isEqualTo(200);
    return answer.json();
  }

  /** All events of the log that fit, oldest first; waits until there are so many. */
  public List<JsonNode> events(int atLeast, Predicate<JsonNode> fit) {
    var found = new ArrayList<JsonNode>();
    long after = 0;
    long deadline = System.nanoTime() + Await.PATIENCE.toNanos();
    while (true) {
      JsonNode page = pull(after, found.size() < atLeast ? 1 : 0);
      page.path("events").forEach(event -> {
        if (fit.test(event)) {
          found.add(event);
        }
      });
      after = page.path("next").asLong();
      if (page.path("events").isEmpty() && found.size() >= atLeast) {
        return found;
      }
      assertThat(System.nanoTime())
          .as("%s of %s events in time", found.size(), atLeast)
          .isLessThan(deadline);
    }
  }

  /** The events of one terminal and type. */
  public List<JsonNode> events(int atLeast, String type, String serial) {
    return events(
        atLeast,
        event -> event.path("type").asText().equals(type)
            && event.path("subject").asText().equals(serial));
  }

  public List<JsonNode> readings(int atLeast, Identity who) {
    return events(atLeast, "m2m.data.up", who.serial());
  }

  /** The sum of a metric over the lines whose labels hold all of these, such as {@code reason="peer"}. */
  public double metric(String name, String... labels) {
    return metrics()
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> java.util.Arrays.stream(labels).allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  public String metrics() {
    Answer answer = get("/metrics");
    assertThat(answer.status()).isEqualTo(200);
    return answer.body();
  }
}
