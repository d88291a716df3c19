package io.m2mgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Vectors;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DecodeCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return new CommandLine(new DecodeCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }

  private static String hex(String vector) {
    return Bytes.hex(Vectors.named(vector).bytes());
  }

  private JsonNode json() throws Exception {
    return new JsonMapper().readTree(out.toString());
  }

  /** Verifies the table of one frame. */
  @Test
  void table() {
    assertThat(run(hex("heartbeat"))).isZero();
    assertThat(out.toString())
        .contains("HEART_BEAT of TERM000000000001, 28 bytes, dialect wmmp-3, digest absent");
    assertThat(err.toString()).isEmpty();
  }

  /** Verifies that glued frames are split and that digits may come in pieces, in either case. */
  @Test
  void glued() throws Exception {
    var both = hex("logout") + hex("heartbeat").toUpperCase(Locale.ROOT);

    assertThat(
            run("--json", both.substring(0, 20), both.substring(20, 61) + "\n", both.substring(61)))
        .isZero();
    assertThat(json()).hasSize(2);
    assertThat(json().get(0).get("command").asText()).isEqualTo("LOGOUT");
    assertThat(json().get(1).get("command").asText()).isEqualTo("HEART_BEAT");
  }

  /** Verifies that - reads standard input. */
  @Test
  void standardInput() throws Exception {
    var before = System.in;
    System.setIn(
        new ByteArrayInputStream((hex("logout") + "\n").getBytes(StandardCharsets.US_ASCII)));
    try {
      assertThat(run("--json", "-")).isZero();
    } finally {
      System.setIn(before);
    }
    assertThat(json().get(0).get("rows")).hasSize(8);
  }

  /** Verifies that the digests of both directions are checked with the secrets given. */
  @Test
  void digests() throws Exception {
    String[] secrets = {
      "--json",
      "--imei",
      "351692032182973",
      "--imsi",
      "460007914127292",
      "--uplink-password",
      "12345678",
      "--downlink-password",
      "87654321",
      "--timestamp",
      "4bcad1f0"
    };
    for (String vector : new String[] {
      "login-signed", "login-ack-signed", "trap-signed", "trap-ack-signed", "data-encrypted"
    }) {
      out.getBuffer().setLength(0);
      assertThat(new CommandLine(new DecodeCommand())
              .setOut(new PrintWriter(out, true))
              .execute(append(secrets, hex(vector))))
          .isZero();
      assertThat(json().get(0).get("digest").asText()).as(vector).isEqualTo("good");
    }
  }

  private static String[] append(String[] args, String last) {
    var all = Arrays.copyOf(args, args.length + 1);
    all[args.length] = last;
    return all;
  }

  /** Verifies that a wrong password is told from no password and from a missing timestamp. */
  @Test
  void verdicts() throws Exception {
    run(
        "--json",
        "--imei",
        "351692032182973",
        "--imsi",
        "460007914127292",
        "--uplink-password",
        "x",
        "--timestamp",
        "4bcad1f0",
        hex("trap-signed"));
    assertThat(json().get(0).get("digest").asText()).isEqualTo("wrong");

    out.getBuffer().setLength(0);
    run(
        "--json",
        "--imei",
        "351692032182973",
        "--imsi",
        "460007914127292",
        "--uplink-password",
        "12345678",
        hex("trap-signed"));
    assertThat(json().get(0).get("digest").asText()).isEqualTo("unchecked");
  }

  /** Verifies that secrets are hidden by default. */
  @Test
  void secrets() {
    run(hex("security-config-sms"));
    assertThat(out.toString()).doesNotContain("12345678").contains("****");

    out.getBuffer().setLength(0);
    run("--show-secrets", hex("security-config-sms"));
    assertThat(out.toString()).contains("12345678");
  }

  /** Verifies that malformed bytes exit with 1 and say reason, place, and what would be right. */
  @Test
  void malformed() {
    assertThat(run("000500030000")).isEqualTo(1);
    assertThat(err.toString()).contains("length-too-short at offset 0", "right would be");

    err.getBuffer().setLength(0);
    assertThat(run(hex("heartbeat") + hex("heartbeat").substring(0, 40))).isEqualTo(1);
    assertThat(err.toString())
        .contains("length-mismatch at offset 28: 20 bytes are there, the frame says 28");
    assertThat(out.toString()).contains("HEART_BEAT");

    err.getBuffer().setLength(0);
    assertThat(run("001c")).isEqualTo(1);
    assertThat(run("00zz")).isEqualTo(1);
    assertThat(err.toString()).contains("hex: character 3 is z");
  }

  /** Verifies that a TLV past the end exits with 1, with the rows that could be read. */
  @Test
  void malformedBody() {
    assertThat(run("0022000700000004030000005445524d303030303030303030303031300700ff1400"))
        .isEqualTo(1);
    assertThat(err.toString()).contains("tlv-past-end at offset 28, tag 3007");
    assertThat(out.toString()).contains("CONFIG_TRAP");
  }

  /** Verifies that dialects come from a directory and can be named, and that a wrong name lists the right ones. */
  @Test
  void dialects(@TempDir Path dir) throws Exception {
    Files.writeString(dir.resolve("x.json"), "{\"name\": \"acme\"}");

    assertThat(run("--dialects-dir", dir.toString(), "--dialect", "acme", hex("heartbeat")))
        .isZero();
    assertThat(out.toString()).contains("dialect acme");
    assertThat(run("--dialects-dir", dir.toString(), "--dialect", "acne", hex("heartbeat")))
        .isEqualTo(2);
    assertThat(err.toString()).contains("--dialect: acne; valid: wmmp-3, acme");

    Files.writeString(dir.resolve("y.json"), "{");
    assertThat(run("--dialects-dir", dir.toString(), hex("heartbeat"))).isEqualTo(2);
    assertThat(err.toString()).contains("y.json");
  }

  /** Verifies that help shows examples, and that no bytes at all are wrong usage. */
  @Test
  void help() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("Examples:", "m2mgate decode --json -");
    assertThat(run()).isEqualTo(2);
  }

  /** Verifies that the older header is read by the shipped example dialect. */
  @Test
  void olderHeader() {
    assertThat(run(
            "--dialects-dir",
            "conf/examples/dialects",
            "001a000300000001 0100 5445524d303030303030303030303031"))
        .isZero();
    assertThat(out.toString()).contains("dialect wmmp-1", "HEART_BEAT");
  }
}
