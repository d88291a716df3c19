package io.m2mgate.security;

import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.FieldDef;
import io.m2mgate.session.Inbound;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.DigestLocator;
import io.m2mgate.wire.Frame;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Bodies of answers that need nothing but the request: refusals by each command's own code (wire 7, "Refusal code"), and bad-tag
 * results. Stateless.
 */
public final class Refusals {

  private static final int TAG_BYTES = 2;
  private static final List<String> BAD_TAG_RESULTS = List.of("badTag", "tlvInvalid");

  private static final String DECRYPTION_FAILED = "decryptionFailed";

  private static final byte[][] RESULTS = new byte[256][];

  static {
    for (int code = 0; code < RESULTS.length; code++) {
      RESULTS[code] = new byte[] {(byte) code};
    }
  }

  private Refusals() {}

  /** The refusal of a request; empty for commands that have none and are answered by silence. */
  public static Optional<byte[]> of(CommandDef command, Inbound request) {
    Frame frame = request.frame();
    return of(command, frame.bytes(), frame.bodyOffset(), undigestedLength(frame));
  }

  /** The refusal of a request that was let through. */
  public static Optional<byte[]> of(Uplink request) {
    return of(request.command(), request.bytes(), request.bodyOffset(), request.bodyLength());
  }

  /** The same where the body is at hand. */
  static Optional<byte[]> of(CommandDef command, byte[] bytes, int offset, int length) {
    if (command.refusal().isEmpty()) {
      return Optional.empty();
    }
    int code = command.refusal().getAsInt();
    return Optional.of(
        switch (command.command()) {
          case FILE_REQ -> fileRequest(command, bytes, offset, length, code);
          case CONFIG_REQ -> withFirstTag(bytes, offset, length, code);
          default -> result(code);
        });
  }

  /** One result byte. Shared: nobody writes into it. */
  public static byte[] result(int code) {
    return RESULTS[code & 0xFF];
  }

  /** The bad-tag result of a command that has one, else its refusal. */
  public static Optional<byte[]> badTag(CommandDef command, Inbound request, int tag) {
    Optional<byte[]> named = badTag(command, tag);
    return named.isPresent() ? named : of(command, request);
  }

  /** The same for a request that was let through. */
  public static Optional<byte[]> badTag(Uplink request, int tag) {
    Optional<byte[]> named = badTag(request.command(), tag);
    return named.isPresent() ? named : of(request);
  }

  /** Empty where there is no tag to name, or no result that names one. */
  static Optional<byte[]> badTag(CommandDef command, int tag) {
    if (tag < 0) {
      return Optional.empty();
    }
    for (String name : BAD_TAG_RESULTS) {
      OptionalInt code = command.results().find(name);
      if (code.isPresent()) {
        return Optional.of(new BodyWriter().u8(code.getAsInt()).pair(tag).toBytes());
      }
    }
    return Optional.empty();
  }

  /** That the body could not be decrypted; empty where the command cannot say so. */
  static Optional<byte[]> undecrypted(CommandDef command) {
    OptionalInt code = command.results().find(DECRYPTION_FAILED);
    return code.isPresent() ? Optional.of(result(code.getAsInt())) : Optional.empty();
  }

  /** A block answer without a block: transaction and offset as asked, zeros where the request is too short to tell. */
  private static byte[] fileRequest(
      CommandDef command, byte[] bytes, int offset, int length, int code) {
    var asked = command.request();
    BodyWriter body = new BodyWriter();
    copy(body, bytes, offset, length, asked.field("transId"));
    body.u8(code).u16(0);
    copy(body, bytes, offset, length, asked.field("readPoint"));
    return body.u16(0).toBytes();
  }

  private static void copy(BodyWriter body, byte[] bytes, int offset, int length, FieldDef field) {
    if (field.offset() + field.size() <= length) {
      body.bytes(bytes, offset + field.offset(), field.size());
    } else {
      body.zeros(field.size());
    }
  }

  /** What of the body an answer may repeat: never the digest, also where the body is too short for one to be found. */
  private static int undigestedLength(Frame request) {
    return request.bodyLength() - (request.hasDigestFlag() ? DigestLocator.TLV_SIZE : 0);
  }

  private static byte[] withFirstTag(byte[] bytes, int offset, int length, int code) {
    if (length < TAG_BYTES) {
      return result(code);
    }
    return new BodyWriter().u8(code).pair(Bytes.u16(bytes, offset)).toBytes();
  }
}
