package io.m2mgate.ops;

import io.m2mgate.bridge.CommandReader;
import io.m2mgate.bridge.Reconciliations;
import io.m2mgate.bridge.SecretSealer;
import io.m2mgate.bridge.http.HttpOptions;
import io.m2mgate.bridge.mqtt.MqttOptions;
import io.m2mgate.bus.SegmentMemory;
import io.m2mgate.bus.ShortMessages;
import io.m2mgate.bus.Standings;
import io.m2mgate.command.DownlinkOptions;
import io.m2mgate.command.FileOptions;
import io.m2mgate.command.LoginOptions;
import io.m2mgate.command.ParameterOptions;
import io.m2mgate.command.RegistrationOptions;
import io.m2mgate.command.RelayOptions;
import io.m2mgate.command.UpgradeOptions;
import io.m2mgate.config.RegistrationSettings;
import io.m2mgate.config.Settings;
import io.m2mgate.config.StoreUrl;
import io.m2mgate.config.TerminalSettings;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.net.ConnectionLimits;
import io.m2mgate.net.TcpOptions;
import io.m2mgate.security.DistributionOptions;
import io.m2mgate.security.SecretsRoute;
import io.m2mgate.security.SecretsRoute.Distribution;
import io.m2mgate.security.SegmentOptions;
import io.m2mgate.session.LockOuts;
import io.m2mgate.session.Profiles;
import io.m2mgate.store.ApplicationStore.Application;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoreOptions;
import io.m2mgate.trace.Traces;
import io.m2mgate.wire.Reassembly;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The settings as the parts want them. Stateless. */
final class GatewayOptions {

  private static final int UNSENT_BYTES = 256 * 1024;

  private GatewayOptions() {}

  static StoreOptions store(Settings settings, MeterRegistry registry) {
    String url = settings.store().url() instanceof StoreUrl.Postgres postgres
        ? postgres.uri()
        : settings.store().url().toString();
    StoreOptions defaults = StoreOptions.of(url, registry);
    return defaults
        .withCommit(settings.commit().maxRows(), settings.commit().maxDelayMillis())
        .withQueuedUnits(settings.commit().queuedUnits())
        .withPatience(
            millis(settings.store().postgres().openSeconds()),
            millis(settings.store().postgres().answerSeconds()))
        .withReaders(
            embedded(settings)
                ? settings.store().readers()
                : settings.store().postgres().poolSize());
  }

  private static int millis(int seconds) {
    return Math.toIntExact(TimeUnit.SECONDS.toMillis(seconds));
  }

  static boolean embedded(Settings settings) {
    return settings.store().url() instanceof StoreUrl.Sqlite;
  }

  static TcpOptions tcp(TerminalSettings terminal, TlsParts tls) {
    TerminalSettings.Limits limits = terminal.limits();
    return new TcpOptions(
        terminal.tcp().host(),
        terminal.tcp().port(),
        terminal.maxFrame(),
        limits.maxConnections(),
        limits.acceptPerSecond(),
        limits.unverifiedBytes(),
        tls.of(TlsParts.TERMINALS),
        new ConnectionLimits(
            limits.framesInFlight(),
            limits.outboxBytes(),
            TimeUnit.SECONDS.toMillis(limits.outboxFullSeconds()),
            TimeUnit.SECONDS.toMillis(limits.unfinishedFrameSeconds()),
            TimeUnit.SECONDS.toMillis(limits.unverifiedSeconds())));
  }

  static LoginOptions login(Settings settings) {
    return new LoginOptions(
        settings.admission().loginsPerSecond(),
        settings.admission().queueLength(),
        TimeUnit.SECONDS.toMillis(settings.admission().queueSeconds()),
        settings.security().sessionKeySeconds(),
        settings.registration().mode() == RegistrationSettings.Mode.OPEN);
  }

  /** The bounds of each lane. */
  static LockOuts.Limits lockOuts(Settings settings) {
    var security = settings.security();
    int lanes = settings.laneCount();
    return new LockOuts.Limits(
        security.maxFailures(),
        TimeUnit.SECONDS.toMillis(security.failureWindowSeconds()),
        TimeUnit.SECONDS.toMillis(security.lockSeconds()),
        Math.max(1, security.sourceChecksPerSecond() / lanes),
        Math.max(1, security.trackedFailures() / lanes));
  }

  /** The memory is shared by all lanes. */
  static SegmentOptions segments(Settings settings, MeterRegistry registry) {
    var segments = settings.segments();
    return new SegmentOptions(
        new Reassembly.Limits(
            segments.maxParts(),
            segments.messageBytes(),
            TimeUnit.SECONDS.toMillis(segments.openSeconds()),
            TimeUnit.SECONDS.toMillis(segments.ackSeconds())),
        new SegmentMemory(segments.maxBytes(), registry));
  }

  static SecretsRoute secretsRoute(Settings settings, ShortMessages shortMessages) {
    return new SecretsRoute(
        Distribution.valueOf(settings.registration().distribution().name()),
        address -> settings.security().clearSecretsTo().stream()
            .anyMatch(range -> range.contains(address)),
        terminal -> shortMessages.to(terminal, 0).isPresent());
  }

  /** What is allowed in all is shared out among the lanes. */
  static DownlinkOptions downlink(Settings settings, int lanes, long startedMillis) {
    return new DownlinkOptions(
        Math.max(1, settings.exchange().maxTerminals() / lanes),
        settings.exchange().queueLength(),
        settings.segments().maxParts(),
        settings.exchange().effectSeconds() * 1000L,
        startedMillis,
        settings.commands().looksPerSecond(),
        settings.commands().readRounds(),
        new UpgradeOptions(
            TimeUnit.SECONDS.toMillis(settings.upgrades().noteSeconds()),
            TimeUnit.SECONDS.toMillis(settings.upgrades().errorSeconds()),
            TimeUnit.SECONDS.toMillis(settings.upgrades().installSeconds())));
  }

