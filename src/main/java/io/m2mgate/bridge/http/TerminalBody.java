package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Fields;
import io.m2mgate.session.SecretSet.Expiries;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.Provision;
import io.m2mgate.store.SealedSecrets;
import io.m2mgate.store.TerminalStore.SecretExpiries;
import io.m2mgate.store.TerminalStore.TerminalPatch;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads a terminal's record or merge patch out of one request body, checks all of it and seals the secrets. */
final class TerminalBody {

  static final String[] MEMBERS = {
    "serial",
    "imei",
    "imsi",
    "app",
    "profile",
    "msisdn",
    "uplinkPassword",
    "downlinkPassword",
    "baseKey",
    "enabled"
  };

  /** Those of administration, which may say when secrets expire. */
  static final String[] ALL_MEMBERS = Stream.concat(
          Arrays.stream(MEMBERS),
          Stream.of("uplinkPassword", "downlinkPassword", "baseKey").map(TerminalBody::expiryOf))
      .toArray(String[]::new);

  private static final byte[] CLEARED = {};
  private static final String DEFAULT_PROFILE = "wmmp-3";
  private static final List<String> SECRETS =
      List.of("uplinkPassword", "downlinkPassword", "baseKey");
  private static final long LAST_EXPIRY = Expiries.NONE - 1;
  private static final String EXPIRY_VALID =
      "a time in the future, up to " + Instant.ofEpochSecond(LAST_EXPIRY) + ", or null for never";
  private static final Set<String> NEVER_NULL = Set.of("serial", "imei", "app");

  private final Fields fields;
  private final BridgeParts parts;
  private final Set<String> profiles;

  TerminalBody(Fields fields, BridgeParts parts) {
    this(fields, parts, parts.profiles().names());
  }

  /** @param profiles names of those that exist */
  TerminalBody(Fields fields, BridgeParts parts, Set<String> profiles) {
    this.fields = fields;
    this.parts = parts;
    this.profiles = profiles;
  }

  record New(TerminalRecord terminal, SealedSecrets secrets, SecretExpiries expiries) {}

  private static String expiryOf(String secret) {
    return secret + "Expires";
  }

  New create(long nowMillis) {
    var serial = fields.required("serial", Forms.SERIAL, Forms.SERIAL_VALID);
    var imei = fields.required("imei", Forms.DIGITS_15, Forms.DIGITS_15_VALID);
    var app = fields.required("app", Forms.APP_CODE, Forms.APP_CODE_VALID);
    var imsi = fields.text("imsi", Forms.DIGITS_15, Forms.DIGITS_15_VALID);
    var msisdn = fields.text("msisdn", Forms.MSISDN, Forms.MSISDN_VALID);
    var profile = fields.text("profile", Forms.NAME, Forms.NAME_VALID).orElse(DEFAULT_PROFILE);
    var enabled = fields.flag("enabled").orElse(true);
    var clear = SECRETS.stream().map(this::secret).toList();
    SECRETS.stream()
        .filter(name -> clear.get(SECRETS.indexOf(name)).isEmpty() && fields.has(expiryOf(name)))
        .forEach(name -> fields.fault(expiryOf(name), "its secret is missing", name));
    var expiries = expiries(nowMillis);
    checkReferences(Optional.of(app).filter(code -> !code.isEmpty()), Optional.of(profile));
    fields.check();
    var record = new TerminalRecord(
        serial, imei, imsi, app, profile, msisdn, enabled, nowMillis, nowMillis, 1);
    return new New(
        record,
        new SealedSecrets(
            sealed(serial, 0, clear.get(0)),
            sealed(serial, 1, clear.get(1)),
            sealed(serial, 2, clear.get(2))),
        expiries);
  }

  private SecretExpiries expiries(long nowMillis) {
    return new SecretExpiries(
        expiry(SECRETS.get(0), nowMillis),
        expiry(SECRETS.get(1), nowMillis),
        expiry(SECRETS.get(2), nowMillis));
  }

  private Optional<Long> expiry(String secret, long nowMillis) {
    var said = fields.time(expiryOf(secret));
    said.flatMap(time -> time)
        .map(Instant::getEpochSecond)
        .filter(second -> second <= nowMillis / 1000 || second > LAST_EXPIRY)
        .ifPresent(second -> fields.fault(expiryOf(secret), "out of range", EXPIRY_VALID));
    return said.map(time -> time.map(Instant::getEpochSecond).orElse(Expiries.NONE));
  }

