package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.util.List;

/**
 * Owns one HTTP listener of the application side, on its own event loop. Instances share nothing but their parts, so
 * several may listen on one port. HTTP/1.1 only: a stalled stream is ended by its connection, which HTTP/2 would share.
 */
public final class HttpBridgeVerticle extends VerticleBase {

  private static final int MAX_URI = 8 * 1024;
  private static final int MAX_HEADERS = 16 * 1024;
  private static final int IDLE_SECONDS = 120;

  private final BridgeParts parts;
  private final HttpOptions options;
  private HttpServer server;

  public HttpBridgeVerticle(BridgeParts parts, HttpOptions options) {
    this.parts = parts;
    this.options = options;
  }

  @Override
  public Future<?> start() {
    server = vertx
        .createHttpServer(serverOptions())
        .invalidRequestHandler(ProblemAnswers::unreadable)
        .requestHandler(router());
    return server.listen();
  }

  @Override
  public Future<?> stop() {
    return server.close();
  }

  /** The bound port, once deployed. */
  public int port() {
    return server.actualPort();
  }

  private Router router() {
    var endpoints = new Endpoints(parts, context, options.maxBodyBytes());
    new ApplicationRoutes(parts).add(endpoints);
    new TerminalBulkRoutes(parts, options.uploads(), context).add(endpoints);
    new KeyRoutes(parts).add(endpoints);
    new OAuthRoutes(parts, options.maxBodyBytes()).add(endpoints);
    new SessionRoutes(parts).add(endpoints);
    new OwnApplicationRoutes(parts).add(endpoints);
    new TerminalAdminRoutes(parts).add(endpoints);
    new ProfileRoutes(parts).add(endpoints);
    new AuditRoutes(parts).add(endpoints);
    new DiagnosticRoutes(parts).add(endpoints);
    new MessageRoutes(parts).add(endpoints);
    new DecodeRoutes(parts).add(endpoints);
    new TraceRoutes(vertx, parts, options).add(endpoints);
    new TerminalRoutes(parts).add(endpoints);
    new ParameterRoutes(parts, options.maxWaitSeconds()).add(endpoints);
    new ReconciliationRoutes(parts).add(endpoints);
    new HistoryRoutes(parts).add(endpoints);
    new KeyExpiryRoutes(parts).add(endpoints);
    new AlarmRoutes(parts).add(endpoints);
    new RotationRoutes(parts).add(endpoints);
    new CommandRoutes(parts, options.maxWaitSeconds()).add(endpoints);
    new PackageRoutes(parts, context).add(endpoints);
    new UpgradeRoutes(parts).add(endpoints);
    new EventRoutes(vertx, parts, options).add(endpoints);
    new StreamRoutes(vertx, parts, options).add(endpoints);
    new SocketRoutes(vertx, parts, options).add(endpoints);
    new ConsumerRoutes(parts).add(endpoints);
    new WebhookRoutes(parts).add(endpoints);
    new HealthRoutes(vertx, parts, options).add(endpoints);
    new DocsRoutes(vertx, options.docs()).add(endpoints);
    var router = Router.router(vertx);
    router.route(SocketRoutes.PATH).handler(SocketKey::lift);
    endpoints.mount(router);
    return router;
  }

  private HttpServerOptions serverOptions() {
    var server = new HttpServerOptions()
        .setTcpUserTimeout((int) Math.min(options.streamStallMillis(), Integer.MAX_VALUE))
        .setHttp2ClearTextEnabled(false)
        .setHost(options.host())
        .setPort(options.port())
        .setMaxInitialLineLength(MAX_URI)
        .setMaxHeaderSize(MAX_HEADERS)
        .setIdleTimeout(IDLE_SECONDS)
        .setTcpNoDelay(true)
        .setMaxWebSocketFrameSize(parts.consumers().limits().messageBytes())
        .setMaxWebSocketMessageSize(parts.consumers().limits().messageBytes())
        .setPerMessageWebSocketCompressionSupported(false)
        .setPerFrameWebSocketCompressionSupported(false)
        .setWebSocketSubProtocols(List.of(SocketKey.PROTOCOL));
    options.tls().ifPresent(tls -> tls.protect(server));
    return server;
  }
}
