package io.m2mgate.cli;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.security.Md5Digest;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.DigestCheck;
import io.m2mgate.wire.DigestVerdict;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.InvalidValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The secrets on a command line that verify digests, and the check made of them (wire.md 3). One run, one thread. */
final class DigestOptions {
  @Option(names = "--imei", paramLabel = "DIGITS", description = "The IMEI, to check digests with.")
  private Optional<String> imei = Optional.empty();

  @Option(names = "--imsi", paramLabel = "DIGITS", description = "The IMSI bound at registration.")
  private Optional<String> imsi = Optional.empty();

  @Option(
      names = "--uplink-password",
      paramLabel = "TEXT",
      description = "Signs what the terminal sends.")
  private Optional<String> uplink = Optional.empty();

  @Option(
      names = "--downlink-password",
      paramLabel = "TEXT",
      description = "Signs what the platform sends.")
  private Optional<String> downlink = Optional.empty();

  @Option(
      names = "--timestamp",
      paramLabel = "HEX",
      description =
          "Timestamp of the session's LOGIN_ACK; LOGIN, LOGIN_ACK and REGISTER need none.")
  private Optional<String> timestamp = Optional.empty();

  private final Md5Digest md5 = new Md5Digest();

  /** A check with what was given; what needs more stays unchecked. */
  DigestCheck check(Dialect dialect) {
    var session = timestamp.map(DigestOptions::stamp);
    if (imei.isEmpty() || imsi.isEmpty() || uplink.isEmpty() && downlink.isEmpty()) {
      return DigestCheck.NONE;
    }
    return (frame, at) -> {
      var stamp = stampOf(dialect, frame, session);
      return stamp.isEmpty() ? DigestVerdict.UNCHECKED : verdict(frame, at, stamp.get());
    };
  }

  /** The direction of a frame is not in its bytes: every password that was given is tried. */
  private DigestVerdict verdict(Frame frame, int at, int stamp) {
    boolean good = uplink.isPresent() && good(frame, at, stamp, uplink.get())
        || downlink.isPresent() && good(frame, at, stamp, downlink.get());
    return good ? DigestVerdict.GOOD : DigestVerdict.WRONG;
  }

  private boolean good(Frame frame, int at, int stamp, String password) {
    var digits = ascii(imei.orElseThrow());
    return verify(frame, at, stamp, Arrays.copyOf(digits, digits.length + 1), password)
        || verify(frame, at, stamp, digits, password);
  }

  private boolean verify(Frame frame, int at, int stamp, byte[] hashedImei, String password) {
    return md5.verify(
        frame.bytes(),
        frame.offset(),
        at - frame.offset(),
        stamp,
        hashedImei,
        ascii(imsi.orElseThrow()),
        ascii(password));
  }

  private static Optional<Integer> stampOf(
      Dialect dialect, Frame frame, Optional<Integer> session) {
    // LOGIN and REGISTER hash zero, LOGIN_ACK hashes the timestamp it brings.
    if (!dialect.knows(frame.requestCommand())) {
      return session;
    }
    return switch (dialect.command(frame.requestCommand()).command()) {
      case REGISTER -> Optional.of(0);
      case LOGIN ->
        Optional.of(
            frame.isAck() && frame.bodyLength() >= 5
                ? Bytes.u32(frame.bytes(), frame.bodyOffset() + 1)
                : 0);
      default -> session;
    };
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
