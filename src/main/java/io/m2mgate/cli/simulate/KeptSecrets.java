package io.m2mgate.cli.simulate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The file that keeps a fleet's secrets from one run to the next: a line of JSON for each terminal with the members that
 * {@code terminals import} takes, readable by its owner only. Lines of other fleets stay as they are. Blocks; any thread.
 */
final class KeptSecrets {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HexFormat HEX = HexFormat.of();

  private final Path file;
  private final String app;
  private final Map<String, String> lines = new LinkedHashMap<>();
  private final Map<String, Keys> found = new HashMap<>();

  private KeptSecrets(Path file, String app) {
    this.file = file;
    this.app = app;
  }

  /**
   * Reads the file, or makes it.
   *
   * @throws IOException when it holds something else, or cannot be written
   */
  static KeptSecrets open(Path file, String app) throws IOException {
    var kept = new KeptSecrets(file, app);
    kept.read();
    kept.save(Stream.empty());
    return kept;
  }

  private void read() throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    int number = 0;
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      number++;
      if (!line.isBlank()) {
        Keys keys = keys(line, file + " line " + number);
        lines.put(digits(keys), line);
        found.put(digits(keys), keys);
      }
    }
  }

  /** What it held when it was opened, by IMEI. */
  Map<String, Keys> found() {
    return found;
  }

  /** A fault names the place and never the line, which may be a secret. */
  private static Keys keys(String text, String where) throws IOException {
    JsonNode line;
    try {
      line = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IOException(where + " is no JSON: is it a file of simulate --keep?");
    }
    for (String member : new String[] {"serial", "imei", "imsi"}) {
      if (!line.path(member).isTextual()) {
        throw new IOException(where + " has no " + member + ": is it a file of simulate --keep?");
      }
    }
    return new Keys(
        ascii(line, "serial"),
        SimulatedIdentity.ascii(line.path("imei").asText() + '\0'),
        ascii(line, "imsi"),
        ascii(line, "uplinkPassword"),
        ascii(line, "downlinkPassword"),
        HEX.parseHex(line.path("baseKey").asText()));
  }

  private static byte[] ascii(JsonNode line, String member) {
    return SimulatedIdentity.ascii(line.path(member).asText());
  }

  private static String digits(Keys keys) {
    return new String(keys.imei(), 0, keys.imei().length - 1, StandardCharsets.US_ASCII);
  }

  /** Writes all lines in the place of what was there; whoever reads sees the old file or the new one. */
  synchronized void save(Stream<Keys> all) throws IOException {
    all.filter(Keys::hasPasswords).forEach(keys -> lines.put(digits(keys), line(keys)));
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (BufferedWriter out = Files.newBufferedWriter(fresh, StandardCharsets.UTF_8)) {
      for (String line : lines.values()) {
        out.write(line);
        out.write('\n');
      }
    }
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private String line(Keys keys) {
    ObjectNode line = JSON.createObjectNode()
        .put("serial", text(keys.serial()))
        .put("imei", digits(keys))
        .put("imsi", text(keys.imsi()))
        .put("app", app)
        .put("uplinkPassword", text(keys.uplink()))
        .put("downlinkPassword", text(keys.downlink()));
    if (keys.baseKey().length > 0) {
      line.put("baseKey", HEX.formatHex(keys.baseKey()));
    }
    return line.toString();
  }

  private static String text(byte[] ascii) {
    return new String(ascii, StandardCharsets.US_ASCII);
  }
}
