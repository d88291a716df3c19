package io.m2mgate.security;

import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.session.Inbound;
import io.m2mgate.wire.BodyWriter;
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

  private static final byte[][] RESULTS = new byte[256][];

  static {
    for (int code = 0; code < RESULTS.length; code++) {
      RESULTS[code] = new byte[] {(byte) code};
    }
  }

  private Refusals() {}

  /** The refusal of a request; empty for commands that have none and are answered by silence. */
  public static Optional<byte[]> of(CommandDef command, Inbound request) {
    if (command.refusal().isEmpty()) {
      return Optional.empty();
    }
    int code = command.refusal().getAsInt();
    return Optional.of(
        switch (command.command()) {
          case FILE_REQ -> fileRequest(command, request.frame(), code);
          case CONFIG_REQ -> withFirstTag(request.frame(), code);
          default -> result(code);
        });
  }

  /** One result byte. Shared: nobody writes into it. */
  public static byte[] result(int code) {
    return RESULTS[code & 0xFF];
  }

  /** The bad-tag result of a command that has one, else its refusal. */
  public static Optional<byte[]> badTag(CommandDef command, Inbound request, int tag) {
    if (tag < 0) {
      return of(command, request);
    }
    for (String name : BAD_TAG_RESULTS) {
      OptionalInt code = command.results().find(name);
      if (code.isPresent()) {
        return Optional.of(new BodyWriter().u8(code.getAsInt()).pair(tag).toBytes());
      }
    }
    return of(command, request);
  }

  /** A block answer without a block: transaction and offset as asked, zeros where the request is too short to tell. */
  private static byte[] fileRequest(CommandDef command, Frame request, int code) {
    var asked = command.request();
    BodyWriter body = new BodyWriter();
    copy(body, request, asked.field("transId").offset(), asked.field("transId").size());
    body.u8(code).u16(0);
    copy(
        body,
        request,
        asked.field("readPoint").offset(),
        asked.field("readPoint").size());
    return body.u16(0).toBytes();
  }

  private static void copy(BodyWriter body, Frame request, int offset, int size) {
    if (offset + size <= undigestedLength(request)) {
      body.bytes(request.bytes(), request.bodyOffset() + offset, size);
    } else {
      body.zeros(size);
    }
  }

  /** What of the body an answer may repeat: never the digest, also where the body is too short for one to be found. */
  private static int undigestedLength(Frame request) {
    return request.bodyLength() - (request.hasDigestFlag() ? DigestLocator.TLV_SIZE : 0);
  }

  private static byte[] withFirstTag(Frame request, int code) {
    if (undigestedLength(request) < TAG_BYTES) {
      return result(code);
    }
    int at = request.bodyOffset();
    int tag = (request.bytes()[at] & 0xFF) << Byte.SIZE | request.bytes()[at + 1] & 0xFF;
    return new BodyWriter().u8(code).pair(tag).toBytes();
  }
}
