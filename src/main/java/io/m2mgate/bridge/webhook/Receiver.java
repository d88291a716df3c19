package io.m2mgate.bridge.webhook;

import io.m2mgate.config.Cidr;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a webhook posts to, as far as its URL says. Immutable.
 *
 * @param literal the address where the URL names one; a name is looked up at each request
 */
record Receiver(boolean tls, String host, int port, String path, Optional<InetAddress> literal) {

  private static final int LONGEST = 2_000;
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final int MAX_PORT = 65_535;
  /** What resolvers take for an address in another spelling (127.1, 0x7f000001). */
  private static final Pattern NUMERIC =
      Pattern.compile("(?:.*\\.)?(?:[0-9]+|0[xX][0-9a-fA-F]*)\\.?");

  /** Empty where it is no URL that can be posted to. */
  static Optional<Receiver> parse(String url) {
    try {
      var uri = new URI(url);
      var scheme = Optional.ofNullable(uri.getScheme()).orElse("").toLowerCase(Locale.ROOT);
      boolean tls = scheme.equals("https");
      boolean usable = url.length() <= LONGEST
          && (tls || scheme.equals("http"))
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawFragment() == null
          && uri.getPort() != 0
          && uri.getPort() <= MAX_PORT;
      return usable ? of(uri, tls) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static Optional<Receiver> of(URI uri, boolean tls) {
    var host = uri.getHost().replaceAll("[\\[\\]]", "").toLowerCase(Locale.ROOT);
    var literal = Cidr.parse(host).map(Cidr::network);
    if (literal.isEmpty() && (NUMERIC.matcher(host).matches() || host.contains(":"))) {
      return Optional.empty();
    }
    int port = uri.getPort() > 0 ? uri.getPort() : tls ? HTTPS_PORT : HTTP_PORT;
    var path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    var query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    return Optional.of(new Receiver(tls, host, port, path + query, literal));
  }

  /** The Host header where the client's own would not do: an IPv6 address stands in brackets. */
  Optional<String> bracketed() {
    boolean standard = port == (tls ? HTTPS_PORT : HTTP_PORT);
    return host.contains(":")
        ? Optional.of("[" + host + "]" + (standard ? "" : ":" + port))
        : Optional.empty();
  }

  /** Without path and query, which may hold what is not for logs. */
  @Override
  public String toString() {
    return (tls ? "https://" : "http://") + host + ":" + port;
  }
}
