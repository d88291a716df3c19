package io.m2mgate.bridge.http;

import io.m2mgate.bridge.AccessRefused;
import io.m2mgate.bridge.AccessRefused.Reason;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Caller;
import io.m2mgate.bridge.Scope;
import io.m2mgate.bridge.Tokens.Issued;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * {@code POST /oauth2/token}: access tokens for client credentials (RFC 6749, 4.4); the client is the application, its secret one of
 * its keys. Errors have the form of that RFC (5.2), but for too many requests and a store that is away. On the bridge's event loop.
 */
final class OAuthRoutes {

  private static final String FORM = "application/x-www-form-urlencoded";

  private final BridgeParts parts;
  private final HttpAccess access;
  private final int maxBodyBytes;

  /** An answer of RFC 6749, 5.2; expected, so without a stack trace. */
  private static final class Refused extends RuntimeException {
    private final String code;

    Refused(String code, String description) {
      super(description, null, false, false);
      this.code = code;
    }

    Answer answer() {
      var body = new JsonObject().put("error", code).put("error_description", getMessage());
      return code.equals("invalid_client")
          ? Answer.json(401, body).with("WWW-Authenticate", "Basic realm=\"m2mgate\"")
          : Answer.json(400, body);
    }
  }

  OAuthRoutes(BridgeParts parts, int maxBodyBytes) {
    this.parts = parts;
    this.access = new HttpAccess(parts.admission());
    this.maxBodyBytes = maxBodyBytes;
  }

  void add(Endpoints endpoints) {
    endpoints.onUnread("issueToken", this::token);
  }

  private Future<Answer> token(Exchange exchange) {
    var request = exchange.routing().request();
    return RequestBody.readBytes(exchange.routing(), maxBodyBytes)
        .compose(body -> token(request, form(exchange, body)))
        .recover(cause -> cause instanceof Refused refused
            ? Future.succeededFuture(refused.answer())
            : Future.failedFuture(cause));
  }

  private Future<Answer> token(HttpServerRequest request, Map<String, List<String>> form) {
    var client = client(request, form);
    var grantType = one(form, "grant_type")
        .orElseThrow(() -> new Refused("invalid_request", "grant_type is missing"));
    return access
        .admit(request, client)
        .recover(OAuthRoutes::unknown)
        .compose(caller -> {
          if (!grantType.equals("client_credentials")) {
            throw new Refused("unsupported_grant_type", "only client_credentials");
          }
          return parts.admission().tokens().issue(caller, scopes(caller, one(form, "scope")));
        })
        .map(OAuthRoutes::shape);
  }

  private static Future<Caller> unknown(Throwable cause) {
    if (!(cause instanceof AccessRefused refused) || refused.reason() == Reason.BUSY) {
      return Future.failedFuture(cause);
    }
    return Future.failedFuture(
        switch (refused.reason()) {
          case APP_DISABLED -> new Refused("unauthorized_client", "the application is disabled");
          case ADDRESS_NOT_ALLOWED ->
            new Refused("unauthorized_client", "the application is limited to other addresses");
          default -> new Refused("invalid_client", "no application with this key");
        });
  }

  private static Map<String, List<String>> form(Exchange exchange, Buffer body) {
    if (!Negotiation.sent(exchange.routing()).equals(FORM)) {
      throw new Refused("invalid_request", "send the body with Content-Type: " + FORM);
    }
    try {
      var text = body.toString(StandardCharsets.UTF_8);
      return new QueryStringDecoder(text, StandardCharsets.UTF_8, false).parameters();
    } catch (IllegalArgumentException e) {
      throw new Refused("invalid_request", "the body cannot be decoded");
    }
  }

  /** By the header or in the body, not both (RFC 6749, 2.3). */
  private static HttpAccess.Client client(
      HttpServerRequest request, Map<String, List<String>> form) {
    var id = one(form, "client_id");
    var secret = one(form, "client_secret");
    if (HttpAccess.hasCredentials(request)) {
      if (secret.isPresent()) {
        throw new Refused("invalid_request", "credentials in the header and in the body");
      }
      var basic = HttpAccess.basic(request)
          .orElseThrow(() -> new Refused("invalid_client", "authenticate by Basic"));
      if (id.filter(named -> !named.equals(basic.id())).isPresent()) {
        throw new Refused("invalid_request", "client_id is another than the header's");
      }
      return basic;
    }
    if (id.isEmpty() || secret.isEmpty()) {
      throw new Refused("invalid_client", "client_id and client_secret are missing");
    }
    return new HttpAccess.Client(id.get(), secret.get());
  }

  private static Optional<String> one(Map<String, List<String>> form, String name) {
    var values = form.getOrDefault(name, List.of());
    if (values.size() > 1) {
      throw new Refused("invalid_request", name + " is given more than once");
    }
    return values.stream().findFirst().filter(value -> !value.isEmpty());
  }

  private static Set<Scope> scopes(Caller caller, Optional<String> asked) {
    if (asked.isEmpty()) {
      return caller.scopes();
    }
    var scopes = EnumSet.noneOf(Scope.class);
    Arrays.stream(asked.get().split(" "))
        .filter(text -> !text.isEmpty())
        .forEach(text -> scopes.add(Scope.parse(text)
            .filter(caller::may)
            .orElseThrow(() -> new Refused("invalid_scope", "the key lacks one of the scopes"))));
    return scopes;
  }

  private static Answer shape(Issued issued) {
    return Answer.ok(new JsonObject()
            .put("access_token", issued.token())
            .put("token_type", "bearer")
            .put("expires_in", issued.expiresInSeconds())
            .put(
                "scope",
                issued.scopes().stream()
                    .map(Scope::text)
                    .sorted()
                    .collect(Collectors.joining(" "))))
        .with("Pragma", "no-cache");
  }
}
