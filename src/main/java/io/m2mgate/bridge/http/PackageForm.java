package io.m2mgate.bridge.http;

import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.InvalidRequest.Fault;
import io.m2mgate.store.StoredPackage;
import io.m2mgate.upgrade.PackageContent;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a request says of a new package in its query, checked before a byte of the file is read. Immutable.
 *
 * @param url where the file lies elsewhere
 * @param sizeBytes that whoever has it there says, or 0
 * @param sha256 that the body is to have
 */
record PackageForm(
    String app,
    String name,
    String version,
    String versionDescription,
    String model,
    String notes,
    Optional<String> url,
    long sizeBytes,
    Optional<String> sha256) {

  private static final Pattern VERSION = Pattern.compile("[\\x21-\\x7E]{1,20}");
  private static final String VERSION_VALID = "1..20 printable ASCII characters without spaces";
  private static final Pattern DESCRIPTION = Pattern.compile("[0-9]{1,5}\\.[0-9]{1,5}");
  private static final String DESCRIPTION_VALID = "major.minor, for instance 2.1";
  static final Pattern MODEL = Pattern.compile("[^\\p{Cntrl}]{0,40}");
  static final String MODEL_VALID = "at most 40 printable characters";
  private static final Pattern URL =
      Pattern.compile("https?://[\\x21-\\x7E&&[^\"<>\\\\^`{|}]]{1,500}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  static PackageForm of(Exchange exchange, String app) {
    List<Fault> faults = new ArrayList<>();
    String name = text(exchange, "name", Forms.NAME, Forms.NAME_VALID, faults);
    String version = text(exchange, "version", VERSION, VERSION_VALID, faults);
    Optional<String> url =
        optional(exchange, "url", URL, "an http or https URL of at most 500 characters", faults);
    String description = description(exchange, version, url.isPresent(), faults);
    String model = optional(exchange, "model", MODEL, MODEL_VALID, faults).orElse("");
    String notes =
        optional(exchange, "notes", Forms.NOTE, Forms.NOTE_VALID, faults).orElse("");
    Optional<String> sha256 =
        optional(exchange, "sha256", SHA256, "64 lower-case hex digits", faults);
    if (!faults.isEmpty()) {
      throw new InvalidRequest(faults);
    }
    long size = exchange.number("sizeBytes", 0, 0, Long.MAX_VALUE);
    return new PackageForm(
        app, name, version, description, model, notes, url, url.isPresent() ? size : 0, sha256);
  }

  private static String text(
      Exchange exchange, String name, Pattern form, String valid, List<Fault> faults) {
    Optional<String> given = exchange.query(name);
    if (given.isEmpty()) {
      faults.add(Fault.of("?" + name, "missing", valid));
    }
    return given.isEmpty() ? "" : optional(exchange, name, form, valid, faults).orElse("");
  }

  private static Optional<String> optional(
      Exchange exchange, String name, Pattern form, String valid, List<Fault> faults) {
    Optional<String> given = exchange.query(name);
    if (given.filter(text -> !form.matcher(text).matches()).isPresent()) {
      faults.add(Fault.of("?" + name, "not of the form", valid));
      return Optional.empty();
    }
    return given;
  }

  /** VER_DSC has a form of its own, which the version need not have (clause 5.3.8). */
  private static String description(
      Exchange exchange, String version, boolean elsewhere, List<Fault> faults) {
    Optional<String> given =
        optional(exchange, "versionDescription", DESCRIPTION, DESCRIPTION_VALID, faults);
    if (given.isPresent()) {
      return given.get();
    }
    if (DESCRIPTION.matcher(version).matches()) {
      return version;
    }
    if (!elsewhere && exchange.query("versionDescription").isEmpty()) {
      faults.add(Fault.of(
          "?versionDescription",
          "needed, because the version is not " + DESCRIPTION_VALID,
          DESCRIPTION_VALID));
    }
    return "";
  }

  StoredPackage elsewhere(String by, long nowMillis) {
    return stored(
        by, nowMillis, sizeBytes, StoredPackage.UNKNOWN, StoredPackage.UNKNOWN, "", url.orElse(""));
  }

  StoredPackage here(String by, long nowMillis, PackageContent content) {
    return stored(
        by, nowMillis, content.sizeBytes(), content.crc16(), content.crc32(), content.sha256(), "");
  }

  private StoredPackage stored(
      String by, long nowMillis, long size, long crc16, long crc32, String digest, String from) {
    return new StoredPackage(
        UlidCreator.getMonotonicUlid(nowMillis).toString(),
        app,
        name,
        version,
        versionDescription,
        model,
        notes,
        size,
        crc16,
        crc32,
        digest,
        from,
        nowMillis,
        by);
  }

  /** A package as applications see it. */
  static JsonObject shape(StoredPackage stored) {
    var shape = new JsonObject()
        .put("id", stored.id())
        .put("app", stored.app())
        .put("name", stored.name())
        .put("version", stored.version())
        .put("versionDescription", stored.versionDescription())
        .put("model", stored.model())
        .put("notes", stored.notes())
        .put("sizeBytes", stored.sizeBytes());
    if (stored.isElsewhere()) {
      shape.put("url", stored.url());
    } else {
      shape
          .put("crc16", String.format("%04X", stored.crc16()))
          .put("crc32", String.format("%08X", stored.crc32()))
          .put("sha256", stored.sha256());
    }
    return shape
        .put("created", Shapes.time(stored.createdMillis()))
        .put("createdBy", stored.createdBy());
  }
}
