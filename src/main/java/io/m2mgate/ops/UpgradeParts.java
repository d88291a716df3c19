package io.m2mgate.ops;

import io.m2mgate.bridge.Commands;
import io.m2mgate.bridge.UpgradeDesk;
import io.m2mgate.bus.Addresses;
import io.m2mgate.config.CampaignSettings;
import io.m2mgate.config.Settings;
import io.m2mgate.config.TerminalSettings;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.session.Profiles;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Type;
import io.m2mgate.store.StoredPackage;
import io.m2mgate.upgrade.Announcements;
import io.m2mgate.upgrade.CampaignFigures;
import io.m2mgate.upgrade.Campaigns;
import io.m2mgate.upgrade.Offer;
import io.m2mgate.upgrade.OfferUrls;
import io.m2mgate.upgrade.PackageFiles;
import io.m2mgate.upgrade.Packages;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** What remote upgrades are made of (clause 5.3.8): packages, campaigns, and who takes requests for them. Made once, at the start. */
final class UpgradeParts {

  private final Vertx vertx;
  private final Settings settings;
  private final Packages packages;
  private final Campaigns campaigns;
  private final UpgradeDesk desk;

  /**
   * @param tcpPort that is bound, once it is
   */
  UpgradeParts(
      Vertx vertx,
      Settings settings,
      PackageFiles files,
      Store store,
      Commands commands,
      Dictionary dictionary,
      Profiles profiles,
      IntSupplier tcpPort,
      MeterRegistry registry,
      InstantSource clock) {
    this.vertx = vertx;
    this.settings = settings;
    packages = new Packages(
        vertx,
        store.packages(),
        files,
        dictionary.dialect().crc16(),
        new Packages.Limits(settings.packages().maxBytes(), settings.packages().uploads()),
        clock);
    OfferUrls urls = urls(settings.terminal(), dictionary, profiles, tcpPort);
    campaigns = new Campaigns(
        vertx, store, announcements(commands), urls, new CampaignFigures(registry), clock);
    desk = new UpgradeDesk(
        store,
        campaigns::wake,
        () -> urls.address().isPresent(),
        rules(settings.campaigns()),
        clock);
  }

  Packages packages() {
    return packages;
  }

  UpgradeDesk desk() {
    return desk;
  }

  /** Makes the directory ready. */
  Future<Void> open() {
    return packages.open();
  }

  /** Moves campaigns on from now on. */
  void start() {
    vertx.eventBus().<StoredCommand>localConsumer(Addresses.commandEnded(), message -> {
      if (message.body().head().type() == Type.UPGRADE) {
        campaigns.wake();
      }
    });
    campaigns.start(TimeUnit.SECONDS.toMillis(settings.campaigns().checkSeconds()));
  }

  private static UpgradeDesk.Rules rules(CampaignSettings unless) {
    return new UpgradeDesk.Rules(
        unless.concurrency(),
        unless.retries(),
        TimeUnit.SECONDS.toMillis(unless.retrySeconds()),
        TimeUnit.DAYS.toMillis(unless.offerDays()),
        unless.successThreshold(),
        unless.errorThreshold());
  }

  private static Announcements announcements(Commands commands) {
    return new Announcements() {
      @Override
      public Future<Void> announce(StoredCommand.Head head) {
        return commands.create(head).mapEmpty();
      }

      @Override
      public Future<Void> withdraw(StoredCommand command) {
        return commands.cancel(command).mapEmpty();
      }
    };
  }

  private static OfferUrls urls(
      TerminalSettings terminal, Dictionary dictionary, Profiles profiles, IntSupplier tcpPort) {
    return new OfferUrls() {
      @Override
      public Optional<String> address() {
        String host = terminal.advertised().host().orElse(terminal.tcp().host());
        int port = terminal.advertised().tcpPort().orElseGet(tcpPort);
        return isAny(host)
            ? Optional.empty()
            : Optional.of((host.contains(":") ? "[" + host + "]" : host) + ":" + port);
      }

      @Override
      public String url(StoredPackage of, TerminalRecord to, int transaction) {
        boolean sameCrc16 = dictionary
            .dialect(profiles.get(to.profile()).dialect())
            .filter(dialect -> dialect.crc16().equals(dictionary.dialect().crc16()))
            .isPresent();
        return Offer.url(of, address().orElseThrow(), transaction, sameCrc16);
      }
    };
  }

  /** Every address of the machine is none that a terminal could be told. */
  private static boolean isAny(String host) {
    try {
      boolean literal = host.contains(":") || host.matches("[0-9.]+");
      return literal && InetAddress.getByName(host.replaceAll("[\\[\\]]", "")).isAnyLocalAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
