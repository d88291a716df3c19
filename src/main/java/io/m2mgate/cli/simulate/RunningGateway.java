package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.FleetOptions.Target;
import io.m2mgate.config.DataDir;
import io.m2mgate.config.Endpoints;
import io.m2mgate.config.Endpoints.Endpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds a gateway by what it wrote into its data directory, or by the addresses that somebody names. Stateless. */
public final class RunningGateway {
  private RunningGateway() {}

  /**
   * @param endpoints addresses that take the place of those in the directory: {@code tcp://host:port},
   *     {@code udp://host:port}, {@code http://host:port}
   * @param keyFile the administrator's key, where it is not in the directory
   */
  public static Target find(Path dataDir, List<URI> endpoints, Optional<Path> keyFile)
      throws IOException {
    return find(dataDir, endpoints, keyFile, false);
  }

  /** @param datagrams whether it must take terminals by UDP too */
  public static Target find(
      Path dataDir, List<URI> endpoints, Optional<Path> keyFile, boolean datagrams)
      throws IOException {
    URI terminals = endpoint(dataDir, endpoints, "tcp");
    Optional<InetSocketAddress> udp = datagrams
        ? Optional.of(endpoint(dataDir, endpoints, "udp"))
            .map(it -> new InetSocketAddress(it.getHost(), it.getPort()))
        : Optional.empty();
    URI http = endpoints.stream().anyMatch(uri -> "https".equals(uri.getScheme()))
        ? endpoint(dataDir, endpoints, "https")
        : endpoint(dataDir, endpoints, "http");
    Path key = keyFile.orElse(dataDir.resolve(DataDir.ADMIN_KEY_FILE));
    return new Target(
        new InetSocketAddress(terminals.getHost(), terminals.getPort()),
        udp,
        http,
        Files.readString(key).strip());
  }

  private static URI endpoint(Path dataDir, List<URI> endpoints, String scheme) throws IOException {
    Optional<URI> named =
        endpoints.stream().filter(uri -> scheme.equals(uri.getScheme())).findFirst();
    if (named.isPresent()) {
      return named.get();
    }
    Path file = dataDir.resolve(Endpoints.FILE_NAME);
    if (!Files.exists(file)) {
      throw new IOException("no running gateway in " + dataDir + ": " + file + " does not exist;"
          + " start one, or name it with --data-dir or --endpoint");
    }
    Endpoints written = Endpoints.read(dataDir);
    Optional<Endpoint> found = switch (scheme) {
      case "tcp" -> written.terminalTcp();
      case "udp" -> written.terminalUdp();
      default -> written.http();
    };
    return found
        .map(endpoint -> URI.create(endpoint.uri()))
        .orElseThrow(
            () -> new IOException(file + " names no " + scheme + " endpoint; is it switched off?"));
  }
}
