package io.m2mgate.cli;

import io.m2mgate.config.DataDir;
import io.m2mgate.config.EffectiveSettings;
import io.m2mgate.config.Endpoints;
import io.m2mgate.config.SettingsException;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The parts of a diagnosis. Each stands for itself: one that cannot be had says why. What may hold a secret is left out or
 * masked where it is read; key files are listed by name and size only. One run, one thread.
 */
record DiagBundle(GatewayAddress gateway, SettingsOptions options) {
  private static final int SECONDS = 10;
  private static final int AUDIT_ENTRIES = 200;
  private static final int REASON_CHARACTERS = 300;

  private interface Part {
    String text() throws IOException;
  }

  private interface Reader {
    String get(String path) throws IOException;
  }

  void write(ZipOutputStream zip) throws IOException {
    add(zip, "settings.txt", this::settings);
    add(zip, "versions.txt", DiagBundle::versions);
    add(zip, "data-dir.txt", this::dataDir);
    add(
        zip,
        "endpoints.json",
        () -> Files.readString(gateway.dataDir().resolve(Endpoints.FILE_NAME)));
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    try {
      running(zip, vertx);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private void running(ZipOutputStream zip, Vertx vertx) throws IOException {
    Reader reader = path -> get(gateway.client(vertx), path);
    add(zip, "health-live.txt", () -> reader.get("/health/live"));
    add(zip, "health-ready.txt", () -> reader.get("/health/ready"));
    add(zip, "metrics.txt", () -> reader.get("/metrics"));
    add(zip, "audit.ndjson", () -> audit(reader.get("/v1/admin/audit?limit=" + AUDIT_ENTRIES)));
    JsonObject diagnostics = new JsonObject();
    add(zip, "process.json", () -> {
      diagnostics.mergeIn(body(reader.get("/v1/admin/diagnostics")));
      JsonObject process = diagnostics.copy();
      process.remove("threads");
      return process.encodePrettily();
    });
    add(zip, "threads.txt", () -> threads(diagnostics.getJsonArray("threads", new JsonArray())));
  }

  private static void add(ZipOutputStream zip, String name, Part part) throws IOException {
    String text;
    try {
      text = part.text();
    } catch (IOException | RuntimeException e) {
      text = "not available: " + reason(e) + "\n";
    }
    zip.putNextEntry(new ZipEntry(name));
    zip.write(text.getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
  }

  private static String reason(Exception failure) {
    String text = failure.getClass().getSimpleName() + " " + failure.getMessage();
    return text.substring(0, Math.min(REASON_CHARACTERS, text.length()));
  }

  private String settings() {
    try {
      return options.load().effective().values().stream()
          .map(EffectiveSettings.Value::toString)
          .collect(Collectors.joining("\n", "", "\n"));
    } catch (SettingsException e) {
      // A problem quotes the value it is about, which may be a secret in the wrong place.
      return "not valid, " + e.problems().size() + " problems: run m2mgate check\n";
    }
  }

  private static String versions() throws IOException {
    var text = new StringBuilder(new Main.Version().getVersion()[0])
        .append("\njava ")
        .append(System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"))
        .append("\nos ")
        .append(System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
            + System.getProperty("os.arch"))
        .append("\nprocessors ")
        .append(Runtime.getRuntime().availableProcessors())
        .append('\n');
    URL self = DiagBundle.class.getResource("DiagBundle.class");
    if (self != null && self.openConnection() instanceof JarURLConnection jar) {
      libraries(jar.getJarFile(), text);
    }
    return text.toString();
  }

  private static void libraries(JarFile jar, StringBuilder text) throws IOException {
    var files = jar.stream()
        .map(JarEntry::getName)
        .filter(name -> name.startsWith("META-INF/maven/") && name.endsWith("/pom.properties"))
        .sorted()
        .toList();
    for (String name : files) {
      var properties = new Properties();
      try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
        properties.load(in);
      }
      text.append(properties.getProperty("groupId") + ":" + properties.getProperty("artifactId")
          + " " + properties.getProperty("version") + "\n");
    }
  }

  private String dataDir() throws IOException {
    try (Stream<Path> files = Files.list(gateway.dataDir())) {
      var text = new StringBuilder();
      for (Path file : files.sorted().toList()) {
        text.append(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .append(String.format(" %14d ", Files.size(file)))
            .append(file.getFileName().toString().equals(DataDir.ADMIN_KEY_FILE) ? "* " : "  ")
            .append(file.getFileName())
            .append('\n');
      }
      var store = Files.getFileStore(gateway.dataDir());
      return text.append(String.format(
              "disk: %d bytes free of %d%n", store.getUsableSpace(), store.getTotalSpace()))
          .toString();
    }
  }

  /** The status, an empty line, the body. */
  private String get(HttpClient client, String path) throws IOException {
    try {
      return client
          .request(gateway.request(HttpMethod.GET, path).setTimeout(SECONDS * 1000L))
          .compose(request -> request.send())
          .compose(response -> response
              .body()
              .map(body -> response.statusCode() + "\n\n" + body.toString(StandardCharsets.UTF_8)))
          .toCompletionStage()
          .toCompletableFuture()
          .get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static JsonObject body(String answer) {
    return new JsonObject(answer.substring(answer.indexOf("\n\n") + 2));
  }

  /** Who did what to what, and when. */
  private static String audit(String answer) {
    var text = new StringBuilder();
    for (Object item : body(answer).getJsonArray("items", new JsonArray())) {
      JsonObject entry = (JsonObject) item;
      entry.remove("detail");
      text.append(entry.encode()).append('\n');
    }
    return text.toString();
  }

  private static String threads(JsonArray threads) {
    var text = new StringBuilder();
    for (Object item : threads) {
      JsonObject thread = (JsonObject) item;
      text.append('"' + thread.getString("name") + "\" " + thread.getString("state"));
      if (thread.getString("waitsFor") != null) {
        text.append(" on ").append(thread.getString("waitsFor"));
      }
      text.append('\n');
      thread.getJsonArray("stack").forEach(frame -> text.append("    at ").append(frame + "\n"));
      text.append('\n');
    }
    return text.isEmpty() ? "not available\n" : text.toString();
  }
}
