package io.m2mgate.sms;

import io.m2mgate.api.ShortMessage;
import io.m2mgate.api.ShortMessageFault;
import io.m2mgate.api.ShortMessageFault.Kind;
import io.m2mgate.api.ShortMessageLink;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jsmpp.session.connection.ConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the connection to an SMPP 3.4 centre: one transceiver, bound again whenever it is lost, later each time that this fails. All of
 * that is on one thread of its own; {@link #send} may be called from any.
 */
final class SmppLink implements ShortMessageLink {

  private static final Logger LOG = LoggerFactory.getLogger(SmppLink.class);
  private static final int MOST_DOUBLINGS = 20;
  private static final long STEADY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final SmppOptions options;
  private final ConnectionFactory connections;
  private final ScheduledExecutorService connector =
      Executors.newSingleThreadScheduledExecutor(work -> {
        var thread = new Thread(work, "m2mgate-sms-connect");
        thread.setDaemon(true);
        return thread;
      });
  private volatile Optional<SmppSession> current = Optional.empty();
  private volatile Receiver receiver;
  private volatile boolean closed;
  private int failures;
  private long boundNanos;

  SmppLink(SmppOptions options, ConnectionFactory connections) {
    this.options = options;
    this.connections = connections;
  }

  @Override
  public Future<Void> open(Receiver told) {
    receiver = told;
    connector.execute(this::connect);
    return Future.succeededFuture();
  }

  private void connect() {
    if (closed) {
      return;
    }
    var session = new SmppSession(options, connections, receiver, this::lost);
    try {
      session.bind();
    } catch (IOException | RuntimeException e) {
      receiver.state(false, options.host() + ":" + options.port() + ": " + SmppStatus.reason(e));
      again(SmppStatus.isRefusal(e) ? options.times().longestPause() : growing());
      return;
    }
    boundNanos = System.nanoTime();
    current = Optional.of(session);
    receiver.state(true, "");
  }

  private void lost(String reason) {
    try {
      connector.execute(() -> gone(reason));
    } catch (RejectedExecutionException closing) {
      LOG.debug("the session ended as the link did: {}", reason);
    }
  }

  private void gone(String reason) {
    if (current.isEmpty()) {
      return;
    }
    current = Optional.empty();
    receiver.state(false, reason);
    if (System.nanoTime() - boundNanos > STEADY_NANOS) {
      failures = 0;
    }
    again(growing());
  }

  private long growing() {
    SmppOptions.Times times = options.times();
    long pause =
        Math.min(times.longestPause(), times.firstPause() << Math.min(failures, MOST_DOUBLINGS));
    failures++;
    return pause;
  }

  private void again(long pauseMillis) {
    if (!closed) {
      long by = pauseMillis / 2 + ThreadLocalRandom.current().nextLong(pauseMillis / 2 + 1);
      connector.schedule(this::connect, Math.max(1, by), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public Future<String> send(ShortMessage message) {
    return current
        .map(session -> session.submit(message))
        .orElseGet(() ->
            Future.failedFuture(new ShortMessageFault(Kind.LATER, "the centre is not connected")));
  }

  @Override
  public Future<Void> close() {
    closed = true;
    Future<Void> done = current.map(SmppSession::closed).orElseGet(Future::succeededFuture);
    current.ifPresent(session -> connector.execute(session::close));
    connector.shutdown();
    return done;
  }
}
