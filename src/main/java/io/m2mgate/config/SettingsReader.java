package io.m2mgate.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Turns checked texts into the records of {@link Settings}; used once, by the thread that starts. */
final class SettingsReader {
  private final EffectiveSettings values;

  private SettingsReader(EffectiveSettings values) {
    this.values = values;
  }

  static Settings read(EffectiveSettings values) {
    return new SettingsReader(values).settings();
  }

  private Settings settings() {
    return new Settings(
        new Settings.Data(path("data.dir")),
        new Settings.Node(text("node.name")),
        store(),
        terminal(),
        number("lanes"),
        new Settings.Lane(number("lane.creditFrames"), number("lane.creditBytes")),
        new Settings.Commit(
            number("commit.maxRows"),
            number("commit.maxDelayMillis"),
            number("commit.queuedUnits"),
            number("commit.logoutMillis")),
        new Settings.Segments(
            number("segments.maxBytes"),
            number("segments.maxParts"),
            number("segments.messageBytes"),
            number("segments.openSeconds"),
            number("segments.ackSeconds")),
        new Settings.Exchanges(
            number("exchange.maxTerminals"),
            number("exchange.queueLength"),
            number("commands.effectSeconds")),
        commands("commands."),
        parameters("parameters."),
        relay("relay."),
        consumers("consumers."),
        new Settings.Packages(
            values.typed("packages.maxBytes", Long.class), number("packages.uploads")),
        campaigns("campaigns."),
        upgrades("upgrades."),
        http(),
        applications("applications."),
        mqtt(),
        registration(),
        security(),
        new Settings.Admission(
            number("admission.loginsPerSecond"),
            number("admission.queueSeconds"),
            number("admission.queueLength")),
        new Settings.Presence(number("presence.silentPercent")),
        retention(),
        new Settings.Traces(
            number("traces.max"),
            number("traces.maxSeconds"),
            number("traces.bufferFrames"),
            number("traces.bufferBytes")),
        new Settings.Folder(path("plugins.dir")),
        new Settings.Folder(path("dialects.dir")),
        webhooks("webhooks."),
        MirrorSettings.read(values),
        SmsSettings.read(values),
        MessageSettings.read(values),
        log());
  }

  private RetentionSettings retention() {
    return new RetentionSettings(
        bound("events"),
        bound("audit"),
        bound("traces"),
        new RetentionSettings.Alarms(
            number("retention.alarms.days"),
            number("retention.alarms.cleared"),
            number("retention.alarms.open")));
  }

  private ParameterSettings parameters(String prefix) {
    return new ParameterSettings(
        number(prefix + "sends"),
        number(prefix + "windowSeconds"),
        number(prefix + "looksPerSecond"),
        new ParameterSettings.Reconcile(
            number(prefix + "reconcile.ratePerSecond"),
            number(prefix + "reconcile.maxRatePerSecond"),
            number(prefix + "reconcile.cap"),
            number(prefix + "reconcile.maxCap"),
            number(prefix + "reconcile.maxSerials"),
            number(prefix + "reconcile.maxOpen"),
            number(prefix + "reconcile.looks"),
            number(prefix + "reconcile.endSeconds")));
  }

  private RelaySettings relay(String prefix) {
    return new RelaySettings(
        number(prefix + "maxPerTerminal"),
        number(prefix + "maxPerApplication"),
        number(prefix + "expiresSeconds"));
  }

  private ConsumerSettings consumers(String prefix) {
    return new ConsumerSettings(
        number(prefix + "max"),
        number(prefix + "idleDays"),
        number(prefix + "checkSeconds"),
        number(prefix + "messageBytes"));
  }

  private CommandSettings commands(String prefix) {
    return new CommandSettings(
        number(prefix + "maxPerTerminal"),
        number(prefix + "maxPerApplication"),
        number(prefix + "maxWaiting"),
        number(prefix + "expiresDefaultSeconds"),
        number(prefix + "expiresMaxSeconds"),
        number(prefix + "checkSeconds"),
        number(prefix + "lanesTurnSeconds"),
        number(prefix + "looksPerSecond"),
        number(prefix + "readRounds"),
        number(prefix + "retentionDays"));
  }

  private CampaignSettings campaigns(String prefix) {
    return new CampaignSettings(
        number(prefix + "checkSeconds"),
        number(prefix + "concurrency"),
        number(prefix + "retries"),
        number(prefix + "retrySeconds"),
        number(prefix + "offerDays"),
        number(prefix + "successThreshold"),
        number(prefix + "errorThreshold"));
  }

