package io.m2mgate.bridge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Scope;
import io.m2mgate.bridge.http.ApiDocument.Operation;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The router and the document it is made of. */
class EndpointsTest {
  private static final BridgeParts NOBODY = null;

  private final Vertx vertx = Vertx.vertx();
  private final Endpoints endpoints = new Endpoints(
      NOBODY,
      vertx.getOrCreateContext(),
      1_000,
      new ApiDocument(List.of(
          operation("readOne", "/v1/ones/{id}"), operation("exportOnes", "/v1/ones/export"))));

  @AfterEach
  void close() {
    vertx.close().await();
  }

  // Verifies that an operation without a handler keeps the gateway from starting, and is named.
  @Test
  void needsHandlerForEachOperation() {
    endpoints.on("readOne", exchange -> Future.succeededFuture(Answer.NO_CONTENT));

    assertThatThrownBy(() -> endpoints.mount(Router.router(vertx)))
        .hasMessageContaining("operations without a handler [exportOnes]");
  }

  // Verifies that a handler without an operation does so too.
  @Test
  void needsOperationForEachHandler() {
    endpoints.on("readOne", exchange -> Future.succeededFuture(Answer.NO_CONTENT));
    endpoints.on("exportOnes", exchange -> Future.succeededFuture(Answer.NO_CONTENT));
    endpoints.on("readTwo", exchange -> Future.succeededFuture(Answer.NO_CONTENT));

    assertThatThrownBy(() -> endpoints.mount(Router.router(vertx)))
        .hasMessageContaining("handlers without an operation [readTwo]");
  }

  // Verifies that a path by its name goes before one that a parameter stands in, whatever the
  // document's order.
  @Test
  void prefersNamesToParameters() {
    endpoints.on("readOne", exchange -> Future.succeededFuture(Answer.NO_CONTENT));
    endpoints.on("exportOnes", exchange -> Future.succeededFuture(Answer.NO_CONTENT));
    var router = Router.router(vertx);

    endpoints.mount(router);

    assertThat(router.getRoutes().stream().limit(2).map(route -> route.getName()))
        .containsExactly("/v1/ones/export", "/v1/ones/:id");
  }

  private static Operation operation(String id, String path) {
    return new Operation(
        id, HttpMethod.GET, path, Set.of(Scope.ADMIN), List.of(), List.of(), List.of());
  }
}
