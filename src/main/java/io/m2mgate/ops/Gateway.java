package io.m2mgate.ops;

import io.m2mgate.bridge.ApplicationRegistry;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.CommandDesk;
import io.m2mgate.bridge.CommandReader;
import io.m2mgate.bridge.Consumers;
import io.m2mgate.bridge.ParameterDesk;
import io.m2mgate.bridge.Parameters;
import io.m2mgate.bridge.http.ApiDocument;
import io.m2mgate.bridge.http.HttpBridgeVerticle;
import io.m2mgate.bridge.mqtt.ClientIds;
import io.m2mgate.bridge.mqtt.MqttBridgeVerticle;
import io.m2mgate.bridge.webhook.WebhookVerticle;
import io.m2mgate.bus.LaneMetrics;
import io.m2mgate.bus.LaneServices;
import io.m2mgate.bus.Lanes;
import io.m2mgate.bus.SecurityTrail;
import io.m2mgate.command.RelayOptions;
import io.m2mgate.command.TransparentCommandVerticle;
import io.m2mgate.command.TransparentDataVerticle;
import io.m2mgate.config.DataDir;
import io.m2mgate.config.Endpoints;
import io.m2mgate.config.Settings;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.security.NewSets;
import io.m2mgate.security.SecretBox;
import io.m2mgate.security.SecretGenerator;
import io.m2mgate.session.Profiles;
import io.m2mgate.session.TerminalLocator;
import io.m2mgate.store.Store;
import io.m2mgate.store.sql.SqlStore;
import io.m2mgate.trace.Traces;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running gateway: everything between the settings and the open ports; its methods may be called from any thread. */
public final class Gateway {

  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final long SWEEP_MILLIS = TimeUnit.MINUTES.toMillis(1);
  private static final long VISIT_MILLIS = TimeUnit.SECONDS.toMillis(30);

  private final Settings settings;
  private final DataDir dataDir;
  private final Vertx vertx;
  private final Metrics metrics;
  private final InstantSource clock = InstantSource.system();
  private final TlsParts tls;
  private final TerminalListeners listeners;
  private Optional<Store> store = Optional.empty();
  private Optional<Lanes> lanes = Optional.empty();
  private MessageParts messages = MessageParts.NONE;
  private Endpoints endpoints = Endpoints.none();

  private Gateway(Settings settings, DataDir dataDir) {
    this.settings = settings;
    this.dataDir = dataDir;
    this.metrics = new Metrics(settings.node().name()).withProcess();
    metrics.gauge(
        "m2mgate_disk_free_bytes",
        "Bytes that the disk of the data directory has left",
        dataDir.path().toFile()::getUsableSpace);
    // As many loops again as lanes, so that the bridges find some that are no lane.
    this.vertx = Vertx.vertx(new VertxOptions()
        .setPreferNativeTransport(true)
        .setEventLoopPoolSize(2 * settings.laneCount()));
    this.tls = new TlsParts(vertx, settings);
    this.listeners = new TerminalListeners(vertx, settings, tls, metrics);
  }

  /** Starts everything; completes when every listener is bound. Fails with a {@link StartFault} when it cannot be. */
  public static Future<Gateway> start(Settings settings, DataDir dataDir) {
    // Most of a start is the loading of classes: these parts need none of each other's.
    CompletableFuture<Dictionary> dictionary =
        CompletableFuture.supplyAsync(() -> Dictionary.load(settings.dialects().dir()));
    CompletableFuture.runAsync(ApiDocument::packaged);
    if (GatewayOptions.embedded(settings)) {
      CompletableFuture.runAsync(SqlStore::loadEmbedded);
    }
    Gateway gateway = new Gateway(settings, dataDir);
    return gateway.open(dictionary.join()).map(gateway).onFailure(cause -> gateway.stop());
  }

  private Future<Void> open(Dictionary dictionary) {
    Profiles profiles = new Profiles(name -> dictionary.dialect(name).isPresent());
    return SqlStore.open(vertx, GatewayOptions.store(settings, metrics.registry()))
        .compose(opened -> {
          store = Optional.of(opened);
          messages = MessageParts.of(vertx, settings.sms(), metrics.registry(), clock);
          ProfileAdmin profileAdmin = new ProfileAdmin(profiles, opened.profiles());
          ApplicationRegistry applications = new ApplicationRegistry(opened.applications());
          return Future.all(profileAdmin.load(), applications.load())
              .compose(loaded -> deploy(opened, dictionary, profiles, profileAdmin, applications))
              .compose(deployed -> messages.open());
        });
  }