  private UpgradeSettings upgrades(String prefix) {
    return new UpgradeSettings(
        values.typed(prefix + "cacheBytes", Long.class),
        number(prefix + "readers"),
        number(prefix + "maxBlockBytes"),
        values.typed(prefix + "bytesPerSecond", Long.class),
        values.typed(prefix + "terminalBytesPerSecond", Long.class),
        number(prefix + "waiting"),
        number(prefix + "waitingPerTerminal"),
        number(prefix + "waitSeconds"),
        number(prefix + "terminals"),
        number(prefix + "lookSeconds"),
        number(prefix + "noteSeconds"),
        number(prefix + "errorSeconds"),
        number(prefix + "installSeconds"));
  }

  private StoreSettings store() {
    return new StoreSettings(
        values.typed("store.url", StoreUrl.class),
        number("store.readers"),
        new StoreSettings.Postgres(
            number("store.postgres.poolSize"),
            number("store.postgres.logConnections"),
            number("store.postgres.openSeconds"),
            number("store.postgres.answerSeconds")));
  }

  private TerminalSettings terminal() {
    String tcp = "terminal.tcp";
    String udp = "terminal.udp";
    return new TerminalSettings(
        new TerminalSettings.Tcp(
            flag(tcp + ".enabled"), text(tcp + ".host"), number(tcp + ".port"), tls(tcp)),
        new TerminalSettings.Udp(
            flag(udp + ".enabled"), text(udp + ".host"), number(udp + ".port")),
        number("terminal.maxFrame"),
        new TerminalSettings.Advertised(
            maybe("terminal.advertised.host"),
            maybePort("terminal.advertised.tcpPort"),
            maybePort("terminal.advertised.udpPort")),
        flag("terminal.allowPlaintext"),
        limits("terminal.limits."));
  }

  private TerminalSettings.Limits limits(String prefix) {
    return new TerminalSettings.Limits(
        number(prefix + "maxConnections"),
        number(prefix + "acceptPerSecond"),
        number(prefix + "unverifiedBytes"),
        number(prefix + "unfinishedFrameSeconds"),
        number(prefix + "unverifiedSeconds"),
        number(prefix + "framesInFlight"),
        number(prefix + "outboxBytes"),
        number(prefix + "outboxFullSeconds"),
        number(prefix + "cacheEntries"),
        number(prefix + "pendingLoads"));
  }

  private HttpSettings http() {
    return new HttpSettings(
        text("http.host"),
        number("http.port"),
        flag("http.allowPlaintext"),
        tls("http"),
        number("http.maxBodyBytes"),
        number("http.sseHeartbeatSeconds"),
        number("http.maxWaitSeconds"),
        number("http.maxStreams"),
        number("http.stallSeconds"),
        flag("http.docs"),
        new HttpSettings.Upload(
            number("http.upload.maxLineBytes"), number("http.upload.batchRows")));
  }

  private AccessSettings applications(String prefix) {
    return new AccessSettings(
        number(prefix + "requestsPerSecond"),
        number(prefix + "keys"),
        number(prefix + "tokens"),
        number(prefix + "tokenSeconds"),
        number(prefix + "sessions"),
        number(prefix + "heartbeatSeconds"),
        number(prefix + "maxHeartbeatSeconds"),
        number(prefix + "rememberSeconds"),
        ranges("http.trustedProxies"));
  }

  private MqttSettings mqtt() {
    return new MqttSettings(
        flag("mqtt.enabled"),
        text("mqtt.host"),
        number("mqtt.port"),
        flag("mqtt.allowPlaintext"),
        tls("mqtt"),
        number("mqtt.inFlight"),
        number("mqtt.maxConnections"),
        number("mqtt.maxMessageBytes"),
        number("mqtt.requestsPerSecond"),
        number("mqtt.stallSeconds"),
        number("mqtt.sessionExpirySeconds"),
        number("mqtt.maxSessions"),
        number("mqtt.maxSharedSubscriptions"));
  }

  private RegistrationSettings registration() {
    return new RegistrationSettings(
        RegistrationSettings.Mode.valueOf(upper("registration.mode")),
        maybe("registration.defaultApp"),
        maybe("registration.serialPrefix"),
        list("registration.allowPrefixes", String.class),
        RegistrationSettings.Distribution.valueOf(upper("registration.distribution")),
        number("registration.perSourcePerMinute"),
        number("registration.perMinute"),
        number("registration.repeatSeconds"),
        number("registration.sends"),
        number("registration.sendSeconds"),
        number("registration.underWay"),
        number("registration.smsRepeatSeconds"),
        number("registration.smsSends"));
  }

