package io.m2mgate.bridge.mqtt;

import io.m2mgate.bridge.AccessRefused;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Caller;
import io.m2mgate.bridge.ClientAddress;
import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.Scope;
import io.m2mgate.net.OpenedVertx;
import io.m2mgate.session.RefusalLog;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.mqtt.MqttEndpoint;
import io.vertx.mqtt.MqttServer;
import io.vertx.mqtt.MqttServerOptions;
import io.vertx.mqtt.messages.codes.MqttDisconnectReasonCode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns one MQTT listener of the application side, the connections that came in by it and the subscriptions that these share, on its own
 * event loop. The members of a shared subscription all have to come in by one listener.
 */
public final class MqttBridgeVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(MqttBridgeVerticle.class);

  /** Client libraries drop what they have not handed on when their connection ends. */
  private static final long TOLD_MILLIS = 250;

  /** Messages that leave together at most. */
  private static final int TOGETHER = 256;

  private final BridgeParts parts;
  private final MqttOptions options;
  private final ClientIds clients;
  private final Set<MqttConnection> connections = new LinkedHashSet<>();
  private MqttConnection.Bridge bridge;
  private MqttServer server;

  /**
   * @param clients one for all instances, so that a client id is held once whichever instance it comes to
   */
  public MqttBridgeVerticle(BridgeParts parts, MqttOptions options, ClientIds clients) {
    this.parts = parts;
    this.options = options;
    this.clients = clients;
  }

  @Override
  public Future<?> start() {
    context.exceptionHandler(MqttBridgeVerticle::failed);
    var figures = new MqttFigures(parts.meters(), clients);
    bridge = new MqttConnection.Bridge(
        parts,
        options,
        clients,
        figures,
        new RefusalLog(),
        new GatewayStatus(parts, clients),
        new Shares(vertx, parts, figures, options),
        new Wills(vertx, parts, figures, options.maxConnections()));
    vertx.setPeriodic(options.commitMillis(), now -> {
      connections.forEach(MqttConnection::commit);
      bridge.shares().tick();
    });
    server = MqttServer.create(new OpenedVertx(vertx, MqttBridgeVerticle::equip), serverOptions())
        .exceptionHandler(
            failure -> LOG.debug("connection failed before CONNECT: {}", failure.toString()))
        .endpointHandler(this::connect);
    long now = System.currentTimeMillis();
    var stored = parts.store().consumers();
    return stored
        .abandon(SavedSession.KIND, now)
        .compose(begun -> stored.abandon(ShareHolders.KIND, now))
        .compose(begun -> server.listen());
  }

  /** What is sent in one turn leaves by one flush, and what a client sends before it is told that it is connected waits. */
  private static void equip(ChannelHandlerContext last) {
    last.pipeline()
        .addBefore(last.name(), "flushes", new FlushConsolidationHandler(TOGETHER, true))
        .addBefore(last.name(), "beforeConnack", new EarlyPackets());
  }

  /** vertx-mqtt throws on the loop what a client did out of order or said in unknown codes: that is the client's fault, not ours. */
  private static void failed(Throwable failure) {
    var trace = failure.getStackTrace();
    if (trace.length > 0 && trace[0].getClassName().startsWith("io.vertx.mqtt.")) {
      LOG.debug("packet out of place: {}", failure.toString());
    } else {
      LOG.error("unexpected failure", failure);
    }
  }

  /** Every client that asked is told, and every session is stored, before the listener is gone. */
  @Override
  public Future<?> stop() {
    bridge.status().stopping();
    var told = connections.stream()
        .map(MqttConnection::session)
        .filter(session -> session.subscriptions().status().isPresent())
        .map(ClientSession::tellStatus)
        .toList();
    return told.isEmpty()
        ? endAll()
        : Future.join(told).transform(done -> vertx.timer(TOLD_MILLIS)).transform(done -> endAll());
  }

  private Future<Void> endAll() {
    bridge.wills().close();
    var ends = List.copyOf(connections).stream()
        .map(open -> open.end(Optional.of(MqttDisconnectReasonCode.SERVER_SHUTTING_DOWN)))
        .toList();
    return Future.join(ends).transform(ended -> server.close());
  }

  /** The bound port, once deployed. */
  public int port() {
    return server.actualPort();
  }

  private void connect(MqttEndpoint endpoint) {
    endpoint.exceptionHandler(
        failure -> LOG.debug("{}: {}", endpoint.remoteAddress(), failure.toString()));
    var terms = ConnectTerms.of(endpoint);
    if (!terms.lawful()) {
      refuse(endpoint, terms, Refusal.PROTOCOL_ERROR);
      return;
    }
    boolean exactly = Wills.Will.of(endpoint).filter(will -> will.qos() > 1).isPresent();
    if (exactly && terms.version5()) {
      refuse(endpoint, terms, Refusal.QOS_NOT_SUPPORTED);
      return;
    }
    if (clients.size() >= options.maxConnections()) {
      refuse(endpoint, terms, Refusal.BUSY);
      return;
    }
    Later.on(context, authenticate(endpoint))
        .onComplete(
            caller -> {
              if (caller.may(Scope.DATA_READ)) {
                open(endpoint, caller, terms);
              } else {
                refuse(endpoint, terms, Refusal.NOT_AUTHORIZED);
              }
            },
            failure -> refuse(endpoint, terms, refusal(failure)));
  }

  /** The user is the application's code, the password one of its keys, tokens or sessions; the administrator key opens nothing here. */
  private Future<Caller> authenticate(MqttEndpoint endpoint) {
    var credentials = endpoint.auth();
    if (credentials == null || credentials.getPassword() == null) {
      return Future.failedFuture(AccessRefused.UNAUTHENTICATED);
    }
    var from = ClientAddress.of(endpoint.remoteAddress());
    return parts
        .admission()
        .admit(credentials.getPassword(), from)
        .compose(
            caller -> caller.app().filter(credentials.getUsername()::equals).isPresent()
                ? Future.succeededFuture(caller)
                : Future.<Caller>failedFuture(AccessRefused.UNAUTHENTICATED))
        .onFailure(cause -> parts.admission().refused(credentials.getUsername(), cause, from));
  }

  private void open(MqttEndpoint endpoint, Caller caller, ConnectTerms terms) {
    var connection = new MqttConnection(vertx, bridge, endpoint, caller, terms);
    new ClientRequests(connection, endpoint, bridge, terms, context).attach();
    connections.add(connection);
    connection.finished().onComplete(done -> connections.remove(connection));
    connection.open().onFailure(failure -> {
      if (failure instanceof ClientSession.Full) {
        refuse(endpoint, terms, Refusal.QUOTA_EXCEEDED);
      } else {
        LOG.warn("{} {}: session cannot be opened", caller.app(), terms.clientId(), failure);
        refuse(endpoint, terms, Refusal.BUSY);
      }
    });
  }

  /** Why a CONNECT is not accepted, with the code of each version. */
  private enum Refusal {
    BAD_CREDENTIALS(
        MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USER_NAME_OR_PASSWORD,
        MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USERNAME_OR_PASSWORD),
    NOT_AUTHORIZED(
        MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED,
        MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED_5),
    /** In version 3 only the client id can be wrong. */
    PROTOCOL_ERROR(
        MqttConnectReturnCode.CONNECTION_REFUSED_IDENTIFIER_REJECTED,
        MqttConnectReturnCode.CONNECTION_REFUSED_PROTOCOL_ERROR),
    /** A will of QoS 2 (MQTT 5, 3.2.2.3.4). */
    QOS_NOT_SUPPORTED(
        MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED,
        MqttConnectReturnCode.CONNECTION_REFUSED_QOS_NOT_SUPPORTED),
    /** Stored sessions; version 3 has no code of its own for it. */
    QUOTA_EXCEEDED(
        MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_UNAVAILABLE,
        MqttConnectReturnCode.CONNECTION_REFUSED_QUOTA_EXCEEDED),
    BUSY(
        MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_UNAVAILABLE,
        MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_UNAVAILABLE_5);

    private final MqttConnectReturnCode version3;
    private final MqttConnectReturnCode version5;

    Refusal(MqttConnectReturnCode version3, MqttConnectReturnCode version5) {
      this.version3 = version3;
      this.version5 = version5;
    }
  }

  private static Refusal refusal(Throwable failure) {
    if (failure instanceof AccessRefused refused) {
      return switch (refused.reason()) {
        case UNAUTHENTICATED, SESSION_EXPIRED -> Refusal.BAD_CREDENTIALS;
        case APP_DISABLED, ADDRESS_NOT_ALLOWED -> Refusal.NOT_AUTHORIZED;
        case BUSY -> Refusal.BUSY;
      };
    }
    if (failure instanceof Problem) {
      return Refusal.BUSY;
    }
    LOG.warn("CONNECT not answered by the store: {}", failure.toString());
    return Refusal.BUSY;
  }

  private void refuse(MqttEndpoint endpoint, ConnectTerms terms, Refusal refusal) {
    LOG.debug("{}: CONNECT of {} refused: {}", endpoint.remoteAddress(), terms.clientId(), refusal);
    bridge.figures().refused(refusal.name().toLowerCase(Locale.ROOT));
    try {
      if (terms.version5()) {
        var words = refusal.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        endpoint.reject(refusal.version5, terms.reason(words));
      } else {
        endpoint.reject(refusal.version3);
      }
    } catch (IllegalArgumentException | IllegalStateException gone) {
      LOG.trace("{} went before the answer", endpoint.remoteAddress());
    }
  }

  private MqttServerOptions serverOptions() {
    var server = new MqttServerOptions()
        .setHost(options.host())
        .setPort(options.port())
        .setMaxMessageSize(options.maxMessageBytes())
        .setMaxClientIdLength(options.maxClientIdLength())
        .setTimeoutOnConnect(options.connectTimeoutSeconds())
        .setAutoClientId(false);
    server.setTcpNoDelay(true);
    // Closing waits behind what is queued: only the kernel ends a client that never reads.
    server.setTcpUserTimeout(options.stallMillis());
    options.tls().ifPresent(tls -> tls.protect(server));
    return server;
  }
}
