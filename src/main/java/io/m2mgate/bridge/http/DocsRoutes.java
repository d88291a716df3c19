package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

/**
 * {@code /openapi.yaml}, {@code /openapi.json} and {@code /docs/}: the description of this interface and a page to read it on, all of it
 * from the jar. Stateless; on the bridge's event loop.
 */
final class DocsRoutes {

  private static final String VIEWER = "/META-INF/resources/webjars/swagger-ui/";
  private static final String VIEWER_FACTS =
      "/META-INF/maven/org.webjars/swagger-ui/pom.properties";
  private static final String PAGE = "index.html";

  /** Files of the page by their names; those of the viewer lie in a folder of its version. */
  private static final Map<String, String> TYPES = Map.of(
      PAGE,
      "text/html; charset=utf-8",
      "page.js",
      "text/javascript; charset=utf-8",
      "swagger-ui-bundle.js",
      "text/javascript; charset=utf-8",
      "swagger-ui.css",
      "text/css; charset=utf-8",
      "favicon-32x32.png",
      "image/png");

  /** The page loads from here alone, runs no script of its own text, and asks nobody else. */
  private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
      + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final Vertx vertx;
  private final boolean served;

  DocsRoutes(Vertx vertx, boolean served) {
    this.vertx = vertx;
    this.served = served;
  }

  void add(Endpoints endpoints) {
    endpoints.stream(
        "readDocumentYaml", exchange -> send(exchange, "/openapi.yaml", "application/yaml"));
    endpoints.stream(
        "readDocumentJson", exchange -> send(exchange, "/openapi.json", Negotiation.JSON_TYPE));
    endpoints.stream("readDocsPage", this::page);
    endpoints.stream("readDocsFile", exchange -> file(exchange, exchange.path("file")));
  }

  /** What the page refers to lies beside it, so its path ends with a slash. */
  private void page(Exchange exchange) {
    var path = exchange.routing().request().path();
    if (served && !path.endsWith("/")) {
      exchange
          .routing()
          .response()
          .setStatusCode(308)
          .putHeader("Location", "docs/")
          .end();
    } else {
      file(exchange, PAGE);
    }
  }

  private void file(Exchange exchange, String name) {
    var type = TYPES.get(name);
    if (type == null) {
      throw unknown(exchange);
    }
    exchange.routing().response().putHeader("Content-Security-Policy", POLICY);
    send(exchange, name, type);
  }

  /** @param name of a resource, or of a file of the page */
  private void send(Exchange exchange, String name, String type) {
    if (!served) {
      throw unknown(exchange);
    }
    Future<Buffer> read = vertx.executeBlocking(() -> read(name), false);
    read.onComplete(
        bytes -> exchange
            .routing()
            .response()
            .putHeader(HttpHeaders.CONTENT_TYPE, type)
            .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
            .putHeader("X-Content-Type-Options", "nosniff")
            .putHeader("Referrer-Policy", "no-referrer")
            .end(bytes),
        failure -> ProblemAnswers.answer(exchange.routing(), failure));
  }

  private static Problem unknown(Exchange exchange) {
    return Problem.of(
        ProblemType.NOT_FOUND, "no resource at " + exchange.routing().normalizedPath());
  }

  private static Buffer read(String name) throws IOException {
    if (name.startsWith("/")) {
      return resource(name);
    }
    boolean ours = DocsRoutes.class.getResource("/docs/" + name) != null;
    return resource(ours ? "/docs/" + name : VIEWER + version() + "/" + name);
  }

  private static String version() throws IOException {
    var facts = new Properties();
    try (InputStream in = DocsRoutes.class.getResourceAsStream(VIEWER_FACTS)) {
      facts.load(Objects.requireNonNull(in, VIEWER_FACTS));
    }
    return facts.getProperty("version");
  }

  private static Buffer resource(String name) throws IOException {
    try (InputStream in = DocsRoutes.class.getResourceAsStream(name)) {
      return Buffer.buffer(Objects.requireNonNull(in, name).readAllBytes());
    }
  }
}
