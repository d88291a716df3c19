package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.SecretSealer;
import io.m2mgate.bridge.Webhooks;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.store.StoredWebhook;
import io.m2mgate.store.StoredWebhook.Batch;
import io.m2mgate.store.StoredWebhook.Headers;
import io.m2mgate.store.StoredWebhook.Secrets;
import io.m2mgate.store.StoredWebhook.Standing;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What is asked of a webhook, checked. Immutable. */
record WebhookForm(
    String url,
    Set<String> types,
    Set<String> serials,
    Optional<Batch> batch,
    int inFlight,
    Optional<Map<String, String>> headers,
    Optional<Boolean> enabled) {

  static final String[] MEMBERS = {
    "url", "types", "serials", "batch", "headers", "inFlight", "enabled", "from"
  };
  private static final String BY_OWNER = "disabled by its owner";
  private static final Pattern ANY = Pattern.compile("[\\x21-\\x7e]{1,2000}");
  private static final Pattern TYPE = Pattern.compile("m2m(\\.[a-z][A-Za-z-]*)+");
  private static final String TYPES_VALID = "at most 200 full names such as m2m.data.up";
  private static final String SERIALS_VALID = "at most 200 serials of 16 characters";
  private static final String HEADERS_VALID =
      "at most 16 headers with values of at most 1000 printable characters; not those of the connection, of the body or"
          + " webhook-…";
  private static final int LISTED = 200;
  private static final int HEADERS = 16;
  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");
  private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e]{0,1000}");
  private static final Set<String> RESERVED = Set.of(
      "host",
      "connection",
      "keep-alive",
      "upgrade",
      "te",
      "trailer",
      "transfer-encoding",
      "expect",
      "content-length",
      "content-type",
      "content-encoding",
      "user-agent");
  private static final int LEAST_BATCH_BYTES = 1;

  static WebhookForm of(Fields body, Webhooks webhooks) {
    var limits = webhooks.limits();
    var url = body.required("url", ANY, "an http or https URL without user and fragment");
    if (!url.isEmpty()) {
      webhooks
          .refuses(url)
          .ifPresent(why ->
              body.fault("url", why, "an http or https URL of an address within webhooks.allow"));
    }
    var form = new WebhookForm(
        url,
        listed(body, "types", text -> TYPE.matcher(text).matches(), TYPES_VALID),
        listed(body, "serials", text -> Forms.SERIAL.matcher(text).matches(), SERIALS_VALID),
        batch(body, limits),
        body.number("inFlight", 1, limits.inFlightMax())
            .orElse((long) limits.inFlight())
            .intValue(),
        headers(body),
        body.flag("enabled"));
    body.check();
    return form;
  }

  static Set<String> types(Fields body) {
    return listed(body, "types", text -> TYPE.matcher(text).matches(), TYPES_VALID);
  }

  static Set<String> serials(Fields body) {
    return listed(body, "serials", text -> Forms.SERIAL.matcher(text).matches(), SERIALS_VALID);
  }

  private static Set<String> listed(
      Fields body, String name, Predicate<String> form, String valid) {
    var texts = body.listed(name, valid).orElse(List.of());
    if (texts.size() > LISTED || !texts.stream().allMatch(form)) {
      body.fault(name, "not of the form", valid);
      return Set.of();
    }
    return Set.copyOf(texts.stream().distinct().toList());
  }

  private static Optional<Batch> batch(Fields body, Webhooks.Limits limits) {
    return body.object("batch", "maxEvents", "maxBytes", "maxDelayMillis")
        .map(asked -> new Batch(
            asked
                .number("maxEvents", 1, limits.batchEvents())
                .orElse((long) limits.batchEvents())
                .intValue(),
            asked
                .number("maxBytes", LEAST_BATCH_BYTES, limits.batchBytes())
                .orElse((long) limits.batchBytes())
                .intValue(),
            asked
                .number("maxDelayMillis", 0, limits.batchDelayMillis())
                .orElse(0L)
                .intValue()));
  }

  /** What is wrong with them is told without their values. */
  private static Optional<Map<String, String>> headers(Fields body) {
    return body.node("headers").map(object -> {
      var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
      boolean[] good = {object.size() <= HEADERS};
      object.properties().forEach(one -> {
        var name = one.getKey().toLowerCase(Locale.ROOT);
        good[0] &= HEADER.matcher(name).matches()
            && !RESERVED.contains(name)
            && !name.startsWith("webhook-")
            && one.getValue().isTextual()
            && VALUE.matcher(one.getValue().textValue()).matches()
            && headers.put(one.getKey(), one.getValue().textValue()) == null;
      });
      if (!good[0]) {
        body.fault("headers", "not of the form", HEADERS_VALID);
      }
      return headers;
    });
  }

  /** How long an old secret stays good. */
  static long overlapMillis(Fields body, Webhooks.Limits limits) {
    var most = Duration.ofSeconds(limits.overlapMaxSeconds());
    var valid = "a duration from PT0S to " + most + ", such as PT24H";
    var asked = body.text("overlap", Forms.TITLE, valid)
        .map(text -> {
          try {
            return Duration.parse(text);
          } catch (DateTimeParseException e) {
            return most.plusSeconds(1);
          }
        })
        .orElse(Duration.ofSeconds(limits.overlapSeconds()));
    if (asked.isNegative() || asked.compareTo(most) > 0) {
      body.fault("overlap", "not of the form", valid);
    }
    body.check();
    return asked.toMillis();
  }

  StoredWebhook fresh(
      String id, String app, String name, byte[] secret, SecretSealer sealer, long nowMillis) {
    return new StoredWebhook(
        id,
        app,
        name,
        url,
        types,
        serials,
        batch,
        inFlight,
        sealed(id, sealer).orElse(Headers.NONE),
        new Secrets(sealer.seal(id, SecretKinds.WEBHOOK, secret), new byte[0], 0),
        standing(Standing.ENABLED),
        nowMillis,
        nowMillis);
  }

  /** Headers and state that are not named stay; all else is replaced. */
  StoredWebhook over(StoredWebhook present, SecretSealer sealer, long nowMillis) {
    return new StoredWebhook(
        present.id(),
        present.app(),
        present.name(),
        url,
        types,
        serials,
        batch,
        inFlight,
        sealed(present.id(), sealer).orElse(present.headers()),
        present.secrets(),
        standing(present.standing()),
        present.createdMillis(),
        nowMillis);
  }

  private Standing standing(Standing present) {
    if (enabled.isEmpty() || enabled.get().equals(present.enabled())) {
      return present;
    }
    return enabled.get() ? Standing.ENABLED : new Standing(false, BY_OWNER, 0);
  }

  private Optional<Headers> sealed(String id, SecretSealer sealer) {
    return headers.map(values -> {
      if (values.isEmpty()) {
        return Headers.NONE;
      }
      var json = new JsonObject();
      values.forEach(json::put);
      var clear = json.encode().getBytes(StandardCharsets.UTF_8);
      return new Headers(values.keySet(), sealer.seal(id, SecretKinds.WEBHOOK_HEADERS, clear));
    });
  }

  @Override
  public String toString() {
    return "webhook to be";
  }
}
