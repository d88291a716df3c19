package io.m2mgate.cli;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Moves a named consumer on behind what was shown, once a second while much comes. Used by one thread. */
final class TailCommits {
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final GatewayCall call;
  private final String path;
  private long due = System.nanoTime();

  TailCommits(GatewayAddress gateway, String consumer, Optional<String> app) {
    this.call = new GatewayCall(gateway);
    this.path = GatewayCall.path(
        "/v1/consumers/" + GatewayCall.encoded(consumer) + "/commit",
        app.map(code -> Map.of("app", code)).orElse(Map.of()));
  }

  /**
   * Everything up to this offset was shown.
   *
   * @param now whether nothing else may come for a while
   */
  void reach(long offset, boolean now) throws IOException {
    if (now || System.nanoTime() - due >= 0) {
      call.post(path, GatewayCall.object().put("offset", offset));
      due = System.nanoTime() + PAUSE_NANOS;
    }
  }
}
