package io.m2mgate.ops;

import io.m2mgate.bridge.Parameters;
import io.m2mgate.bridge.TerminalChanges;
import io.m2mgate.bus.Lanes;
import io.m2mgate.config.CommandSettings;
import io.m2mgate.config.Settings;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.security.SecretBox;
import io.m2mgate.session.Profiles;
import io.m2mgate.session.TerminalLocator;
import io.m2mgate.store.Store;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/** Makes what is asked of terminals from outside the lanes; used at the start. */
record CommandParts(
    Vertx vertx, Store store, InstantSource clock, Settings settings, MeterRegistry meters) {

  /** Listens, and ends what is past its time, from now on. */
  CommandAdmin admin(Lanes on, TerminalLocator locator, Dialect dialect) {
    CommandSettings limits = settings.commands();
    CommandWaits waits = new CommandWaits(limits.maxWaiting());
    CommandFigures figures = new CommandFigures(meters, waits);
    CommandAdmin admin = new CommandAdmin(
        vertx,
        store,
        on,
        clock,
        dialect,
        limits.maxPerTerminal(),
        limits.maxPerApplication(),
        figures,
        waits);
    admin.start();
    CommandExpiry expiry =
        new CommandExpiry(store.commands(), admin, figures, locator, clock, limits);
    vertx.setPeriodic(TimeUnit.SECONDS.toMillis(limits.checkSeconds()), timer -> expiry.look());
    if (settings.sms().enabled()) {
      WakeRounds rounds = new WakeRounds(store.commands(), on, settings.wake().looksPerSecond());
      vertx.setPeriodic(TimeUnit.SECONDS.toMillis(1), timer -> rounds.look());
    }
    return admin;
  }

  Parameters parameters(
      CommandAdmin commands,
      TerminalChanges changes,
      SecretBox box,
      Dictionary dictionary,
      Profiles profiles) {
    return new ParameterAdmin(
        vertx,
        store,
        commands,
        changes,
        box,
        dictionary,
        profiles,
        clock,
        GatewayOptions.parameters(settings));
  }

  /** It rests until it is started. */
  Reconciler reconciler(CommandAdmin commands) {
    ReconcileTurn.Parts parts = new ReconcileTurn.Parts(
        store,
        commands,
        GatewayOptions.desires(settings),
        clock,
        settings.parameters().reconcile().looks(),
        new ReconcileFigures(meters));
    return new Reconciler(vertx, parts, GatewayOptions.reconciling(settings));
  }
}