  private Future<Void> deploy(
      Store opened,
      Dictionary dictionary,
      Profiles profiles,
      ProfileAdmin profileAdmin,
      ApplicationRegistry applications) {
    SecretBox box = new SecretBox(dataDir.masterKey(), new SecureRandom());
    TerminalLocator locator = new TerminalLocator();
    Traces traces = new Traces(GatewayOptions.traces(settings), metrics.registry());
    LaneServices services = services(opened, dictionary, profiles, locator, applications, traces);
    Lanes deployed = new Lanes(vertx, settings.laneCount(), services);
    LaneTerminals terminals = new LaneTerminals(vertx, deployed, locator, opened.terminals());
    AccessParts access = new AccessParts(
        vertx, settings, dataDir.adminKey().value(), opened, applications, metrics, clock);
    NewSets sets = newSets(box);
    var rotations = new RotationAdmin(opened, sets, dictionary, profiles, terminals, clock);
    CommandParts commands = new CommandParts(vertx, opened, clock, settings, metrics.registry());
    CommandAdmin admin = commands.admin(deployed, locator, dictionary.dialect());
    SealedTerminals sealer = new SealedTerminals(box);
    CommandReader reader = GatewayOptions.reader(settings, dictionary, profiles, sealer, clock);
    CommandDesk desk = new CommandDesk(opened, admin, reader);
    Parameters parameters = commands.parameters(admin, terminals, box, dictionary, profiles);
    Reconciler reconciler = commands.reconciler(admin);
    UpgradeParts upgrades = upgrades(opened, admin, dictionary, profiles);
    WebhookVerticle webhooks = WebhookParts.verticle(
        settings, opened, access.taps(), applications, box, metrics.registry());
    BridgeParts parts = new BridgeParts(
        opened,
        applications,
        access.access(),
        access.admission(),
        access.taps(),
        ConsumerParts.of(settings.consumers(), opened, clock, metrics.registry()),
        profileAdmin,
        dictionary,
        terminals,
        sealer,
        rotations,
        desk,
        new ParameterDesk(opened, parameters, reader, desk),
        reconciler,
        traces,
        upgrades.packages(),
        upgrades.desk(),
        webhooks,
        messages.centre(),
        metrics.registry(),
        settings.node().name());
    return laneVerticles(deployed, services, box, opened, sets)
        .deploy()
        .compose(ready -> data(deployed, applications))
        .compose(ready -> new MessageLanes(settings, messages.centre(), deployed, services)
            .deploy(opened.terminals(), metrics.registry()))
        .compose(ready -> upgrades.open())
        .compose(ready -> access.open())
        .compose(ready -> deployed.deployBeside(webhooks))
        .compose(ready -> tls.open())
        .compose(ready -> bridges(deployed, parts))
        .compose(ready -> listeners.open(deployed, services.metrics()))
        .onSuccess(ready -> endpoints = listeners.beside(endpoints))
        .onSuccess(ready -> timers(opened, terminals, rotations, parts.consumers()))
        .onSuccess(ready -> reconciler.start())
        .onSuccess(ready -> upgrades.start());
  }

  private Future<Void> data(Lanes on, ApplicationRegistry applications) {
    RelayOptions relay = GatewayOptions.relay(settings, applications::find);
    return on.deploy("data", () -> new TransparentDataVerticle(relay))
        .compose(ready -> on.deploy("routed", () -> new TransparentCommandVerticle(relay)));
  }

  private LaneVerticles laneVerticles(
      Lanes on, LaneServices services, SecretBox box, Store opened, NewSets sets) {
    return new LaneVerticles(
        vertx, settings, metrics.registry(), clock, on, services, box, opened, sets, listeners);
  }

  private LaneServices services(
      Store opened,
      Dictionary dictionary,
      Profiles profiles,
      TerminalLocator locator,
      ApplicationRegistry applications,
      Traces traces) {
    return new LaneServices(
        clock,
        dictionary,
        profiles,
        locator,
        opened.terminals(),
        opened.journal(),
        app -> applications.find(app).filter(it -> it.enabled()).isPresent(),
        new LaneMetrics(metrics.registry()),
        settings.lane().creditFrames(),
        settings.lane().creditBytes(),
        GatewayOptions.lockOuts(settings),
        new SecurityTrail(
            opened.audit(), clock, settings.security().auditsPerMinute(), metrics.registry()),
        traces,
        MessageLanes.reach(settings, profiles, dictionary));
  }

