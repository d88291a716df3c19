package io.m2mgate.ops;

import io.m2mgate.bus.LaneServices;
import io.m2mgate.bus.Lanes;
import io.m2mgate.command.ConfigReqVerticle;
import io.m2mgate.command.ConfigTrapVerticle;
import io.m2mgate.command.DownlinkVerticle;
import io.m2mgate.command.HeartBeatVerticle;
import io.m2mgate.command.LoginVerticle;
import io.m2mgate.command.LogoutVerticle;
import io.m2mgate.command.NotServedVerticle;
import io.m2mgate.command.PresenceVerticle;
import io.m2mgate.command.RegisterVerticle;
import io.m2mgate.command.Registrar;
import io.m2mgate.command.RegistrationLimits;
import io.m2mgate.command.SecurityConfigVerticle;
import io.m2mgate.config.Settings;
import io.m2mgate.security.DistributionVerticle;
import io.m2mgate.security.NewSets;
import io.m2mgate.security.PendingSets;
import io.m2mgate.security.SecretBox;
import io.m2mgate.security.SecretsRoute;
import io.m2mgate.security.SecurityOptions;
import io.m2mgate.security.SecurityVerticle;
import io.m2mgate.security.TerminalSecrets;
import io.m2mgate.store.Store;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.InstantSource;

/** What runs on every lane: security, and one handler for each command. Used once, at the start. */
record LaneVerticles(
    Vertx vertx,
    Settings settings,
    MeterRegistry registry,
    InstantSource clock,
    Lanes lanes,
    LaneServices services,
    SecretBox box,
    Store store,
    NewSets sets) {

  Future<Void> deploy() {
    int count = lanes.count();
    SecretsRoute route = GatewayOptions.secretsRoute(settings, services.shortMessages());
    SecurityOptions security = new SecurityOptions(
        Math.max(1, settings.terminal().limits().pendingLoads() / count),
        clock.millis(),
        Math.max(2, settings.security().cipherKeys() / count),
        settings.security().sessionKeyBlocks(),
        GatewayOptions.segments(settings, registry));
    return lanes
        .deploy("security", () -> new SecurityVerticle(security, box, store.security()))
        .compose(next -> lanes.deploy(
            "login", () -> new LoginVerticle(GatewayOptions.login(settings), box, count)))
        .compose(next -> registration(route))
        .compose(next ->
            lanes.deploy("logout", () -> new LogoutVerticle(settings.commit().logoutMillis())))
        .compose(next -> lanes.deploy("heartbeat", HeartBeatVerticle::new))
        .compose(next -> lanes.deploy("config-req", () -> new ConfigReqVerticle(box)))
        .compose(next -> lanes.deploy(
            "trap",
            () -> new ConfigTrapVerticle(box, settings.retention().alarms().open())))
        .compose(next -> lanes.deploy(
            "security-config", () -> new SecurityConfigVerticle(store.security(), sets, route)))
        .compose(next -> lanes.deploy(
            "downlink",
            () -> new DownlinkVerticle(
                GatewayOptions.downlink(settings, count, security.startedMillis()),
                GatewayOptions.desires(settings),
                store,
                route,
                box)))
        .compose(next -> lanes.deploy("not-served", NotServedVerticle::new))
        .compose(next -> FileServing.deploy(vertx, lanes, settings, store.commands(), registry))
        .compose(next -> lanes.deploy(
            "presence",
            () -> new PresenceVerticle(
                Math.max(1, settings.terminal().limits().cacheEntries() / count),
                settings.presence().silentPercent())));
  }

  private Future<Void> registration(SecretsRoute route) {
    TerminalSecrets secrets = new TerminalSecrets(box);
    PendingSets pending = new PendingSets(services, store.security(), sets);
    Registrar registrar = new Registrar(
        GatewayOptions.registration(settings),
        route,
        services,
        store.security(),
        secrets,
        pending,
        new SecureRandom());
    RegistrationLimits limits = new RegistrationLimits(
        settings.registration().perSourcePerMinute(), settings.registration().perMinute());
    return lanes
        .deploy(
            "distribution",
            () -> new DistributionVerticle(
                GatewayOptions.distribution(settings), store.security(), secrets, pending))
        .compose(
            next -> lanes.deploy("register", () -> new RegisterVerticle(registrar, limits, route)));
  }
}
