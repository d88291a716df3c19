package io.m2mgate.bridge.mqtt;

import io.m2mgate.net.ListenerTls;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How the MQTT bridge listens and what it bounds.
 *
 * @param port 0 = any
 * @param tls absent = plain text (whether that is allowed is the settings' check)
 * @param window messages that one subscriber may have unacknowledged
 * @param unsentBytes of one subscriber that may wait in its socket's queue
 * @param maxMessageBytes of what a client sends
 * @param requestsPerSecond of one client; one that sends more is closed
 * @param stallMillis a client that acknowledges nothing on TCP for so long is closed
 * @param commitMillis at most so long after a PUBACK a persistent session's cursor is stored
 * @param sessions bounds of what is stored
 */
public record MqttOptions(
    String host,
    int port,
    Optional<ListenerTls> tls,
    int window,
    int unsentBytes,
    int maxMessageBytes,
    int maxConnections,
    int maxSubscriptions,
    int maxClientIdLength,
    int connectTimeoutSeconds,
    int requestsPerSecond,
    int stallMillis,
    long commitMillis,
    Sessions sessions) {

  private static final long SHARED_QUEUES = 16;

  /**
   * @param expirySeconds the longest time that a session is kept without its client
   * @param most stored sessions of one application
   * @param groups shared subscriptions of one application
   */
  public record Sessions(long expirySeconds, int most, int groups) {}

  /** How a shared subscription is bounded: what waits as one window does, what is in flight by a few sockets' queues. */
  ShareGroup.Limits shareLimits() {
    return new ShareGroup.Limits(
        window,
        SHARED_QUEUES * unsentBytes,
        TimeUnit.SECONDS.toNanos(1),
        TimeUnit.MILLISECONDS.toNanos(stallMillis));
  }

  public static MqttOptions at(String host, int port) {
    return new MqttOptions(
        host,
        port,
        Optional.empty(),
        64,
        256 * 1024,
        64 * 1024,
        10_000,
        100,
        128,
        10,
        500,
        30_000,
        500,
        new Sessions(2_592_000, 1_000, 100));
  }

  public MqttOptions withWindow(int messages) {
    return new MqttOptions(
        host,
        port,
        tls,
        messages,
        unsentBytes,
        maxMessageBytes,
        maxConnections,
        maxSubscriptions,
        maxClientIdLength,
        connectTimeoutSeconds,
        requestsPerSecond,
        stallMillis,
        commitMillis,
        sessions);
  }

  public MqttOptions withSessions(Sessions bounds) {
    return new MqttOptions(
        host,
        port,
        tls,
        window,
        unsentBytes,
        maxMessageBytes,
        maxConnections,
        maxSubscriptions,
        maxClientIdLength,
        connectTimeoutSeconds,
        requestsPerSecond,
        stallMillis,
        commitMillis,
        bounds);
  }
}
