package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.FleetOptions.Target;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The gateway's HTTP interface with the administrator's key, for the event loop that made it. */
final class AdminClient {
  /** Requests on the way at once. */
  static final int CONNECTIONS = 16;

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpClient client;
  private final Target target;

  /** What the gateway said. */
  record Answer(int status, Buffer body) {
    String text() {
      return status + " " + body.toString(StandardCharsets.UTF_8);
    }
  }

  AdminClient(Vertx vertx, Target target) {
    this.target = target;
    this.client = vertx.createHttpClient(
        new HttpClientOptions()
            .setDefaultHost(target.http().getHost())
            .setDefaultPort(target.http().getPort())
            .setSsl("https".equals(target.http().getScheme())),
        new PoolOptions().setHttp1MaxSize(CONNECTIONS));
  }

  /** Waits so long for an answer with something in it. */
  Future<Answer> get(String path, int waitSeconds) {
    RequestOptions request = request(HttpMethod.GET, path);
    if (waitSeconds > 0) {
      request.putHeader("Prefer", "wait=" + waitSeconds);
    }
    return send(request, Buffer.buffer());
  }

  Future<Answer> post(String path, JsonObject body) {
    return send(
        request(HttpMethod.POST, path).putHeader("Content-Type", "application/json"),
        body.toBuffer());
  }

  Future<Answer> upload(String path, Buffer content) {
    return send(
        request(HttpMethod.POST, path).putHeader("Content-Type", "application/octet-stream"),
        content);
  }

  /** @param key makes the same request once, however often it is sent */
  Future<Answer> post(String path, JsonObject body, String key) {
    return send(
        request(HttpMethod.POST, path)
            .putHeader("Content-Type", "application/json")
            .putHeader("Idempotency-Key", key),
        body.toBuffer());
  }

  /** As many records as there are in one request, which takes as long as it takes. */
  Future<Void> records(String path, RecordImport records) {
    return client
        .request(request(HttpMethod.POST, path)
            .setTimeout(0)
            .putHeader("Content-Type", "application/x-ndjson"))
        .compose(records::send);
  }

  Future<Answer> put(String path, JsonObject body) {
    return send(
        request(HttpMethod.PUT, path).putHeader("Content-Type", "application/json"),
        body.toBuffer());
  }

  Future<Answer> patch(String path, JsonObject body) {
    return send(
        request(HttpMethod.PATCH, path).putHeader("Content-Type", "application/merge-patch+json"),
        body.toBuffer());
  }

  Future<Answer> delete(String path) {
    return send(request(HttpMethod.DELETE, path), Buffer.buffer());
  }

  private RequestOptions request(HttpMethod method, String path) {
    return new RequestOptions()
        .setMethod(method)
        .setURI(path)
        .setTimeout(PATIENCE.toMillis())
        .putHeader("Authorization", "Bearer " + target.adminKey());
  }

  private Future<Answer> send(RequestOptions options, Buffer body) {
    return client
        .request(options)
        .compose(request -> body.length() == 0 ? request.send() : request.send(body))
        .compose(
            response -> response.body().map(content -> new Answer(response.statusCode(), content)));
  }

  Future<Void> close() {
    return client.close();
  }
}
