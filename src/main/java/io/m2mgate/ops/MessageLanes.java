package io.m2mgate.ops;

import io.m2mgate.bus.LaneServices;
import io.m2mgate.bus.Lanes;
import io.m2mgate.bus.ShortMessages;
import io.m2mgate.config.Settings;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.net.SmsBearerVerticle;
import io.m2mgate.session.Origin;
import io.m2mgate.session.PhoneNumber;
import io.m2mgate.session.Profiles;
import io.m2mgate.sms.Intake;
import io.m2mgate.sms.MessageCentre;
import io.m2mgate.sms.Reach;
import io.m2mgate.store.TerminalStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Short messages on the lanes, where there is a way to a centre. Used once, at the start. */
record MessageLanes(
    Settings settings, Optional<MessageCentre> centre, Lanes lanes, LaneServices services) {

  /** Who is reached; nobody where there is no way to a centre. */
  static ShortMessages reach(Settings settings, Profiles profiles, Dictionary dictionary) {
    return settings.sms().enabled()
        ? new Reach(
            numbers(settings),
            profiles,
            dictionary.dialect().shortMessages(),
            TimeUnit.SECONDS.toMillis(settings.messages().duplicateSeconds()))
        : ShortMessages.ABSENT;
  }

  private static PhoneNumber numbers(Settings settings) {
    return new PhoneNumber(settings.messages().countryCode());
  }

  Future<Void> deploy(TerminalStore terminals, MeterRegistry registry) {
    return centre
        .map(there -> deploy(there, terminals, registry))
        .orElseGet(Future::succeededFuture);
  }

  private Future<Void> deploy(
      MessageCentre there, TerminalStore terminals, MeterRegistry registry) {
    int maxFrame = settings.terminal().maxFrame();
    Intake intake = new Intake(
        lanes,
        services.locator(),
        terminals,
        services.dictionary(),
        numbers(settings),
        settings.messages(),
        maxFrame,
        services.clock(),
        registry);
    there.receiver(intake::take);
    return lanes.deploy(
        Origin.SMS,
        () -> new SmsBearerVerticle(
            there, maxFrame, settings.messages().answerMillis(), settings.sms().receipts()));
  }
}
