package io.m2mgate.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rules between settings, each of which is valid alone; used once, by the thread that starts. */
final class SettingsRules {
  private final Settings settings;
  private final EffectiveSettings effective;
  private final List<SettingProblem> problems = new ArrayList<>();

  SettingsRules(Settings settings, EffectiveSettings effective) {
    this.settings = settings;
    this.effective = effective;
  }

  List<SettingProblem> check() {
    tlsFiles("terminal.tcp", settings.terminal().tcp().tls());
    tlsFiles("http", settings.http().tls());
    tlsFiles("mqtt", settings.mqtt().tls());
    applicationPlaintext();
    terminalPlaintext();
    expiry();
    reconcile();
    MirrorRules.check(settings.mirror()).forEach(this::problem);
    SmsRules.check(settings.sms()).forEach(this::problem);
    heartbeats();
    webhooks();
    return problems;
  }

  private void expiry() {
    CommandSettings commands = settings.commands();
    if (commands.expiresDefaultSeconds() > commands.expiresMaxSeconds()) {
      problem(
          "commands.expiresDefaultSeconds",
          "is more than commands.expiresMaxSeconds, " + commands.expiresMaxSeconds());
    }
  }

  private void heartbeats() {
    AccessSettings applications = settings.applications();
    if (applications.heartbeatSeconds() > applications.maxHeartbeatSeconds()) {
      problem(
          "applications.heartbeatSeconds",
          "is more than applications.maxHeartbeatSeconds, " + applications.maxHeartbeatSeconds());
    }
  }

  private void reconcile() {
    ParameterSettings.Reconcile reconcile = settings.parameters().reconcile();
    if (reconcile.ratePerSecond() > reconcile.maxRatePerSecond()) {
      problem(
          "parameters.reconcile.ratePerSecond",
          "is more than parameters.reconcile.maxRatePerSecond, " + reconcile.maxRatePerSecond());
    }
    if (reconcile.cap() > reconcile.maxCap()) {
      problem(
          "parameters.reconcile.cap",
          "is more than parameters.reconcile.maxCap, " + reconcile.maxCap());
    }
  }

  private void webhooks() {
    WebhookSettings webhooks = settings.webhooks();
    WebhookSettings.Requests requests = webhooks.requests();
    if (requests.inFlight() > requests.inFlightMax()) {
      problem("webhooks.inFlight", "is more than webhooks.inFlightMax, " + requests.inFlightMax());
    }
    if (webhooks.overlapSeconds() > webhooks.overlapMaxSeconds()) {
      problem(
          "webhooks.overlapSeconds",
          "is more than webhooks.overlapMaxSeconds, " + webhooks.overlapMaxSeconds());
    }
    if (requests.caFile().filter(file -> !Files.isReadable(file)).isPresent()) {
      problem("webhooks.caFile", "is not a readable file; expected a PEM file");
    }
  }

  private void applicationPlaintext() {
    HttpSettings http = settings.http();
    if (!http.tls().enabled() && !http.allowPlaintext() && !isLoopback(http.host())) {
      problem("http.host", plaintext("http"));
    }
    MqttSettings mqtt = settings.mqtt();
    if (mqtt.enabled()
        && !mqtt.tls().enabled()
        && !mqtt.allowPlaintext()
        && !isLoopback(mqtt.host())) {
      problem("mqtt.host", plaintext("mqtt"));
    }
  }

  private static String plaintext(String listener) {
    return "is not a loopback address, and " + listener + ".tls.enabled is false; set up "
        + listener + ".tls.*, or set " + listener + ".allowPlaintext: true";
  }

  private void terminalPlaintext() {
    if (settings.terminal().allowPlaintext()) {
      return;
    }
    TerminalSettings.Tcp tcp = settings.terminal().tcp();
    TerminalSettings.Udp udp = settings.terminal().udp();
    String advice =
        "is not a loopback address, and terminals speak in clear there; run the listener inside the"
            + " operator's APN or a VPN, and then set terminal.allowPlaintext: true";
    if (tcp.enabled() && !tcp.tls().enabled() && !isLoopback(tcp.host())) {
      problem("terminal.tcp.host", advice);
    }
    if (udp.enabled() && !isLoopback(udp.host())) {
      problem("terminal.udp.host", advice);
    }
  }

  private void tlsFiles(String listener, TlsSettings tls) {
    tlsFile(listener + ".tls.certificateFile", tls.certificateFile(), tls.enabled());
    tlsFile(listener + ".tls.keyFile", tls.keyFile(), tls.enabled());
    boolean asks = tls.clientAuth() != TlsSettings.ClientAuth.NONE;
    tlsFile(listener + ".tls.clientCaFile", tls.clientCaFile(), asks);
    if (asks && !tls.enabled()) {
      problem(
          listener + ".tls.clientAuth",
          "asks nobody while " + listener
              + ".tls.enabled is false; set that to true, or this to none");
    }
  }

  private void tlsFile(String key, Optional<Path> file, boolean needed) {
    if (file.isEmpty()) {
      if (needed) {
        problem(
            key,
            key.endsWith(".clientCaFile")
                ? "is needed while " + key.replace("clientCaFile", "clientAuth")
                    + " is not none; expected a PEM file"
                : "is needed while TLS is enabled; expected a PEM file");
      }
    } else if (!Files.isRegularFile(file.get()) || !Files.isReadable(file.get())) {
      problem(key, "'" + file.get() + "' is not a readable file; expected a PEM file");
    }
  }

  private void problem(String key, String message) {
    problems.add(new SettingProblem(effective.value(key).source(), key, message));
  }

  /** Judges by the text alone: a name is not resolved, and only localhost is known to stay on this machine. */
  static boolean isLoopback(String host) {
    String bare =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    return bare.equalsIgnoreCase("localhost")
        || Cidr.parse(bare).map(range -> range.network().isLoopbackAddress()).orElse(false);
  }
}