  private NewSets newSets(SecretBox box) {
    return new NewSets(
        box,
        new SecretGenerator(new SecureRandom()),
        settings.security().rotation().lifetimeSeconds(),
        settings.security().rotation().deadlineSeconds());
  }

  private UpgradeParts upgrades(
      Store opened, CommandAdmin commands, Dictionary dictionary, Profiles profiles) {
    return new UpgradeParts(
        vertx,
        settings,
        FileServing.files(dataDir.path()),
        opened,
        commands,
        dictionary,
        profiles,
        listeners,
        metrics.registry(),
        clock);
  }

  private Future<Void> bridges(Lanes beside, BridgeParts parts) {
    MirrorParts mirror = new MirrorParts(settings, parts);
    HttpBridgeVerticle http = new HttpBridgeVerticle(
        parts,
        GatewayOptions.http(settings, tls).withParts(messages.readiness(mirror.readiness())));
    Future<Optional<Integer>> mqttPort =
        settings.mqtt().enabled() ? mqtt(beside, parts) : Future.succeededFuture(Optional.empty());
    return beside
        .deployBeside(http)
        .recover(cause -> Future.failedFuture(
            StartFault.bind("http", settings.http().host(), settings.http().port(), cause)))
        .compose(up -> mirror.start(beside))
        .compose(up -> mqttPort)
        .map(mqtt -> {
          endpoints = new Endpoints(
              Optional.empty(),
              Optional.empty(),
              Optional.of(Endpoints.Endpoint.of(
                  settings.http().tls().enabled() ? "https" : "http",
                  settings.http().host(),
                  http.port())),
              mqtt.map(port -> Endpoints.Endpoint.of(
                  settings.mqtt().tls().enabled() ? "mqtts" : "mqtt",
                  settings.mqtt().host(),
                  port)));
          return null;
        });
  }

  private Future<Optional<Integer>> mqtt(Lanes beside, BridgeParts parts) {
    MqttBridgeVerticle mqtt =
        new MqttBridgeVerticle(parts, GatewayOptions.mqtt(settings, tls), new ClientIds());
    return beside
        .deployBeside(mqtt)
        .recover(cause -> Future.failedFuture(
            StartFault.bind("mqtt", settings.mqtt().host(), settings.mqtt().port(), cause)))
        .map(up -> Optional.of(mqtt.port()));
  }

  private void policy(Store opened, RotationAdmin rotations) {
    var security = settings.security();
    RotationPolicy policy = new RotationPolicy(
        opened.security(),
        rotations,
        clock,
        security.expiryWarnSeconds(),
        security.rotation().auto());
    vertx.setPeriodic(
        TimeUnit.SECONDS.toMillis(security.rotation().checkSeconds()), timer -> policy.look());
  }

  private void timers(
      Store opened, LaneTerminals terminals, RotationAdmin rotations, Consumers consumers) {
    policy(opened, rotations);
    ConsumerParts.start(vertx, settings.consumers(), consumers);
    vertx.setPeriodic(
        SWEEP_MILLIS,
        timer -> opened
            .sweep(GatewayOptions.retention(settings, clock.millis()))
            .onSuccess(removed -> LOG.debug("retention removed {} events", removed))
            .onFailure(cause -> LOG.warn("retention failed: {}", cause.getMessage())));
    vertx.setTimer(VISIT_MILLIS, timer -> terminals.visitOnline(""));
  }

  /** Stops accepting, lets what is in work end and commits it; completes when nothing is left. */
  public Future<Void> stop() {
    return listeners
        .drain()
        .transform(drained -> messages.close())
        .transform(closed -> undeploy())
        .transform(undeployed -> store.map(Store::close).orElseGet(Future::succeededFuture))
        .transform(closed -> vertx.close())
        .onComplete(done -> metrics.close());
  }

  /** Bridges keep what their consumers confirmed as they end: before the store does. */
  private Future<Void> undeploy() {
    List<Future<Void>> ends =
        vertx.deploymentIDs().stream().map(vertx::undeploy).toList();
    return Future.join(ends).mapEmpty();
  }

  /** The addresses that were bound. */
  public Endpoints endpoints() {
    return endpoints;
  }
}
