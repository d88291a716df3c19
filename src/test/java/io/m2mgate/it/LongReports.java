package io.m2mgate.it;

import static io.m2mgate.peer.PeerBytes.bytes;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerBytes;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Reports of any length, and what an application is told of them. Stateless but for a counter. */
final class LongReports {
  private static final AtomicInteger SEED = new AtomicInteger();

  private LongReports() {}

  /** TLVs of so many kilobytes, no two bodies alike. */
  static byte[] body(int kilobytes) {
    Random random = new Random(SEED.incrementAndGet());
    var body = bytes();
    for (int i = 0; i < kilobytes; i++) {
      byte[] value = new byte[1020];
      random.nextBytes(value);
      body.tlv(0x8F00 + i, value);
    }
    return body.toArray();
  }

  static List<String> told(Api app, Identity who, int atLeast) {
    return app.events(atLeast, "m2m.report", who.serial()).stream()
        .map(event -> print(HexFormat.of().parseHex(raw(event))))
        .toList();
  }

  private static String raw(JsonNode event) {
    StringBuilder all = new StringBuilder();
    event
        .at("/data/values")
        .forEach(value -> all.append(value.path("tag").asText())
            .append("03fc")
            .append(value.path("raw").asText()));
    return all.toString();
  }

  /** What tells one report from another, and can be read in a failure. */
  static String print(byte[] report) {
    return "%d bytes, %08x".formatted(report.length, PeerBytes.crc32(report));
  }
}