  static RegistrationOptions registration(Settings settings) {
    var registration = settings.registration();
    return new RegistrationOptions(
        registration.mode() == RegistrationSettings.Mode.OPEN,
        registration.defaultApp(),
        registration.serialPrefix(),
        registration.allowPrefixes());
  }

  static DistributionOptions distribution(Settings settings) {
    var registration = settings.registration();
    return new DistributionOptions(
        TimeUnit.SECONDS.toMillis(registration.repeatSeconds()),
        registration.sends(),
        TimeUnit.SECONDS.toMillis(registration.sendSeconds()),
        Math.max(1, registration.underWay() / settings.laneCount()),
        new DistributionOptions.Repeats(
            TimeUnit.SECONDS.toMillis(registration.smsRepeatSeconds()), registration.smsSends()));
  }

  static CommandReader reader(
      Settings settings,
      Dictionary dictionary,
      Profiles profiles,
      SecretSealer sealer,
      InstantSource clock) {
    return new CommandReader(
        dictionary,
        profiles,
        sealer,
        clock,
        settings.commands().expiresDefaultSeconds(),
        settings.commands().expiresMaxSeconds());
  }

  static Standings.Rules parameters(Settings settings) {
    return new Standings.Rules(
        settings.parameters().sends(),
        TimeUnit.SECONDS.toMillis(settings.parameters().windowSeconds()));
  }

  /** What is allowed in all is shared out among the lanes. */
  static FileOptions files(Settings settings, int lanes) {
    var upgrades = settings.upgrades();
    return new FileOptions(
        upgrades.maxBlockBytes(),
        upgrades.terminalBytesPerSecond(),
        Math.max(1, upgrades.waiting() / lanes),
        upgrades.waitingPerTerminal(),
        TimeUnit.SECONDS.toMillis(upgrades.waitSeconds()),
        Math.max(1, upgrades.terminals() / lanes),
        TimeUnit.SECONDS.toMillis(upgrades.lookSeconds()));
  }

  static ParameterOptions desires(Settings settings) {
    return new ParameterOptions(
        parameters(settings),
        settings.commands().maxPerTerminal(),
        settings.commands().maxPerApplication(),
        TimeUnit.SECONDS.toMillis(settings.commands().expiresDefaultSeconds()),
        settings.parameters().looksPerSecond());
  }

  static RelayOptions relay(
      Settings settings, Function<String, Optional<Application>> applications) {
    var relay = settings.relay();
    return new RelayOptions(
        applications,
        TimeUnit.SECONDS.toMillis(relay.expiresSeconds()),
        relay.maxPerTerminal(),
        relay.maxPerApplication());
  }

  static Reconciler.Terms reconciling(Settings settings) {
    var reconcile = settings.parameters().reconcile();
    return new Reconciler.Terms(
        new Reconciliations.Limits(
            reconcile.ratePerSecond(),
            reconcile.maxRatePerSecond(),
            reconcile.cap(),
            reconcile.maxCap(),
            reconcile.maxSerials()),
        reconcile.maxOpen(),
        TimeUnit.SECONDS.toMillis(reconcile.endSeconds()));
  }

  static HttpOptions http(Settings settings, TlsParts tls) {
    var http = settings.http();
    HttpOptions defaults = HttpOptions.at(http.host(), http.port());
    return new HttpOptions(
        http.host(),
        http.port(),
        tls.of(TlsParts.HTTP),
        http.maxBodyBytes(),
        http.maxWaitSeconds(),
        TimeUnit.SECONDS.toMillis(http.sseHeartbeatSeconds()),
        TimeUnit.SECONDS.toMillis(http.stallSeconds()),
        defaults.streamQueueBytes(),
        http.maxStreams(),
        http.docs(),
        new HttpOptions.Uploads(http.upload().maxLineBytes(), http.upload().batchRows()),
        List.of());
  }

  static Traces.Limits traces(Settings settings) {
    var traces = settings.traces();
    return new Traces.Limits(
        traces.max(), traces.maxSeconds(), traces.bufferFrames(), traces.bufferBytes());
  }

  static MqttOptions mqtt(Settings settings, TlsParts tls) {
    var mqtt = settings.mqtt();
    MqttOptions defaults = MqttOptions.at(mqtt.host(), mqtt.port());
    return new MqttOptions(
        mqtt.host(),
        mqtt.port(),
        tls.of(TlsParts.MQTT),
        mqtt.inFlight(),
        UNSENT_BYTES,
        mqtt.maxMessageBytes(),
        mqtt.maxConnections(),
        defaults.maxSubscriptions(),
        defaults.maxClientIdLength(),
        defaults.connectTimeoutSeconds(),
        mqtt.requestsPerSecond(),
        millis(mqtt.stallSeconds()),
        defaults.commitMillis(),
        new MqttOptions.Sessions(
            mqtt.sessionExpirySeconds(), mqtt.maxSessions(), mqtt.maxSharedSubscriptions()));
  }

  static Store.Retention retention(Settings settings, long nowMillis) {
    var events = settings.retention().events();
    var audit = settings.retention().audit();
    return new Store.Retention(
        nowMillis,
        TimeUnit.DAYS.toMillis(events.days()),
        events.bytes(),
        TimeUnit.DAYS.toMillis(audit.days()),
        audit.bytes(),
        TimeUnit.DAYS.toMillis(settings.commands().retentionDays()),
        TimeUnit.DAYS.toMillis(settings.retention().alarms().days()),
        settings.retention().alarms().cleared());
  }
}
