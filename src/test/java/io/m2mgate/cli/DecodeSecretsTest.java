package io.m2mgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.security.BaseKeyProof;
import io.m2mgate.security.BodyCiphers;
import io.m2mgate.security.FrameMacs;
import io.m2mgate.session.CipherKind;
import io.m2mgate.session.MacKind;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.DigestLocator;
import io.m2mgate.wire.FrameBuilder;
import io.m2mgate.wire.Vectors;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code decode} makes of frames whose secrets it is given. */
class DecodeSecretsTest {
  private static final Dialect DIALECT = Vectors.DICTIONARY.dialect();
  private static final String IMEI = "351692032182973";
  private static final String IMSI = "460007914127292";
  private static final String SERIAL = "ASM7000722222222";
  private static final String UPLINK = "12345678";
  private static final String DOWNLINK = "87654321";
  private static final String BASE_KEY = "abcdefghijklmnopqrstuvwx";
  private static final String SESSION_KEY = "00112233445566778899aabbccddeeff";
  private static final int STAMP = 0x4BCAD1F0;
  private static final long EXPIRY = 0x5F5E1000L;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    var all = new ArrayList<>(List.of("decode", "--json"));
    all.addAll(List.of(args));
    return Main.commandLine("decode")
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  private JsonNode explained(String... args) throws Exception {
    out.getBuffer().setLength(0);
    assertThat(run(args)).as("exit code: %s", err).isZero();
    JsonNode frames = new JsonMapper().readTree(out.toString());
    return frames.get(frames.size() - 1);
  }

  private JsonNode known(String... more) throws Exception {
    var all = new ArrayList<>(List.of(
        "--imei", IMEI, "--imsi", IMSI, "--uplink-password", UPLINK, "--downlink-password"));
    all.add(DOWNLINK);
    all.addAll(List.of(more));
    return explained(all.toArray(String[]::new));
  }

  private static String hex(String vector) {
    return Bytes.hex(Vectors.named(vector).bytes());
  }

  private static JsonNode row(JsonNode part, String name) {
    for (JsonNode row : part.path("rows")) {
      if (row.path("name").asText().equals(name)) {
        return row;
      }
    }
    throw new AssertionError("no row " + name + " in " + part);
  }

  private static String signed(FrameBuilder frame, MacKind mac, int stamp, String password) {
    byte[] bytes = frame.serial(SERIAL).digest().build();
    return signed(bytes, mac, stamp, password, bytes.length - DigestLocator.TLV_SIZE);
  }