  private SecuritySettings security() {
    return new SecuritySettings(
        number("security.maxFailures"),
        number("security.failureWindowSeconds"),
        number("security.lockSeconds"),
        number("security.sourceChecksPerSecond"),
        number("security.trackedFailures"),
        number("security.auditsPerMinute"),
        number("security.sessionKeySeconds"),
        number("security.sessionKeyBlocks"),
        number("security.cipherKeys"),
        ranges("security.clearSecretsTo"),
        maybe("security.masterKeyFile").map(Path::of),
        new SecuritySettings.Rotation(
            number("security.rotation.deadlineSeconds"),
            number("security.rotation.lifetimeSeconds"),
            flag("security.rotation.auto"),
            number("security.rotation.checkSeconds")),
        number("security.expiry.warnSeconds"));
  }

  private WebhookSettings webhooks(String prefix) {
    return new WebhookSettings(
        ranges(prefix + "allow"),
        SettingsRules.isLoopback(text("http.host")),
        number(prefix + "max"),
        new WebhookSettings.Requests(
            number(prefix + "inFlight"),
            number(prefix + "inFlightMax"),
            number(prefix + "requestsPerApplication"),
            number(prefix + "resolvers"),
            number(prefix + "connectMillis"),
            number(prefix + "responseMillis"),
            number(prefix + "idleSeconds"),
            maybe(prefix + "caFile").map(Path::of)),
        new WebhookSettings.Window(number(prefix + "window"), number(prefix + "windowBytes")),
        new WebhookSettings.Batch(
            number(prefix + "batchMaxEvents"),
            number(prefix + "batchMaxBytes"),
            number(prefix + "batchMaxDelayMillis")),
        new WebhookSettings.Backoff(
            number(prefix + "firstBackoffMillis"), number(prefix + "maxBackoffSeconds")),
        number(prefix + "disableAfterDays"),
        number(prefix + "commitMillis"),
        number(prefix + "drainMillis"),
        number(prefix + "replaysKept"),
        number(prefix + "overlapSeconds"),
        number(prefix + "overlapMaxSeconds"));
  }

  private LogSettings log() {
    Map<String, String> areas = new LinkedHashMap<>();
    for (String area : SettingCatalog.LOG_AREAS) {
      String level = text("log." + area);
      if (!level.equals("inherit")) {
        areas.put(area, level);
      }
    }
    return new LogSettings(
        LogSettings.Format.valueOf(upper("log.format")), text("log.level"), Map.copyOf(areas));
  }

  private RetentionSettings.Bound bound(String what) {
    String prefix = "retention." + what;
    return new RetentionSettings.Bound(
        number(prefix + ".days"), values.typed(prefix + ".bytes", Long.class));
  }

  private TlsSettings tls(String listener) {
    return new TlsSettings(
        flag(listener + ".tls.enabled"),
        maybe(listener + ".tls.certificateFile").map(Path::of),
        maybe(listener + ".tls.keyFile").map(Path::of),
        maybe(listener + ".tls.clientCaFile").map(Path::of),
        TlsSettings.ClientAuth.valueOf(upper(listener + ".tls.clientAuth")),
        number("tls.reloadSeconds"));
  }

  private boolean flag(String key) {
    return values.typed(key, Boolean.class);
  }

  private int number(String key) {
    return Math.toIntExact(values.typed(key, Long.class));
  }

  private OptionalInt maybePort(String key) {
    int port = number(key);
    return port == 0 ? OptionalInt.empty() : OptionalInt.of(port);
  }

  private String text(String key) {
    return values.typed(key, String.class);
  }

  private String upper(String key) {
    return text(key).toUpperCase(Locale.ROOT);
  }

  private Optional<String> maybe(String key) {
    return Optional.of(text(key)).filter(text -> !text.isEmpty());
  }

  private Path path(String key) {
    return Path.of(text(key));
  }

  private List<Cidr> ranges(String key) {
    return list(key, Cidr.class);
  }

  private <T> List<T> list(String key, Class<T> element) {
    return Stream.of(values.typed(key, List.class).toArray()).map(element::cast).toList();
  }
}
