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
  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      defaultValue = "data",
      description =
          "The gateway's data directory, with endpoints.json and admin.key (default: ${DEFAULT-VALUE}).")
  private Path dataDir = Path.of("data");

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      description = "http://host:port or https://host:port instead of the one in the directory.")
  private Optional<URI> endpoint = Optional.empty();

  @Option(
      names = "--admin-key-file",
      paramLabel = "FILE",
      description = "The administrator's key, where it is not in the directory.")
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

  private ClientTls tls() throws IOException {
    return ClientTls.read(ca, certificate, key);
  }

  Path dataDir() {
    return dataDir;
  }

  URI http() throws IOException {
    if (endpoint.isPresent()) {
      return endpoint.get();
    }
    Path file = dataDir.resolve(Endpoints.FILE_NAME);
    if (!Files.exists(file)) {
      throw new IOException("no running gateway in " + dataDir + ": " + file + " does not exist;"
          + " start one, or name it with --data-dir or --endpoint");
    }
    return Endpoints.read(dataDir)
        .http()
        .map(http -> URI.create(http.uri()))
        .orElseThrow(() -> new IOException(file + " names no http endpoint"));
  }

  String adminKey() throws IOException {
    return Files.readString(keyFile.orElse(dataDir.resolve(DataDir.ADMIN_KEY_FILE)))
        .strip();
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
        .putHeader("Authorization", "Bearer " + adminKey());
  }
}
