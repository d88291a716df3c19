package io.m2mgate.ops;

import io.m2mgate.bridge.Commands;
import io.m2mgate.bridge.UpgradeDesk;
import io.m2mgate.bus.Addresses;
import io.m2mgate.config.CampaignSettings;
import io.m2mgate.config.Endpoints.Endpoint;
import io.m2mgate.config.Settings;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Profile;
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

/** What remote upgrades are made of (clause 5.3.8): packages, campaigns, and who takes requests for them. Made once, at the start. */
final class UpgradeParts {

  private final Vertx vertx;
  private final Settings settings;
  private final Packages packages;
  private final Campaigns campaigns;
  private final UpgradeDesk desk;

  /** @param listeners that terminals are told to fetch packages from */
  UpgradeParts(
      Vertx vertx,
      Settings settings,
      PackageFiles files,
      Store store,
      Commands commands,
      Dictionary dictionary,
      Profiles profiles,
      TerminalListeners listeners,
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
    OfferUrls urls = urls(listeners, dictionary, profiles);
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
      TerminalListeners listeners, Dictionary dictionary, Profiles profiles) {
    return new OfferUrls() {
      @Override
      public Optional<String> address() {
        return shown(listeners.tcpAdvertised());
      }

      private Optional<String> address(Profile profile) {
        boolean byUdp = profile.bearers().contains(Origin.UDP)
            && (profile.prefer().equals(Origin.UDP) || !profile.bearers().contains(Origin.TCP));
        return listeners
            .udpAdvertised()
            .filter(udp -> byUdp)
            .flatMap(UpgradeParts::shown)
            .or(this::address);
      }

      @Override
      public String url(StoredPackage of, TerminalRecord to, int transaction) {
        Profile profile = profiles.get(to.profile());
        boolean sameCrc16 = dictionary
            .dialect(profile.dialect())
            .filter(dialect -> dialect.crc16().equals(dictionary.dialect().crc16()))
            .isPresent();
        return Offer.url(of, address(profile).orElseThrow(), transaction, sameCrc16);
      }
    };
  }

  private static Optional<String> shown(Endpoint at) {
    return isAny(at.host())
        ? Optional.empty()
        : Optional.of(at.uri().substring(at.uri().indexOf("//") + 2));
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