  /** What one line of an import asks for: the record to create, and the members it names for one that is there. */
  Provision provision(long nowMillis, ImportMode mode) {
    var asked = create(nowMillis);
    var terminal = asked.terminal();
    var secrets = asked.secrets();
    var patch = new TerminalPatch(
        Optional.of(terminal.imei()),
        named("imsi", terminal.imsi()),
        Optional.of(terminal.app()),
        named("profile", terminal.profile()),
        named("msisdn", terminal.msisdn()),
        named("enabled", terminal.enabled()),
        named(SECRETS.get(0), secrets.uplinkPassword()),
        named(SECRETS.get(1), secrets.downlinkPassword()),
        named(SECRETS.get(2), secrets.baseKey()));
    var clear = SECRETS.stream()
        .map(name ->
            fields.has(name) ? Optional.of(secret(name)) : Optional.<Optional<byte[]>>empty())
        .toList();
    return new Provision(
        terminal,
        secrets,
        patch,
        stored -> same(terminal.serial(), clear, stored),
        mode.update(),
        mode.overwriteSecrets());
  }

  private boolean same(
      String serial, List<Optional<Optional<byte[]>>> named, SealedSecrets stored) {
    var present = List.of(stored.uplinkPassword(), stored.downlinkPassword(), stored.baseKey());
    for (int i = 0; i < present.size(); i++) {
      if (named.get(i).isEmpty()) {
        continue;
      }
      var sealed = present.get(i);
      var clear = named.get(i).get();
      boolean same = clear.isEmpty()
          ? sealed.length == 0
          : sealed.length > 0 && parts.sealer().holds(serial, SECRETS.get(i), sealed, clear.get());
      if (!same) {
        return false;
      }
    }
    return true;
  }

  private <T> Optional<T> named(String name, T value) {
    return fields.has(name) ? Optional.of(value) : Optional.empty();
  }

  TerminalPatch patch(String serial, long nowMillis) {
    NEVER_NULL.stream()
        .filter(name -> fields.has(name) && fields.isNull(name))
        .forEach(name -> fields.fault(name, "cannot be taken away", "a value"));
    fields
        .text("serial", Forms.SERIAL, Forms.SERIAL_VALID)
        .filter(same -> !same.equals(serial))
        .ifPresent(other -> fields.fault("serial", "cannot be changed", serial));
    var app = fields.text("app", Forms.APP_CODE, Forms.APP_CODE_VALID);
    var profile = fields.isNull("profile")
        ? Optional.of(DEFAULT_PROFILE)
        : fields.text("profile", Forms.NAME, Forms.NAME_VALID);
    var enabled = fields.isNull("enabled") ? Optional.of(true) : fields.flag("enabled");
    var imei = fields.text("imei", Forms.DIGITS_15, Forms.DIGITS_15_VALID);
    var imsi = clearable("imsi", Forms.DIGITS_15, Forms.DIGITS_15_VALID);
    var msisdn = clearable("msisdn", Forms.MSISDN, Forms.MSISDN_VALID);
    var clear = SECRETS.stream().map(this::secret).toList();
    var expiries = expiries(nowMillis);
    checkReferences(app, profile);
    fields.check();
    return new TerminalPatch(
        imei,
        imsi,
        app,
        profile,
        msisdn,
        enabled,
        patched(serial, 0, clear.get(0)),
        patched(serial, 1, clear.get(1)),
        patched(serial, 2, clear.get(2)),
        expiries);
  }

  /** What the audit may keep: which members changed, and the values of those that are no secrets. */
  JsonObject audited(JsonObject body) {
    var secrets = new JsonArray();
    var plain = body.copy();
    for (var name : SECRETS) {
      if (plain.containsKey(name)) {
        plain.remove(name);
        secrets.add(name);
      }
    }
    return secrets.isEmpty() ? plain : plain.put("secrets", secrets);
  }

  private void checkReferences(Optional<String> app, Optional<String> profile) {
    app.filter(code -> !parts.applications().exists(code))
        .ifPresent(
            code -> fields.fault("app", "no application of this code", "an existing appCode"));
    profile
        .filter(name -> !profiles.contains(name))
        .ifPresent(name -> fields.fault(
            "profile",
            "no profile of this name",
            String.join(", ", profiles.stream().sorted().toList())));
  }

  private Optional<Optional<String>> clearable(String name, Pattern form, String valid) {
    return fields.isNull(name)
        ? Optional.of(Optional.empty())
        : fields.text(name, form, valid).map(Optional::of);
  }

  private Optional<byte[]> secret(String name) {
    return name.equals("baseKey")
        ? fields.text(name, Forms.BASE_KEY, Forms.BASE_KEY_VALID).map(HexFormat.of()::parseHex)
        : fields
            .text(name, Forms.PASSWORD, Forms.PASSWORD_VALID)
            .map(text -> text.getBytes(StandardCharsets.US_ASCII));
  }

  private byte[] sealed(String serial, int secret, Optional<byte[]> clear) {
    return clear
        .map(bytes -> parts.sealer().seal(serial, SECRETS.get(secret), bytes))
        .orElse(CLEARED);
  }

  private Optional<byte[]> patched(String serial, int secret, Optional<byte[]> clear) {
    if (fields.isNull(SECRETS.get(secret))) {
      return Optional.of(CLEARED);
    }
    return clear.map(bytes -> parts.sealer().seal(serial, SECRETS.get(secret), bytes));
  }
}
