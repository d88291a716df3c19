package io.m2mgate.bridge.http;

import io.m2mgate.bridge.AccessRefused;
import io.m2mgate.bridge.Admission;
import io.m2mgate.bridge.Caller;
import io.m2mgate.bridge.ClientAddress;
import io.m2mgate.config.Cidr;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Finds in a request who asks and from where, and lets him in. Stateless but for its parts; any thread. */
final class HttpAccess {

  private static final String BEARER = "Bearer ";
  private static final String BASIC = "Basic ";

  private final Admission admission;

  /** Name and secret of a client, as Basic or a body has them. */
  record Client(String id, String secret) {
    @Override
    public String toString() {
      return id;
    }
  }

  HttpAccess(Admission admission) {
    this.admission = admission;
  }

  /** Who asks by {@code Authorization: Bearer}. */
  Future<Caller> admit(HttpServerRequest request) {
    return bearer(request)
        .map(presented -> admission.admit(presented, from(request)))
        .orElseGet(() -> Future.failedFuture(AccessRefused.UNAUTHENTICATED));
  }

  /** An application with one of its keys; neither the administrator nor who has a token only. */
  Future<Caller> admit(HttpServerRequest request, Client client) {
    var from = from(request);
    return admission
        .admit(client.secret(), from)
        .compose(caller -> caller.app().filter(client.id()::equals).isPresent() && caller.hasKey()
            ? Future.succeededFuture(caller)
            : Future.<Caller>failedFuture(AccessRefused.UNAUTHENTICATED))
        .onFailure(cause -> admission.refused(client.id(), cause, from));
  }

  static Optional<String> bearer(HttpServerRequest request) {
    return credentials(request, BEARER);
  }

  /** Empty without {@code Authorization: Basic}; one that cannot be decoded has neither name nor secret. */
  static Optional<Client> basic(HttpServerRequest request) {
    return credentials(request, BASIC).map(HttpAccess::decoded);
  }

  static boolean hasCredentials(HttpServerRequest request) {
    return request.getHeader("Authorization") != null;
  }

  private static Optional<String> credentials(HttpServerRequest request, String scheme) {
    return Optional.ofNullable(request.getHeader("Authorization"))
        .filter(header -> header.regionMatches(true, 0, scheme, 0, scheme.length()))
        .map(header -> header.substring(scheme.length()).strip());
  }

  /** Name and secret are form-encoded within (RFC 6749, 2.3.1), which changes nothing in those that are good. */
  private static Client decoded(String basic) {
    try {
      var text = new String(Base64.getDecoder().decode(basic), StandardCharsets.UTF_8);
      int colon = text.indexOf(':');
      return colon < 0
          ? new Client("", "")
          : new Client(
              URLDecoder.decode(text.substring(0, colon), StandardCharsets.UTF_8),
              URLDecoder.decode(text.substring(colon + 1), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return new Client("", "");
    }
  }

  Optional<InetAddress> from(HttpServerRequest request) {
    return from(
        ClientAddress.of(request.remoteAddress()),
        request.headers().getAll("X-Forwarded-For"),
        admission.settings().trustedProxies());
  }

  /**
   * The client's address: each proxy that is trusted is believed whom it names, from the right. Empty where the last one of them names
   * nobody.
   */
  static Optional<InetAddress> from(
      Optional<InetAddress> peer, List<String> forwarded, List<Cidr> trusted) {
    var hops = forwarded.stream()
        .flatMap(header -> Arrays.stream(header.split(",")))
        .map(String::strip)
        .toList();
    var client = peer;
    for (int i = hops.size() - 1; i >= 0 && isIn(trusted, client); i--) {
      client = ClientAddress.of(hops.get(i));
    }
    return client;
  }

  private static boolean isIn(List<Cidr> ranges, Optional<InetAddress> address) {
    return address
        .filter(one -> ranges.stream().anyMatch(range -> range.contains(one)))
        .isPresent();
  }
}
