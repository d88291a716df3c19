package io.m2mgate.ops;

import io.m2mgate.config.Settings;
import io.m2mgate.config.TlsSettings;
import io.m2mgate.config.TlsSettings.ClientAuth;
import io.m2mgate.net.ListenerTls;
import io.m2mgate.net.PemFiles;
import io.m2mgate.net.TlsFiles;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The TLS of all listeners (6.2), and the timer that keeps it like its files. Made once, at the start. */
final class TlsParts {

  static final String TERMINALS = "terminal.tcp";
  static final String HTTP = "http";
  static final String MQTT = "mqtt";

  private final Vertx vertx;
  private final Map<String, TlsSettings> settings;
  private final Map<String, TlsFiles> files = new ConcurrentHashMap<>();

  TlsParts(Vertx vertx, Settings settings) {
    this.vertx = vertx;
    this.settings = Map.of(
        TERMINALS, settings.terminal().tcp().tls(),
        HTTP, settings.http().tls(),
        MQTT, settings.mqtt().tls());
  }

  /** Reads the files of the listeners that speak TLS. Fails with a {@link StartFault} where they make no sense. */
  Future<Void> open() {
    List<Future<Void>> reads = settings.entrySet().stream()
        .filter(listener -> listener.getValue().enabled())
        .map(listener -> read(listener.getKey(), listener.getValue()))
        .toList();
    return Future.all(reads).map(done -> {
      int seconds = settings.get(HTTP).reloadSeconds();
      if (seconds > 0 && !files.isEmpty()) {
        vertx.setPeriodic(
            TimeUnit.SECONDS.toMillis(seconds), timer -> files.values().forEach(TlsFiles::look));
      }
      return null;
    });
  }

  private Future<Void> read(String listener, TlsSettings tls) {
    boolean asks = tls.clientAuth() != ClientAuth.NONE;
    PemFiles pem = new PemFiles(
        tls.certificateFile().orElseThrow(),
        tls.keyFile().orElseThrow(),
        tls.clientCaFile().filter(file -> asks));
    return TlsFiles.read(vertx, listener, pem)
        .onSuccess(read -> files.put(listener, read))
        .recover(cause -> Future.failedFuture(new StartFault(
            listener + ".tls: the files cannot be used: " + StartFault.reason(cause), cause)))
        .mapEmpty();
  }

  /** What a listener speaks, once {@link #open} is done. */
  Optional<ListenerTls> of(String listener) {
    boolean required = settings.get(listener).clientAuth() == ClientAuth.REQUIRED;
    return Optional.ofNullable(files.get(listener)).map(read -> read.listener(required));
  }
}
