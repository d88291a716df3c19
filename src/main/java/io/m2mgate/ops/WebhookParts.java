package io.m2mgate.ops;

import io.m2mgate.bridge.ApplicationRegistry;
import io.m2mgate.bridge.Taps;
import io.m2mgate.bridge.Webhooks;
import io.m2mgate.bridge.webhook.AddressRule;
import io.m2mgate.bridge.webhook.WebhookOptions;
import io.m2mgate.bridge.webhook.WebhookVerticle;
import io.m2mgate.config.Settings;
import io.m2mgate.config.WebhookSettings;
import io.m2mgate.security.SecretBox;
import io.m2mgate.store.Store;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** What webhooks are made of. Stateless. */
final class WebhookParts {

  private static final int PAGE_EVENTS = 200;
  private static final int PAGE_BYTES = 256 * 1024;

  private WebhookParts() {}

  static WebhookVerticle verticle(
      Settings settings,
      Store store,
      Taps taps,
      ApplicationRegistry applications,
      SecretBox box,
      MeterRegistry meters) {
    return new WebhookVerticle(
        store,
        taps,
        applications,
        box::open,
        options(settings),
        meters,
        InstantSource.system(),
        new Random());
  }

  private static WebhookOptions options(Settings settings) {
    var webhooks = settings.webhooks();
    var requests = webhooks.requests();
    return new WebhookOptions(
        settings.node().name(),
        limits(webhooks),
        rule(webhooks),
        new WebhookOptions.Requests(
            requests.perApplication(),
            requests.resolvers(),
            requests.connectMillis(),
            requests.responseMillis(),
            requests.idleSeconds(),
            requests.caFile().map(Path::toString)),
        new WebhookOptions.Window(
            webhooks.window().events(), webhooks.window().bytes(), PAGE_EVENTS, PAGE_BYTES),
        new WebhookOptions.Retry(
            webhooks.backoff().firstMillis(),
            TimeUnit.SECONDS.toMillis(webhooks.backoff().maxSeconds()),
            TimeUnit.DAYS.toMillis(webhooks.disableAfterDays())),
        webhooks.commitMillis(),
        webhooks.drainMillis());
  }

  private static Webhooks.Limits limits(WebhookSettings webhooks) {
    return new Webhooks.Limits(
        webhooks.max(),
        webhooks.requests().inFlight(),
        webhooks.requests().inFlightMax(),
        webhooks.batch().maxEvents(),
        webhooks.batch().maxBytes(),
        webhooks.batch().maxDelayMillis(),
        webhooks.replaysKept(),
        webhooks.overlapSeconds(),
        webhooks.overlapMaxSeconds());
  }

  private static AddressRule rule(WebhookSettings webhooks) {
    if (!webhooks.allow().isEmpty()) {
      return new AddressRule.Within(webhooks.allow());
    }
    return webhooks.loopback() ? new AddressRule.Loopback() : new AddressRule.Public();
  }
}
