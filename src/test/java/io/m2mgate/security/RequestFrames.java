package io.m2mgate.security;

import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameBuilder;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Requests of the sample terminal, signed as it signs them. */
public final class RequestFrames {
  public static final Dialect DIALECT = Vectors.DICTIONARY.dialect();
  private static final int SIGNED = 0x20;
  private static final int DIGEST = 20;

  private RequestFrames() {}

  /** A request of this command with a usual body. */
  public static FrameBuilder of(Command command, int sequence) {
    FrameBuilder request =
        FrameBuilder.request(DIALECT, command).serial(SampleTerminal.SERIAL).sequence(sequence);
    return switch (command) {
      case TRANSPARENT_DATA ->
        request.field("crc16", 0x34F6).tlv(0x4014, ascii("EC01")).tlv(0x4007, ascii("hello"));
      case CONFIG_TRAP -> request.tlv(0x0011, new byte[] {0, 0, 0, 0x5A});
      case CONFIG_REQ -> request.pair(0x0011).pair(0x0025);
      case LOGIN ->
        request
            .field("softwareVersion", "1.01")
            .field("configCrc32", 0x143A2B35)
            .tlv(0x3007, new byte[] {20});
      case FILE_REQ -> request.field("transId", 0x01020304).field("readPoint", 0x0A0B0C0D);
      default -> request;
    };
  }

  public static Frame unsigned(FrameBuilder request) {
    return frame(request.build());
  }

  /** Says that a digest follows, and none does. */
  static Frame flagOnly(FrameBuilder request) {
    return frame(request.flags(SIGNED).build());
  }

  public static Frame signed(FrameBuilder request, int timestamp) {
    return frame(sign(request.flags(SIGNED).digest().build(), timestamp, false));
  }

  static Frame signedShort(FrameBuilder request, int timestamp) {
    return frame(sign(request.flags(SIGNED).digest().build(), timestamp, true));
  }

  /** As one fielded client signs its traps: the header alone. */
  static Frame headerSigned(FrameBuilder request, int timestamp) {
    byte[] whole = request.flags(SIGNED).digest().build();
    return frame(sign(whole, timestamp, false, 28));
  }

  public static byte[] sign(byte[] frame, int timestamp, boolean shortImei) {
    return sign(frame, timestamp, shortImei, frame.length - DIGEST);
  }

  private static byte[] sign(byte[] frame, int timestamp, boolean shortImei, int covered) {
    byte[] imei = Arrays.copyOf(ascii(SampleTerminal.IMEI), shortImei ? 15 : 16);
    new Md5Digest()
        .sign(
            frame,
            frame.length - Md5Digest.SIZE,
            frame,
            0,
            covered,
            timestamp,
            imei,
            ascii(SampleTerminal.IMSI),
            ascii(SampleTerminal.UPLINK));
    return frame;
  }

  public static Frame frame(byte[] bytes) {
    try {
      return Vectors.DECODER.frame(bytes, 0, bytes.length);
    } catch (MalformedFrame e) {
      throw new IllegalArgumentException(e);
    }
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
