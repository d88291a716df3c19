package io.m2mgate.cli;

import io.m2mgate.config.DataDir;
import io.m2mgate.config.Endpoints;
import io.m2mgate.net.ClientTls;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import picocli.CommandLine.Option;

/** The options of every command that talks to a running gateway, and what they find; filled by the thread that parses. */
final class GatewayAddress {
  private static final Path DATA_DIR = Path.of("data");
  private static final String URL_VARIABLE = "M2M_URL";
  private static final String KEY_VARIABLE = "M2M_KEY";

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = {
        "The gateway's data directory, with endpoints.json and admin.key.",
        "Without it the variables M2M_URL and M2M_KEY, else data."
      })
  private Optional<Path> dataDir = Optional.empty();

  @Option(
      names = {"--url", "--endpoint"},
      paramLabel = "URL",
      description = "http://host:port or https://host:port instead of the one in the directory.")
  private Optional<URI> endpoint = Optional.empty();

  @Option(
      names = {"--key-file", "--admin-key-file"},
      paramLabel = "FILE",
      description = "A file with the key to use, of the administrator or of an application.")
  private Optional<Path> keyFile = Optional.empty();

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description =
          "Certificates, PEM, of those who may have signed the gateway's (default: whom Java trusts).")
  private Optional<Path> ca = Optional.empty();

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "Certificate, PEM, to show to a gateway that asks for one; with --key.")
  private Optional<Path> certificate = Optional.empty();

  @Option(names = "--key", paramLabel = "FILE", description = "Its private key, PEM.")
  private Optional<Path> key = Optional.empty();

  private Optional<SSLSocketFactory> sockets = Optional.empty();

  /** A request that is not sent yet, without its key. */
  HttpURLConnection connection(String path) throws IOException {
    var connection = (HttpURLConnection) http().resolve(path).toURL().openConnection();
    if (connection instanceof HttpsURLConnection secured) {
      if (sockets.isEmpty()) {
        sockets = Optional.of(tls().context().getSocketFactory());
      }
      secured.setSSLSocketFactory(sockets.get());
    }
    return connection;
  }

  ClientTls tls() throws IOException {
    return ClientTls.read(ca, certificate, key);
  }

  Path dataDir() {
    return dataDir.orElse(DATA_DIR);
  }

  /** @throws Unreachable when no gateway runs in the directory */
  URI http() throws IOException {
    Optional<URI> named = endpoint.or(() -> variable(URL_VARIABLE).map(URI::create));
    if (named.isPresent()) {
      return named.get();
    }
    Path file = dataDir().resolve(Endpoints.FILE_NAME);
    if (!Files.exists(file)) {
      throw new Unreachable("no running gateway in " + dataDir() + ": " + file
          + " does not exist; start one, or name it with --data-dir or --url");
    }
    return Endpoints.read(dataDir())
        .http()
        .map(http -> URI.create(http.uri()))
        .orElseThrow(() -> new Unreachable(file + " names no http endpoint"));
  }

  String key() throws IOException {
    Optional<String> given = keyFile.isPresent() ? Optional.empty() : variable(KEY_VARIABLE);
    if (given.isPresent()) {
      return given.get();
    }
    return Files.readString(keyFile.orElse(dataDir().resolve(DataDir.ADMIN_KEY_FILE)))
        .strip();
  }

  /** A directory that was named goes before what the environment says. */
  private Optional<String> variable(String name) {
    return dataDir.isPresent()
        ? Optional.empty()
        : Optional.ofNullable(System.getenv(name)).filter(text -> !text.isBlank());
  }

  HttpClient client(Vertx vertx) throws IOException {
    URI http = http();
    HttpClientOptions options = new HttpClientOptions()
        .setDefaultHost(http.getHost())
        .setDefaultPort(http.getPort())
        .setSsl("https".equals(http.getScheme()));
    tls().protect(options);
    return vertx.createHttpClient(options);
  }

  RequestOptions request(HttpMethod method, String path) throws IOException {
    return new RequestOptions()
        .setMethod(method)
        .setURI(path)
        .putHeader("Authorization", "Bearer " + key());
  }
}
