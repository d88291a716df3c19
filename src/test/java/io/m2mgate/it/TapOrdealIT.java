package io.m2mgate.it;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.Flow;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.PullUnderTest;
import io.m2mgate.peer.SocketUnderTest;
import io.m2mgate.peer.SseUnderTest;
import io.m2mgate.peer.TapOrdeal;
import io.m2mgate.peer.TapUnderTest;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Consumers of every HTTP tap that go, stand still or are killed at random miss nothing and get nothing twice that they confirmed. */
@Execution(ExecutionMode.CONCURRENT)
class TapOrdealIT {
  private static final int FEW = 12;
  private static final int MANY = 100;
  private static final int TERMINALS = 2;
  private static final int WINDOW = 40;
  private static final int PAYLOAD = 200;
  private static final long SEED = 41_383;
  private static final String CONSUMER = "ordeal";

  private static GatewayProcess gateway;

  /** What a consumer reads by. */
  enum Kind {
    PULL,
    SSE,
    SSE_CONSUMER,
    WEBSOCKET;

    private TapUnderTest of(Api app) {
      return switch (this) {
        case PULL -> new PullUnderTest(app, CONSUMER);
        case SSE -> new SseUnderTest(app, Optional.empty());
        case SSE_CONSUMER -> new SseUnderTest(app, Optional.of(CONSUMER));
        case WEBSOCKET -> new SocketUnderTest(app, "?consumer=" + CONSUMER).withWindow(WINDOW);
      };
    }
  }

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start();
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  // Verifies that twelve random ends of each tap's consumer cost no event.
  @ParameterizedTest
  @EnumSource(Kind.class)
  void survivesSomeEnds(Kind kind) throws Exception {
    ordeal(kind, FEW);
  }

  // Verifies the same of a hundred.
  @ParameterizedTest
  @EnumSource(Kind.class)
  @Tag("long")
  void survivesManyEnds(Kind kind) throws Exception {
    ordeal(kind, MANY);
  }

  private static void ordeal(Kind kind, int times) throws Exception {
    String code = "T" + kind.ordinal() + "-" + times;
    Api admin = gateway.api();
    Api app = admin.createApplication(code);
    app.call("PUT", "/v1/consumers/" + CONSUMER, Api.JSON.createObjectNode().put("from", 0));
    try (var flow = new Flow(TERMINALS, PAYLOAD, code, () -> terminal(admin, code));
        var tap = kind.of(app)) {
      new TapOrdeal(tap, flow, SEED + kind.ordinal()).run(times, "SQLite");
    }
  }

  private static PeerTerminal terminal(Api admin, String code) {
    return gateway.terminal(admin.createTerminal(Identity.fresh(), code)).login();
  }
}
