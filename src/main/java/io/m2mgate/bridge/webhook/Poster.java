package io.m2mgate.bridge.webhook;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * Owns the connections to receivers. A name is looked up for each request, and the request goes to an address that was found allowed,
 * by a connection to that very address: a name that means another address later leads nowhere else. Lives on one event loop.
 */
final class Poster {

  private static final int BODY_BYTES = 4 * 1024;
  private static final int HEADER_BYTES = 16 * 1024;
  /** The requests are bounded by who asks for them. */
  private static final int CONNECTIONS_PER_ADDRESS = 10_000;

  private final Vertx vertx;
  private final WebhookOptions.Requests limits;
  private final AddressRule rule;
  private final WorkerExecutor names;
  private final HttpClient client;

  /** @param headers all of them but those of the connection */
  record Order(Receiver to, Map<String, String> headers, String body) {}

  /** A request on its way. */
  final class Posting {
    private final Promise<Outcome> outcome = Promise.promise();
    private Optional<HttpClientRequest> request = Optional.empty();
    private long timer;

    private Posting() {
      timer = vertx.setTimer(
          limits.responseMillis(),
          now -> end(Outcome.failed(
              Outcome.Kind.TIMEOUT, "no answer within " + limits.responseMillis() + " ms")));
    }

    /** Never fails. */
    Future<Outcome> outcome() {
      return outcome.future();
    }

    void abort() {
      end(Outcome.failed(Outcome.Kind.FAILED, "given up"));
    }

    /** What is not over by then is cut off. */
    private void end(Outcome how) {
      if (outcome.tryComplete(how)) {
        vertx.cancelTimer(timer);
        request.ifPresent(HttpClientRequest::reset);
      }
    }

    private void requested(HttpClientRequest made, Buffer body) {
      request = Optional.of(made);
      if (outcome.future().isComplete()) {
        made.reset();
        return;
      }
      made.send(body).onComplete(this::answered, cause -> end(broken(cause)));
    }

    private void answered(HttpClientResponse response) {
      var how = Outcome.answered(
          response.statusCode(), Optional.ofNullable(response.getHeader("Retry-After")));
      int[] read = {0};
      response.handler(some -> {
        read[0] += some.length();
        if (read[0] > BODY_BYTES) {
          end(how);
        }
      });
      response.exceptionHandler(cause -> end(how));
      response.endHandler(end -> {
        request = Optional.empty();
        end(how);
      });
      vertx.cancelTimer(timer);
      timer = vertx.setTimer(limits.responseMillis(), now -> end(how));
    }
  }

  Poster(Vertx vertx, WebhookOptions.Requests limits, AddressRule rule) {
    this.vertx = vertx;
    this.limits = limits;
    this.rule = rule;
    names = vertx.createSharedWorkerExecutor("m2mgate-webhook-names", limits.resolvers());
    var options = new HttpClientOptions()
        .setVerifyHost(true)
        .setKeepAliveTimeout(limits.idleSeconds())
        .setIdleTimeout((int) TimeUnit.MILLISECONDS.toSeconds(limits.responseMillis()) + 1)
        .setMaxHeaderSize(HEADER_BYTES);
    limits
        .caFile()
        .ifPresent(file -> options.setTrustOptions(new PemTrustOptions().addCertPath(file)));
    client =
        vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(CONNECTIONS_PER_ADDRESS));
  }

  Posting post(Order order) {
    var posting = new Posting();
    addresses(order.to())
        .compose(found -> {
          var allowed = found.stream().filter(rule::allows).toList();
          if (allowed.isEmpty()) {
            return Future.failedFuture(new NotAllowed());
          }
          return connect(posting, order, allowed);
        })
        .onComplete(
            request -> posting.requested(request, Buffer.buffer(order.body())),
            cause -> vertx.runOnContext(now -> posting.end(broken(cause))));
    return posting;
  }

  /** By the first address that takes it. */
  private Future<HttpClientRequest> connect(
      Posting posting, Order order, List<InetAddress> allowed) {
    if (posting.outcome().isComplete()) {
      return Future.failedFuture("given up");
    }
    var made = client.request(options(order, allowed.get(0)));
    return allowed.size() == 1
        ? made
        : made.recover(cause -> connect(posting, order, allowed.subList(1, allowed.size())));
  }

  private Future<List<InetAddress>> addresses(Receiver of) {
    return of.literal()
        .map(literal -> Future.succeededFuture(List.of(literal)))
        .orElseGet(() ->
            names.executeBlocking(() -> Arrays.asList(InetAddress.getAllByName(of.host())), false));
  }

  private RequestOptions options(Order order, InetAddress address) {
    var to = order.to();
    var options = new RequestOptions()
        .setMethod(HttpMethod.POST)
        .setServer(SocketAddress.inetSocketAddress(to.port(), address.getHostAddress()))
        .setHost(to.host())
        .setPort(to.port())
        .setSsl(to.tls())
        .setURI(to.path())
        .setFollowRedirects(false)
        .setConnectTimeout(limits.connectMillis());
    to.bracketed().ifPresent(host -> options.addHeader("Host", host));
    order.headers().forEach(options::addHeader);
    return options;
  }

  /** In our own words: those of the libraries may hold what was sent. */
  private static Outcome broken(Throwable cause) {
    if (cause instanceof NotAllowed) {
      return Outcome.failed(Outcome.Kind.REFUSED, "its address is not one that may be called");
    }
    if (cause instanceof UnknownHostException) {
      return Outcome.failed(Outcome.Kind.FAILED, "its name has no address");
    }
    for (var at = cause; at != null; at = at.getCause()) {
      if (at instanceof SSLException || at instanceof GeneralSecurityException) {
        return Outcome.failed(Outcome.Kind.FAILED, "no TLS with it, or not under its name");
      }
    }
    return Outcome.failed(Outcome.Kind.FAILED, "no connection, or one that broke");
  }

  Future<Void> close() {
    return client.close().compose(done -> names.close());
  }

  /** Every address of the receiver is one that must not be called. */
  private static final class NotAllowed extends RuntimeException {
    NotAllowed() {
      super("not allowed", null, false, false);
    }
  }
}
