package io.m2mgate.net;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a listener's TLS like its files: what is new in them and makes sense takes the place of what was; what makes none is told once,
 * and what was stays. Reads on worker threads, one look at a time; any thread may ask.
 */
public final class TlsFiles {
  private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);

  private final Vertx vertx;
  private final String listener;
  private final PemFiles files;
  private final CurrentKey key;
  private final Optional<CurrentTrust> clients;
  private String seen; // only by the one that looks
  private boolean looking; // guarded by this

  private TlsFiles(
      Vertx vertx,
      String listener,
      PemFiles files,
      String seen,
      CurrentKey key,
      Optional<CurrentTrust> clients) {
    this.vertx = vertx;
    this.listener = listener;
    this.files = files;
    this.seen = seen;
    this.key = key;
    this.clients = clients;
  }

  /**
   * Reads the files. Fails where they make no sense.
   *
   * @param listener section of its settings, as in {@code terminal.tcp}
   */
  public static Future<TlsFiles> read(Vertx vertx, String listener, PemFiles files) {
    return vertx.executeBlocking(() -> {
      String seen = files.fingerprint();
      CurrentKey key = new CurrentKey(PemFiles.readKey(vertx, files.certificate(), files.key()));
      Optional<CurrentTrust> clients = files.clientCa().isEmpty()
          ? Optional.empty()
          : Optional.of(
              new CurrentTrust(PemFiles.readTrusted(vertx, files.clientCa().get())));
      return new TlsFiles(vertx, listener, files, seen, key, clients);
    });
  }

  /** @param required a client that shows no certificate is refused */
  public ListenerTls listener(boolean required) {
    return new ListenerTls(key, clients, required);
  }

  /** Looks whether the files have changed; nothing while the look before is not through. */
  public void look() {
    synchronized (this) {
      if (looking) {
        return;
      }
      looking = true;
    }
    vertx
        .executeBlocking(() -> {
          reread();
          return null;
        })
        .onComplete(done -> {
          synchronized (this) {
            looking = false;
          }
        });
  }

  private void reread() {
    String now;
    try {
      now = files.fingerprint();
    } catch (IOException e) {
      now = "cannot be read: " + e;
    }
    if (now.equals(seen)) {
      return;
    }
    seen = now;
    try {
      var nextKey = PemFiles.readKey(vertx, files.certificate(), files.key());
      if (clients.isPresent()) {
        clients.get().use(PemFiles.readTrusted(vertx, files.clientCa().orElseThrow()));
      }
      key.use(nextKey);
      LOG.info("{}.tls: new connections use the files as they are now", listener);
    } catch (Exception e) {
      LOG.warn(
          "{}.tls: the changed files are not used, what was stays: {}", listener, e.toString());
    }
  }
}
