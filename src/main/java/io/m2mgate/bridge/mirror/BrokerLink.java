package io.m2mgate.bridge.mirror;

import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.MqttClientOptions;
import io.vertx.mqtt.MqttConnectionException;
import io.vertx.mqtt.messages.MqttPublishMessage;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the connection to the broker: makes it, notices when it is gone or silent, and makes the next one after a pause that grows.
 * Lives on the event loop that it was made on; only {@link #isConnected} may be asked from elsewhere.
 */
final class BrokerLink {

  private static final Logger LOG = LoggerFactory.getLogger(BrokerLink.class);
  private static final int MOST_DOUBLINGS = 20;

  private final Vertx vertx;
  private final MirrorOptions options;
  private final MirrorFigures figures;
  private final Owner owner;
  private final MqttClientOptions clientOptions;
  private volatile boolean connected;
  private MqttClient client;
  /** Of the connection in use; what is heard of an earlier one means nothing. */
  private long generation;

  private int failures;
  private String told = "";
  private long heardNanos;
  private long timer = -1;
  private boolean stopped;

  /** What is made of it; called on the event loop. */
  interface Owner {
    void connected(MqttClient broker);

    void acknowledged(int packetId);

    void arrived(MqttPublishMessage message);

    /** The connection is gone; another one follows. */
    void lost();
  }

  BrokerLink(Vertx vertx, MirrorOptions options, MirrorFigures figures, Owner owner) {
    this.vertx = vertx;
    this.options = options;
    this.figures = figures;
    this.owner = owner;
    this.clientOptions = clientOptions(options);
  }

  /** Any thread. */
  boolean isConnected() {
    return connected;
  }

  void start() {
    long mine = ++generation;
    client = MqttClient.create(vertx, clientOptions)
        .exceptionHandler(failure -> LOG.debug("broker: {}", failure.toString()))
        .closeHandler(gone -> lose(mine, "it closed the connection"))
        .publishCompletionHandler(id -> heard(mine, () -> owner.acknowledged(id)))
        .publishCompletionUnknownPacketIdHandler(id -> heard(mine, () -> {}))
        .pingResponseHandler(pong -> heard(mine, () -> {}))
        .publishHandler(message -> heard(mine, () -> owner.arrived(message)))
        .subscribeCompletionHandler(answer -> heard(mine, () -> {
          if (answer.grantedQoSLevels().stream().anyMatch(level -> level > 2)) {
            LOG.warn("the mirror's broker refuses the subscription to requests");
          }
        }));
    timer = vertx.setTimer(
        TimeUnit.SECONDS.toMillis(options.broker().connectSeconds()),
        late -> lose(mine, "no CONNACK in time"));
    client
        .connect(options.broker().port(), options.broker().host())
        .onComplete(accepted -> opened(mine), refused -> lose(mine, reason(refused)));
  }

  private static String reason(Throwable failure) {
    if (failure instanceof MqttConnectionException refused) {
      return "it refused CONNECT: " + refused.code();
    }
    // What is wrong with a certificate stands at the end of the chain.
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root == failure
        ? String.valueOf(failure.getMessage())
        : failure.getMessage() + ": " + root.getMessage();
  }

  private void opened(long mine) {
    if (mine != generation) {
      return;
    }
    connected = true;
    told = "";
    heardNanos = System.nanoTime();
    figures.connected();
    LOG.info("mirror connected to {}", name());
    vertx.cancelTimer(timer);
    timer = vertx.setPeriodic(
        TimeUnit.SECONDS.toMillis(options.broker().keepAliveSeconds()) / 2, now -> watch(mine));
    owner.connected(client);
  }

  private void heard(long mine, Runnable what) {
    if (mine == generation) {
      heardNanos = System.nanoTime();
      failures = 0;
      what.run();
    }
  }

  /** A broker that stands still closes nothing. */
  private void watch(long mine) {
    long silentMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - heardNanos);
    if (silentMillis > 1_500L * options.broker().keepAliveSeconds()) {
      lose(mine, "silent for " + silentMillis + " ms");
    } else if (mine == generation && client.isConnected()) {
      client.ping();
    }
  }

  /** Ends the connection; the broker sends again what it has no acknowledgement of. */
  void renew(String why) {
    lose(generation, why);
  }

  private void lose(long mine, String why) {
    if (mine != generation || stopped) {
      return;
    }
    generation++;
    vertx.cancelTimer(timer);
    boolean was = connected;
    connected = false;
    figures.failed();
    if (was || !why.equals(told)) {
      LOG.warn("mirror has no connection to {}: {}", name(), why);
    }
    told = why;
    disconnect();
    if (was) {
      owner.lost();
    }
    timer = vertx.setTimer(pauseMillis(), over -> start());
  }

  private long pauseMillis() {
    var broker = options.broker();
    long pause =
        Math.min(broker.mostMillis(), broker.firstMillis() << Math.min(failures, MOST_DOUBLINGS));
    failures++;
    return Math.max(1, pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1));
  }

  /** Says DISCONNECT and makes no other connection. */
  void stop() {
    stopped = true;
    generation++;
    connected = false;
    vertx.cancelTimer(timer);
    disconnect();
  }

  private void disconnect() {
    try {
      client.disconnect();
    } catch (IllegalStateException gone) {
      LOG.trace("the connection was closed", gone);
    }
  }

  private String name() {
    return options.broker().host() + ":" + options.broker().port();
  }

  private static MqttClientOptions clientOptions(MirrorOptions options) {
    var broker = options.broker();
    var made = new MqttClientOptions()
        .setClientId(broker.clientId())
        // Without requests there is nothing that the broker should keep.
        .setCleanSession(!options.requests().enabled())
        .setKeepAliveInterval(broker.keepAliveSeconds())
        .setAutoKeepAlive(false)
        .setMaxInflightQueue(options.limits().window() + 1)
        .setMaxMessageSize(options.requests().packetBytes());
    made.setAutoAck(false);
    made.setConnectTimeout((int) TimeUnit.SECONDS.toMillis(broker.connectSeconds()));
    made.setTcpNoDelay(true);
    // Closing waits behind what is queued: only the kernel ends a connection whose other end never
    // reads.
    made.setTcpUserTimeout((int) TimeUnit.SECONDS.toMillis(2L * broker.keepAliveSeconds()));
    broker.credentials().ifPresent(who -> made.setUsername(who.user()).setPassword(who.password()));
    broker.tls().ifPresent(tls -> tls(made, tls));
    return made;
  }

  private static void tls(MqttClientOptions made, MirrorOptions.Tls tls) {
    made.setSsl(true)
        .setHostnameVerificationAlgorithm(tls.verifyHost() ? "HTTPS" : "")
        .setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"));
    tls.authorities()
        .ifPresent(
            file -> made.setTrustOptions(new PemTrustOptions().addCertPath(file.toString())));
    if (tls.certificate().isPresent() && tls.key().isPresent()) {
      made.setKeyCertOptions(new PemKeyCertOptions()
          .setCertPath(tls.certificate().get().toString())
          .setKeyPath(tls.key().get().toString()));
    }
  }
}