  private static String signed(byte[] bytes, MacKind mac, int stamp, String password, int covered) {
    new FrameMacs()
        .of(mac)
        .sign(
            bytes,
            bytes.length - DigestLocator.VALUE_SIZE,
            bytes,
            0,
            covered,
            stamp,
            ascii(IMEI + '\0'),
            ascii(IMSI),
            ascii(password));
    return Bytes.hex(bytes);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static FrameBuilder trap() {
    return FrameBuilder.request(DIALECT, Command.CONFIG_TRAP).flags(0x20);
  }

  // Verifies that every digest is found by itself, and that the words say what fitted.
  @ParameterizedTest
  @CsvSource({"MD5,md5", "HMAC_SHA_256,hmac-sha256", "HMAC_SM3,hmac-sm3"})
  void verifiesEveryDigest(MacKind mac, String name) throws Exception {
    String frame = signed(trap(), mac, STAMP, UPLINK);
    JsonNode found = known("--timestamp", "4bcad1f0", frame);
    assertThat(found.path("digest").asText()).isEqualTo("good");
    assertThat(found.path("digestNote").asText())
        .isEqualTo(name + ", uplink password, IMEI as 16 bytes");
    JsonNode named = known("--timestamp", "4bcad1f0", "--mac", name, frame);
    assertThat(named.path("digest").asText()).isEqualTo("good");
  }

  // Verifies that a wrong digest comes with what would fit instead, and a missing input with its
  // name.
  @Test
  void saysWhatDoesNotFit() throws Exception {
    String sm3 = signed(trap(), MacKind.HMAC_SM3, STAMP, UPLINK);
    assertThat(known("--timestamp", "4bcad1f0", "--mac", "md5", sm3)
            .path("digestNote")
            .asText())
        .startsWith("fits with hmac-sm3, uplink password");
    String unstamped = signed(trap(), MacKind.MD5, 0, UPLINK);
    assertThat(known("--timestamp", "4bcad1f0", unstamped).path("digestNote").asText())
        .startsWith("fits under timestamp 0");
    byte[] report = trap().serial(SERIAL).tlv(0x0011, new byte[4]).digest().build();
    String headerOnly = signed(report, MacKind.MD5, STAMP, UPLINK, 28);
    assertThat(known("--timestamp", "4bcad1f0", headerOnly).path("digestNote").asText())
        .startsWith("covers the header only");
    JsonNode other = known("--timestamp", "4bcad1f1", hex("trap-signed"));
    assertThat(other.path("digest").asText()).isEqualTo("wrong");
    assertThat(other.path("digestNote").asText())
        .contains("fits with none of md5, hmac-sha256, hmac-sm3", "4bcad1f1");
    assertThat(known(hex("trap-signed")).path("digestNote").asText()).contains("--timestamp");
    assertThat(explained("--imei", IMEI, hex("trap-signed")).path("digestNote").asText())
        .contains("--imsi", "--uplink-password");
  }

  // Verifies that an encrypted body is explained like one in clear, padding and all.
  @Test
  void opensBodies() throws Exception {
    JsonNode frame = explained("--session-key", SESSION_KEY, hex("data-encrypted"));
    JsonNode inside = frame.path("inside").get(0);
    assertThat(inside.path("tlv").asText()).isEqualTo("encrypted-body");
    assertThat(inside.path("opened").asBoolean()).isTrue();
    assertThat(inside.path("note").asText()).endsWith("under 3des");
    assertThat(row(inside, "user-data").path("value").asText()).isEqualTo("68656c6c6f");
    assertThat(row(inside, "destination-ec").path("offset").asInt()).isEqualTo(2);
  }

  // Verifies that a body that stays closed says why: no key, another key, another cipher.
  @Test
  void saysWhyABodyStaysClosed() throws Exception {
    String data = hex("data-encrypted");
    assertThat(note(explained(data))).contains("without --session-key");
    assertThat(note(explained("--session-key", "ff".repeat(16), "--cipher", "3des", data)))
        .contains("no body of TRANSPARENT_DATA", "key or cipher is another");
    assertThat(note(explained("--session-key", SESSION_KEY, "--cipher", "aes", data)))
        .contains("length or padding");
    assertThat(run("--session-key", "short", data)).isEqualTo(2);
    assertThat(err.toString()).contains("--session-key: 5 bytes").doesNotContain("short");
  }

  private static String note(JsonNode frame) {
    JsonNode inside = frame.path("inside").get(0);
    assertThat(inside.path("opened").asBoolean()).isFalse();
    assertThat(inside.path("rows")).isEmpty();
    return inside.path("note").asText();
  }

  private static String loginAck(CipherKind cipher) {
    var ciphers = new BodyCiphers(new SecureRandom(), 1);
    byte[] clear = BaseKeyProof.sessionKeyTlvs(
        DIALECT.tags(), Bytes.unhex(SESSION_KEY), OptionalLong.of(EXPIRY));
    byte[] hidden = ciphers.encrypt(cipher, ascii(BASE_KEY), clear, 0, clear.length);
    return signed(
        FrameBuilder.ack(DIALECT, Command.LOGIN)
            .flags(0x20)
            .field("timestamp", STAMP & 0xFFFFFFFFL)
            .tlv(DIALECT.tags().encryptedSessionKey(), hidden),
        MacKind.MD5,
        STAMP,
        DOWNLINK);
  }

  // Verifies that the session key in a LOGIN_ACK is opened under every cipher, hidden unless asked
  // for, and used with the timestamp for what follows.
  @ParameterizedTest
  @CsvSource({"TRIPLE_DES,3des", "AES_128,aes", "SM4,sm4"})
  void opensSessionKeys(CipherKind cipher, String name) throws Exception {
    String ack = loginAck(cipher);
    JsonNode inside = known("--base-key", BASE_KEY, ack).path("inside").get(0);
    assertThat(inside.path("note").asText()).isEqualTo("opened with the base key under " + name);
    assertThat(row(inside, "session-key-expiry").path("value").asLong()).isEqualTo(EXPIRY);
    assertThat(out.toString()).doesNotContainIgnoringCase(SESSION_KEY);
    known("--show-secrets", "--base-key", BASE_KEY, ack);
    assertThat(out.toString()).containsIgnoringCase(SESSION_KEY);

    byte[] body = new BodyWriter().u8(0).toBytes();
    byte[] hidden = new BodyCiphers(new SecureRandom(), 1)
        .encrypt(cipher, Bytes.unhex(SESSION_KEY), body, 0, body.length);
    byte[] logout = FrameBuilder.request(DIALECT, Command.LOGOUT)
        .serial(SERIAL)
        .flags(0xF0)
        .digest()
        .build(new BodyWriter().tlv(DIALECT.tags().encryptedBody(), hidden).toBytes());
    String frame =
        signed(logout, MacKind.MD5, STAMP, UPLINK, logout.length - DigestLocator.TLV_SIZE);
    JsonNode last = known("--base-key", BASE_KEY, ack, frame);
    assertThat(last.path("digest").asText()).isEqualTo("good");
    assertThat(last.path("inside").get(0).path("note").asText()).endsWith("under " + name);
    assertThat(last.path("inside").get(0).path("rows").get(0).path("note").asText())
        .startsWith("normal");
  }

  // Verifies that another base key is told from none.
  @Test
  void saysWhyASessionKeyStaysClosed() throws Exception {
    String ack = loginAck(CipherKind.AES_128);
    assertThat(note(explained(ack))).isEqualTo("without --base-key");
    assertThat(note(explained("--base-key", "x".repeat(24), ack))).contains("no session key");
  }

  // Verifies that secrets may come from files and from standard input, each a line, and that a file
  // that is missing ends with its name.
  @Test
  void readsSecretsFromElsewhere(@TempDir Path directory) throws Exception {
    Path up = Files.writeString(directory.resolve("up.txt"), UPLINK + "\n");
    var before = System.in;
    System.setIn(new ByteArrayInputStream(ascii(DOWNLINK + "\n" + SESSION_KEY + "\n")));
    try {
      JsonNode frame = explained(
          "--imei",
          IMEI,
          "--imsi",
          IMSI,
          "--uplink-password",
          "@" + up,
          "--downlink-password",
          "@-",
          "--session-key",
          "@-",
          "--timestamp",
          "4bcad1f0",
          hex("data-encrypted"));
      assertThat(frame.path("digest").asText()).isEqualTo("good");
      assertThat(frame.path("inside").get(0).path("opened").asBoolean()).isTrue();
    } finally {
      System.setIn(before);
    }
    assertThat(run("--uplink-password", "@" + directory.resolve("none"), hex("heartbeat")))
        .isEqualTo(2);
    assertThat(err.toString()).contains("none");
    assertThat(run("--uplink-password", "@-", "-")).isEqualTo(2);
  }

  // Verifies that people get the same as programs.
  @Test
  void printsTables() {
    out.getBuffer().setLength(0);
    Main.commandLine("decode")
        .setOut(new PrintWriter(out, true))
        .execute("decode", "--session-key", SESSION_KEY, hex("data-encrypted"));
    assertThat(out.toString())
        .contains("inside encrypted-body, opened with the session key under 3des", "EC01");
  }
}
