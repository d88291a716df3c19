package io.m2mgate.bridge.mqtt;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Caller;
import io.m2mgate.bridge.Later;
import io.m2mgate.bridge.Taps;
import io.m2mgate.bridge.mqtt.Wills.Will;
import io.m2mgate.session.RefusalLog;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.mqtt.MqttEndpoint;
import io.vertx.mqtt.messages.MqttDisconnectMessage;
import io.vertx.mqtt.messages.codes.MqttDisconnectReasonCode;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns one authenticated client from taking its client id to letting it go: session, delivery and the order in which
 * they end. Lives on the connection's event loop; only {@link #superseded} and the end by a revoked key come from
 * elsewhere.
 */
final class MqttConnection implements ClientIds.Holder {

  private static final Logger LOG = LoggerFactory.getLogger(MqttConnection.class);

  /** Ends that are not the client's, after which nothing is done in its name any more. */
  private static final Set<MqttDisconnectReasonCode> OURS = Set.of(
      MqttDisconnectReasonCode.ADMINISTRATIVE_ACTION,
      MqttDisconnectReasonCode.SERVER_SHUTTING_DOWN);

  private final Context context;
  private final Bridge bridge;
  private final MqttEndpoint endpoint;
  private final Caller caller;
  private final ClientIds.Key key;
  private final ConnectTerms terms;
  private final ClientSession session;
  private final Promise<Void> finished = Promise.promise();
  private Optional<Taps.Tap> tap = Optional.empty();
  private Optional<Will> will;
  private boolean accepted;
  private boolean closed;

  /** What all connections of one listener share. */
  record Bridge(
      BridgeParts parts,
      MqttOptions options,
      ClientIds clients,
      MqttFigures figures,
      RefusalLog refusals,
      GatewayStatus status,
      Shares shares,
      Wills wills) {}

  MqttConnection(
      Vertx vertx, Bridge bridge, MqttEndpoint endpoint, Caller caller, ConnectTerms terms) {
    this.context = vertx.getOrCreateContext();
    this.bridge = bridge;
    this.endpoint = endpoint;
    this.caller = caller;
    this.terms = terms;
    this.will = Will.of(endpoint);
    this.key = new ClientIds.Key(caller.app().orElseThrow(), terms.clientId());
    var limits = new Outflow.Limits(
        Math.min(Delivery.IDS, Math.min(bridge.options().window(), terms.receiveMaximum())),
        bridge.options().unsentBytes(),
        terms.packetBytes());
    this.session = new ClientSession(vertx, this, bridge, new Outflow(endpoint, limits));
  }

  /**
   * Takes the client id, finds the session and answers CONNECT. Completes when accepted, or fails when that is not
   * possible.
   */
  Future<Void> open() {
    endpoint.closeHandler(gone -> end(Optional.empty()));
    endpoint.disconnectMessageHandler(this::left);
    return Later.on(context, bridge.clients().take(key, this))
        .compose(taken -> session.open())
        .map(present -> {
          if (closed) {
            finish();
          } else {
            accept(present);
          }
          return (Void) null;
        })
        .onFailure(failure -> {
          closed = true;
          finish();
        });
  }

  @Override
  public Future<Void> superseded() {
    bridge.figures().takenOver();
    context.runOnContext(now -> end(Optional.of(MqttDisconnectReasonCode.SESSION_TAKEN_OVER)));
    return finished.future();
  }

  /** Ends it with a reason that an MQTT 5 client is told; completes when its session is stored. */
  Future<Void> end(Optional<MqttDisconnectReasonCode> reason) {
    if (closed) {
      return finished.future();
    }
    closed = true;
    endpoint.autoKeepAlive(false);
    tap.ifPresent(Taps.Tap::close);
    session.stop();
    if (reason.isPresent()) {
      disconnect(reason.get());
    }
    if (accepted && reason.filter(OURS::contains).isEmpty()) {
      will.ifPresent(last -> bridge.wills().left(key, caller, last, session.keepMillis()));
    }
    // Before the answer to CONNECT the opening chain finishes; nothing is to be stored then.
    if (accepted) {
      Later.on(context, session.leave()).onComplete(done -> finish());
    }
    return finished.future();
  }

  private void left(MqttDisconnectMessage message) {
    ConnectTerms.expiry(message.properties()).ifPresent(session::keepFor);
    if (message.code() == MqttDisconnectReasonCode.NORMAL) {
      will = Optional.empty();
    }
  }

  /** The log or the key is gone. */
  void ended() {
    end(Optional.of(MqttDisconnectReasonCode.ADMINISTRATIVE_ACTION));
  }

  /** Stores what was acknowledged since the last time; called on a timer. */
  void commit() {
    if (accepted) {
      session.commit();
    }
  }

  void delivered() {
    tap.ifPresent(open -> open.delivered(1));
  }

  /** Completes when it has let go of its client id. */
  Future<Void> finished() {
    return finished.future();
  }

  ClientSession session() {
    return session;
  }

  Caller caller() {
    return caller;
  }

  ClientIds.Key key() {
    return key;
  }

  ConnectTerms terms() {
    return terms;
  }

  boolean isClosed() {
    return closed;
  }

  private void accept(boolean present) {
    accepted = true;
    tap = Optional.of(bridge
        .parts()
        .taps()
        .open(
            Taps.Kind.MQTT,
            caller,
            key.app(),
            session::lag,
            () -> context.runOnContext(now -> ended())));
    bridge.wills().connected(key, !present);
    endpoint.accept(present, terms.answer(bridge.options()));
    session.start();
  }

  private void finish() {
    bridge.clients().release(key, this);
    finished.tryComplete();
  }

  private void disconnect(MqttDisconnectReasonCode reason) {
    try {
      if (accepted && terms.version5()) {
        endpoint.disconnect(reason, MqttProperties.NO_PROPERTIES);
      } else {
        endpoint.close();
      }
    } catch (IllegalArgumentException | IllegalStateException alreadyClosed) {
      LOG.trace("{} was closed", key);
    }
  }
}
