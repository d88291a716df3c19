package io.m2mgate.cli;

import io.m2mgate.cli.simulate.AlgorithmNames;
import io.m2mgate.session.CipherKind;
import io.m2mgate.session.MacKind;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.InvalidValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The options by which frames are verified and opened (wire 3 and 4). Secrets may stand in files. One run, one thread. */
final class SecretOptions {
  private static final int KEY_BYTES = 16;
  private static final String KEY_VALID =
      "hex digits of at least 16 bytes, or at least 16 characters; @FILE reads a file, @- a line of standard input";

  @Option(names = "--imei", paramLabel = "DIGITS", description = "The IMEI, to check digests with.")
  private Optional<String> imei = Optional.empty();

  @Option(names = "--imsi", paramLabel = "DIGITS", description = "The IMSI bound at registration.")
  private Optional<String> imsi = Optional.empty();

  @Option(
      names = "--uplink-password",
      paramLabel = "TEXT",
      description =
          "Signs what the terminal sends. This and the other secrets may be given as @FILE,"
              + " or as @- for a line of standard input each, in the order of this help.")
  private Optional<String> uplink = Optional.empty();

  @Option(
      names = "--downlink-password",
      paramLabel = "TEXT",
      description = "Signs what the platform sends.")
  private Optional<String> downlink = Optional.empty();

  @Option(
      names = "--base-key",
      paramLabel = "KEY",
      description = "Opens the session key in a LOGIN_ACK; characters, or hex digits.")
  private Optional<String> baseKey = Optional.empty();

  @Option(
      names = "--session-key",
      paramLabel = "HEX",
      description = "Opens encrypted bodies; not needed behind a LOGIN_ACK that --base-key opens.")
  private Optional<String> sessionKey = Optional.empty();

  @Option(
      names = "--timestamp",
      paramLabel = "HEX",
      description = "Timestamp of the session's LOGIN_ACK; LOGIN, LOGIN_ACK and REGISTER need none,"
          + " nor do frames behind a LOGIN_ACK whose digest is good.")
  private Optional<String> timestamp = Optional.empty();

  @Option(
      names = "--mac",
      converter = AlgorithmNames.Mac.class,
      description = "md5, hmac-sha256 or hmac-sm3; default: each is tried.")
  private Optional<MacKind> mac = Optional.empty();

  @Option(
      names = "--cipher",
      converter = AlgorithmNames.Cipher.class,
      description = "3des, aes or sm4; default: each is tried.")
  private Optional<CipherKind> cipher = Optional.empty();

  private final SecretText texts = new SecretText();

  /** Whether a secret comes from standard input, which then has no frames. */
  boolean readsStandardInput() {
    return Stream.of(uplink, downlink, baseKey, sessionKey)
        .anyMatch(Optional.of(SecretText.STANDARD_INPUT)::equals);
  }

  /**
   * What was given, with files read.
   *
   * @throws InvalidValue when a value has another form; it does not repeat secrets
   * @throws IOException when a file cannot be read
   */
  DecodeSecrets read() throws IOException {
    return new DecodeSecrets(
        imei.map(SecretOptions::ascii),
        imsi.map(SecretOptions::ascii),
        texts.read(uplink).map(SecretOptions::ascii),
        texts.read(downlink).map(SecretOptions::ascii),
        texts.read(baseKey).map(text -> key("--base-key", text)),
        texts.read(sessionKey).map(text -> key("--session-key", text)),
        timestamp.map(SecretOptions::stamp),
        mac,
        cipher);
  }

  private static byte[] key(String option, String text) {
    boolean hex = text.length() >= 2 * KEY_BYTES && text.matches("([0-9A-Fa-f]{2})*");
    byte[] key = hex ? Bytes.unhex(text) : ascii(text);
    if (key.length < KEY_BYTES) {
      throw new InvalidValue(option, key.length + " bytes", KEY_VALID);
    }
    return key;
  }

  private static int stamp(String text) {
    if (!text.matches("[0-9A-Fa-f]{1,8}")) {
      throw new InvalidValue("--timestamp", text, "up to 8 hex digits");
    }
    return Integer.parseUnsignedInt(text, 16);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
